/** Forms: one send per press, the error summary takes the focus, questions that do not apply are folded away. */
export function enhanceForms(root: ParentNode): void {
  root.querySelectorAll<HTMLFormElement>("form[data-once]:not([data-ready])").forEach(sendOnce);
  root.querySelectorAll<HTMLElement>("[data-focus]:not([data-ready], [data-sample] *)").forEach((summary) => {
    summary.dataset.ready = "1";
    summary.focus();
  });
  root.querySelectorAll<HTMLTextAreaElement>("textarea[data-max-length]:not([data-ready])").forEach(countLetters);
  root.querySelectorAll<HTMLElement>("[data-when]:not([data-ready])").forEach(fold);
  root.querySelectorAll<HTMLElement>("[data-auto-submit]:not([data-ready])").forEach((control) => {
    control.dataset.ready = "1";
    control.addEventListener("change", () => control.closest("form")?.requestSubmit());
  });
}

/** A link to a folded part opens it. */
export function openTarget(): void {
  const target = window.location.hash ? document.getElementById(window.location.hash.slice(1)) : null;
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  target.scrollIntoView({ block: "center" });
}

/** A second press while the first is on its way does nothing (the hidden key makes it harmless anyway). */
function sendOnce(form: HTMLFormElement): void {
  form.dataset.ready = "1";
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    const button = event.submitter as HTMLButtonElement | null;
    // After the submission has read the button's own name and value.
    if (button) setTimeout(() => button.setAttribute("aria-busy", "true"));
  });
  const free = () => {
    delete form.dataset.sending;
    form.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  window.addEventListener("pageshow", free);
  form.addEventListener("htmx:afterRequest", free);
}

/** How much room is left, said only when half of it is used. */
function countLetters(area: HTMLTextAreaElement): void {
  area.dataset.ready = "1";
  const limit = Number(area.dataset.maxLength);
  const shown = document.createElement("p");
  shown.className = "form-count";
  area.after(shown);
  const update = () => {
    shown.textContent = `${area.value.length} / ${limit}`;
    shown.hidden = area.value.length < limit / 2;
    shown.classList.toggle("form-count-over", area.value.length > limit);
  };
  area.addEventListener("input", update);
  update();
}

/** A question asked only if an earlier one has a certain answer. The server decides again; this only tidies the page. */
function fold(box: HTMLElement): void {
  box.dataset.ready = "1";
  const form = box.closest("form");
  const values = (box.dataset.whenValues ?? "").split(/[\s,|]+/);
  if (!form) return;
  const update = () => {
    const given = form.elements.namedItem(box.dataset.when ?? "");
    let now = "";
    if (given instanceof HTMLInputElement && given.type === "checkbox") now = given.checked ? "true" : "false";
    else if (given instanceof RadioNodeList || given instanceof HTMLSelectElement) now = given.value;
    else if (given instanceof HTMLInputElement) now = given.value;
    box.hidden = !values.includes(now);
  };
  box.querySelectorAll<HTMLElement>(".form-when").forEach((words) => (words.hidden = true));
  form.addEventListener("change", update);
  update();
}
