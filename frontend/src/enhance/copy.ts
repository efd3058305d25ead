/** Buttons that copy a text, hand it to another app, or print: shown only where they can work. */
export function enhanceCopy(root: ParentNode): void {
  root.querySelectorAll<HTMLButtonElement>("button[data-copy]:not([data-ready])").forEach((button) => {
    button.dataset.ready = "1";
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.querySelector<HTMLElement>("[data-label]") ?? button;
    const before = label.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      label.textContent = button.dataset.done ?? before;
      setTimeout(() => (label.textContent = before), 2500);
    });
  });
  root.querySelectorAll<HTMLButtonElement>("button[data-share]:not([data-ready])").forEach((button) => {
    button.dataset.ready = "1";
    if (!navigator.share) return;
    button.hidden = false;
    const { share: text, shareTitle: title } = button.dataset;
    // Closed without choosing anybody is no fault.
    button.addEventListener("click", () => void navigator.share({ title, text: `${title} ${text}` }).catch(() => undefined));
  });
  root.querySelectorAll<HTMLButtonElement>("button[data-print]:not([data-ready])").forEach((button) => {
    button.dataset.ready = "1";
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
