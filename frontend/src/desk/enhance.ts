/** The desk: what only an office's pages need is fetched when one of them is open. */
export function enhanceDesk(root: ParentNode): void {
  const found = root instanceof HTMLElement && root.matches(PLACES) ? root : root.querySelector<HTMLElement>(PLACES);
  if (found) void import("./desk").then((desk) => desk.mount());
}

const PLACES = "[data-desk], [data-desk-case]";
