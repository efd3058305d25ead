/**
 * Inside another app's web view: back goes back, and "back to the app" uses the app's own bridge where the app has put
 * one there. We load no script of any platform: a bridge is found or it is not, and the links work without.
 */
interface Bridge {
  miniProgram?: { navigateBack?: (how: { delta: number }) => void };
}

export function enhanceShell(root: ParentNode): void {
  root.querySelector<HTMLElement>("[data-back]:not([data-ready])")?.addEventListener("click", (event) => {
    if (window.history.length < 2) return;
    event.preventDefault();
    window.history.back();
  });
  root.querySelector<HTMLElement>("[data-leave]:not([data-ready])")?.addEventListener("click", (event) => {
    const bridge = (window as { wx?: Bridge }).wx?.miniProgram;
    if (!bridge?.navigateBack) return;
    event.preventDefault();
    bridge.navigateBack({ delta: 1 });
  });
  root.querySelectorAll<HTMLElement>("[data-back], [data-leave]").forEach((one) => (one.dataset.ready = "1"));
}
