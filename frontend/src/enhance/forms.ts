/** Forms: one send per press, the error summary takes the focus, selects that submit on change. */
export function enhanceForms(root: ParentNode): void {
  root.querySelectorAll<HTMLFormElement>("form[data-once]:not([data-ready])").forEach(sendOnce);
  root.querySelectorAll<HTMLElement>("[data-error-summary]:not([data-ready])").forEach((summary) => {
    summary.dataset.ready = "1";
    summary.focus();
  });
  root.querySelectorAll<HTMLTextAreaElement>("textarea[maxlength]:not([data-ready])").forEach(countLetters);
  root.querySelectorAll<HTMLElement>("[data-auto-submit]:not([data-ready])").forEach((control) => {
    control.dataset.ready = "1";
    control.addEventListener("change", () => control.closest("form")?.requestSubmit());
  });
}

/** A second press while the first is on its way does nothing (the hidden key makes it harmless anyway). */
function sendOnce(form: HTMLFormElement): void {
  form.dataset.ready = "1";
  form.addEventListener("submit", (event) => {
    const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    if (button?.dataset.sendingText) {
      button.dataset.busy = "1";
      // After the submission has read the button's own name and value.
      setTimeout(() => {
        const label = button.querySelector("[data-label]") ?? button;
        label.textContent = button.dataset.sendingText ?? "";
        button.setAttribute("aria-disabled", "true");
      });
    }
  });
  window.addEventListener("pageshow", () => delete form.dataset.sending);
  form.addEventListener("htmx:afterRequest", () => delete form.dataset.sending);
}

function countLetters(area: HTMLTextAreaElement): void {
  area.dataset.ready = "1";
  const shown = document.createElement("p");
  shown.className = "field-count";
  const limit = area.maxLength;
  const update = () => {
    shown.textContent = `${area.value.length} / ${limit}`;
    shown.hidden = area.value.length < limit * 0.5;
  };
  area.after(shown);
  area.addEventListener("input", update);
  update();
}
