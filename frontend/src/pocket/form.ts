/** A form drawn from its description (core/forms `spec`), without the server; it decides again when the form arrives. */
import { shrink } from "../enhance/shrink";
import type { Attached } from "../offline/outbox";
import { h, icon, type Part, t } from "./dom";
import type { Field } from "./pack";
import { where } from "./position";

export interface Filled {
  data: Record<string, unknown>;
  files: Attached[];
}

export interface Control {
  field: Field;
  box: HTMLElement;
  /** undefined: left empty. */
  value: () => unknown;
  files?: () => Attached[];
  focus: () => void;
}

/** The questions, and what reads them: null when something must be mended first (then it says so and takes the focus). */
export function drawForm(fields: Field[], given: Filled, prefix: string): { parts: Part[]; read: () => Filled | null } {
  const summary = h("div", { class: "form-summary", role: "alert", tabindex: -1, hidden: true });
  const controls = fields.map((field) => control(field, given, prefix));
  const fold = () => controls.forEach((one) => (one.box.hidden = !asked(one.field, controls)));
  controls.forEach((one) => one.box.addEventListener("change", fold));
  fold();
  return { parts: [summary, ...controls.map((one) => one.box)], read: () => read(controls, summary) };
}

function asked(field: Field, controls: Control[]): boolean {
  if (!field.when) return true;
  const [name, accepted] = field.when;
  return accepted.includes(controls.find((one) => one.field.name === name)?.value());
}

function read(controls: Control[], summary: HTMLElement): Filled | null {
  const found: Filled = { data: {}, files: [] };
  const faults: [Control, string][] = [];
  for (const one of controls) {
    if (one.box.hidden) continue;
    const value = one.value();
    const files = one.files?.() ?? [];
    const fault = wrong(one.field, value, files);
    one.box.classList.toggle("form-field-wrong", Boolean(fault));
    one.box.querySelector(".form-error")?.remove();
    if (fault) {
      faults.push([one, fault]);
      one.box.querySelector(".form-label")?.after(h("p", { class: "form-error" }, fault));
    }
    if (value !== undefined) found.data[one.field.name] = value;
    found.files.push(...files);
  }
  summary.hidden = !faults.length;
  summary.replaceChildren(
    h("h2", {}, t("mend")),
    h("ul", {}, ...faults.map(([one, fault]) => h("li", {}, h("button", { type: "button", class: "btn btn-quiet", click: one.focus }, fault)))),
  );
  if (faults.length) summary.focus();
  return faults.length ? null : found;
}

function wrong(field: Field, value: unknown, files: Attached[]): string {
  if (field.type === "files") return field.required && !files.length ? t("please", { label: field.label }) : "";
  if (value === undefined) return field.required ? t("please", { label: field.label }) : "";
  if (typeof value === "string" && field.max_length && value.length > field.max_length)
    return t("too_long", { label: field.label, n: field.max_length });
  return "";
}

function control(field: Field, given: Filled, prefix: string): Control {
  const id = `${prefix}-${field.name}`;
  const value = given.data[field.name] ?? field.default ?? undefined;
  switch (field.type) {
    case "files":
      return files(field, id, given.files);
    case "place":
      return place(field, id, value as Spot | undefined);
    case "choice":
      return choice(field, id, value as string | undefined);
    case "bool":
      return tick(field, id, Boolean(value));
    default:
      return text(field, id, value === undefined ? "" : String(value));
  }
}

function labelled(field: Field, id: string, ...parts: Part[]): HTMLElement {
  return h(
    "div",
    { class: "form-field" },
    h("label", { class: "form-label", for: id }, field.label, !field.required && h("span", { class: "form-optional" }, ` ${t("optional")}`)),
    field.help && h("p", { class: "form-help", id: `${id}-help` }, field.help),
    ...parts,
  );
}

function text(field: Field, id: string, value: string): Control {
  const common = { id, name: field.name, "aria-describedby": field.help ? `${id}-help` : undefined };
  const input =
    field.type === "longtext"
      ? h("textarea", { ...common, rows: 4 })
      : h("input", { ...common, type: "text", inputmode: field.type === "integer" ? "numeric" : undefined });
  input.value = value;
  const whole = () => (field.type === "integer" ? Number(input.value.trim()) : input.value.trim());
  return {
    field,
    box: labelled(field, id, input),
    value: () => (input.value.trim() ? whole() : undefined),
    focus: () => input.focus(),
  };
}

function tick(field: Field, id: string, value: boolean): Control {
  const input = h("input", { id, type: "checkbox", class: "checkbox" });
  input.checked = value;
  const box = h("div", { class: "form-field" }, h("label", { class: "form-check" }, input, h("span", { class: "form-label" }, field.label)));
  return { field, box, value: () => input.checked, focus: () => input.focus() };
}

function choice(field: Field, id: string, value: string | undefined): Control {
  const select = h("select", { id, name: field.name }, h("option", { value: "" }, t("choose")));
  const groups = new Map<string, HTMLElement>();
  for (const one of field.choices ?? []) {
    const option = h("option", { value: one.value }, one.title);
    if (!one.group) {
      select.append(option);
      continue;
    }
    if (!groups.has(one.group)) {
      const made = h("optgroup", { label: one.group });
      groups.set(one.group, made);
      select.append(made);
    }
    groups.get(one.group)!.append(option);
  }
  select.value = value ?? "";
  return { field, box: labelled(field, id, select), value: () => select.value || undefined, focus: () => select.focus() };
}

interface Spot {
  lon?: number;
  lat?: number;
  address?: string;
}

function place(field: Field, id: string, given: Spot = {}): Control {
  const address = h("input", { id, type: "text", "aria-describedby": field.help ? `${id}-help` : undefined });
  address.value = given.address ?? "";
  let point = given.lon !== undefined && given.lat !== undefined ? { lon: given.lon, lat: given.lat } : undefined;
  const said = h("p", { class: "form-help", role: "status" });
  const clear = h("button", { type: "button", class: "btn btn-quiet", click: () => put(undefined) }, t("drop_position"));
  const put = (next: typeof point, words = "") => {
    point = next;
    said.textContent = next ? t("position_kept") : words;
    clear.hidden = !next;
  };
  const find = h("button", { type: "button", class: "btn btn-plain" }, icon("locate-fixed"), t("use_position"));
  find.addEventListener("click", () => {
    find.setAttribute("aria-busy", "true");
    void where().then((found) => {
      find.removeAttribute("aria-busy");
      put(found ?? point, found ? "" : t("position_failed"));
    });
  });
  put(point);
  const value = () => {
    const spoken = address.value.trim() ? { address: address.value.trim() } : {};
    const whole = { ...point, ...spoken };
    return Object.keys(whole).length ? whole : undefined;
  };
  return { field, box: labelled(field, id, address, h("div", { class: "row-actions" }, find, clear), said), value, focus: () => address.focus() };
}

/** Photos, made small, with a way to take each back. */
export function files(field: Field, id: string, given: Attached[]): Control {
  const at = `data.${field.name}`;
  let kept = given.filter((one) => one.at === at || one.at === field.name);
  const list = h("ul", { class: "uploads", "aria-live": "polite" });
  const input = h("input", { id, type: "file", multiple: true, accept: "image/jpeg,image/png,image/webp" });
  const draw = () => {
    list.replaceChildren(
      ...kept.map((one) =>
        h(
          "li",
          { class: "upload" },
          thumbnail(one.blob),
          h("span", { class: "upload-name" }, one.name),
          h(
            "button",
            {
              type: "button",
              class: "btn btn-quiet upload-remove",
              click: () => {
                kept = kept.filter((other) => other !== one);
                draw();
              },
            },
            t("remove"),
          ),
        ),
      ),
    );
  };
  input.addEventListener("change", () => {
    const room = Math.max(0, (field.max ?? 9) - kept.length);
    const chosen = Array.from(input.files ?? []).slice(0, room);
    input.value = "";
    input.setAttribute("aria-busy", "true");
    void Promise.all(chosen.map(shrink)).then((made) => {
      kept = [...kept, ...made.map(({ file }) => ({ at, name: file.name, blob: file }))];
      input.removeAttribute("aria-busy");
      draw();
    });
  });
  draw();
  return { field, box: labelled(field, id, input, list), value: () => undefined, files: () => kept, focus: () => input.focus() };
}

export function thumbnail(blob: Blob | undefined, alt = ""): HTMLElement {
  const frame = h("span", { class: "upload-picture" });
  if (!blob) return frame;
  const image = h("img", { alt });
  image.src = URL.createObjectURL(blob);
  image.onload = () => URL.revokeObjectURL(image.src);
  frame.append(image);
  return frame;
}
