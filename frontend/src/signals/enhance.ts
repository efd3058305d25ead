/** The pages of warnings: plots where there are any, and a list that new warnings come into. */
export function enhanceSignals(root: ParentNode): void {
  const plots = [...root.querySelectorAll<HTMLElement>("[data-plot]:not([data-drawn])")];
  if (root instanceof HTMLElement && root.matches("[data-plot]:not([data-drawn])")) plots.push(root);
  if (plots.length) void import("./plots").then(({ plot }) => plots.forEach(plot));
  if (document.querySelector("[data-warnings]")) void import("./warnings").then((warnings) => warnings.mount());
}
