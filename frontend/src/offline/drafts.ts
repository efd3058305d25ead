/** A half-written form, kept on this phone as one types. Names and telephone numbers are not: they are typed again. */
import { coordinates, setPlace } from "../enhance/place";
import { filesOf, type OnForm, putBack } from "../enhance/uploads";
import { type Draft, kept } from "./db";
import { identity } from "./signals";

const OLDEST = 30 * 24 * 3600_000;
const OWN = new Set(["csrfmiddlewaretoken", "_key", "_seen"]);

/** A form's pairs without its hidden keys; files go their own way. */
export function pairs(form: HTMLFormElement): [string, string][] {
  const files = new Set(filesOf(form).map((file) => file.ref));
  return Array.from(new FormData(form).entries()).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string" && !OWN.has(pair[0]) && !files.has(pair[1]),
  );
}

function personal(form: HTMLFormElement, name: string): boolean {
  const control = form.elements.namedItem(name);
  return control instanceof HTMLElement && control.closest(".form-field")?.querySelector(".form-seen") != null;
}

export async function keepDraft(form: HTMLFormElement, key: string): Promise<void> {
  const fields = pairs(form).filter(([name]) => !personal(form, name));
  const files = filesOf(form);
  const draft: Draft = { form: form.dataset.form ?? "", key, fields, files, savedAt: Date.now(), who: identity() };
  await (await kept()).put("drafts", draft);
}

export async function draftOf(form: HTMLFormElement): Promise<Draft | undefined> {
  const found = await (await kept()).get("drafts", form.dataset.form ?? "");
  if (!found || found.who !== identity()) return undefined;
  if (Date.now() - found.savedAt < OLDEST) return found;
  await dropDraft(form);
  return undefined;
}

export async function dropDraft(form: HTMLFormElement): Promise<void> {
  await (await kept()).delete("drafts", form.dataset.form ?? "");
}

/** Put back into the form what was written. */
export function fill(form: HTMLFormElement, fields: [string, string][], files: OnForm[]): void {
  const given = new Map<string, string[]>();
  for (const [name, value] of fields) given.set(name, [...(given.get(name) ?? []), value]);
  for (const control of Array.from(form.elements)) {
    if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
      control.checked = given.get(control.name)?.includes(control.value) ?? false;
    } else if (
      control instanceof HTMLTextAreaElement ||
      control instanceof HTMLSelectElement ||
      (control instanceof HTMLInputElement && !["hidden", "file", "submit"].includes(control.type))
    ) {
      control.value = given.get(control.name)?.[0] ?? control.value;
    }
  }
  form.querySelectorAll<HTMLElement>("[data-place]").forEach((field) => {
    const inputs = coordinates(field);
    const lon = Number(given.get(inputs?.lon.name ?? "")?.[0] || NaN);
    const lat = Number(given.get(inputs?.lat.name ?? "")?.[0] || NaN);
    if (Number.isFinite(lon) && Number.isFinite(lat)) setPlace(field, { lon, lat, source: "kept" });
  });
  form.querySelectorAll<HTMLInputElement>("input[type=file][data-max]").forEach((input) => {
    putBack(input, files.filter((file) => file.at === input.name && file.blob));
  });
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
