/** A signature drawn on the screen with a finger, a pen or the mouse: becomes a file of the field it stands beside. */

const WIDE = 900;
const HIGH = 300;

export function mount(input: HTMLInputElement): void {
  const box = document.createElement("div");
  box.className = "glass";
  const canvas = document.createElement("canvas");
  canvas.width = WIDE;
  canvas.height = HIGH;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", input.dataset.glass ?? "");
  const pen = canvas.getContext("2d");
  if (!pen) return;
  let drawn = false;
  const clear = (): void => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, WIDE, HIGH);
    drawn = false;
    use.disabled = true;
  };
  const use = button(input.dataset.glassUse ?? "", "btn btn-primary");
  const again = button(input.dataset.glassClear ?? "", "btn btn-plain");
  again.addEventListener("click", clear);
  use.addEventListener("click", () => {
    if (!drawn) return;
    canvas.toBlob((blob) => {
      if (!blob) return;
      const held = new DataTransfer();
      held.items.add(new File([blob], "signature.png", { type: "image/png" }));
      input.files = held.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      use.disabled = true;
    }, "image/png");
  });
  const at = (event: PointerEvent): [number, number] => {
    const seen = canvas.getBoundingClientRect();
    return [((event.clientX - seen.left) * WIDE) / seen.width, ((event.clientY - seen.top) * HIGH) / seen.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#111";
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
    use.disabled = false;
  });
  const row = document.createElement("div");
  row.className = "row-actions";
  row.append(use, again);
  const name = document.createElement("p");
  name.className = "form-help";
  name.textContent = input.dataset.glass ?? "";
  box.append(name, canvas, row);
  input.before(box);
  clear();
}

function button(text: string, css: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = css;
  made.textContent = text;
  return made;
}
