/** "N new ones, press to see": said quietly above the list; nothing under the reader's finger moves by itself. */
const came = new Set<string>();
const NEWS = new Set(["opened", "moved", "reopened", "returned"]);
let begun = false;

const bar = () => document.getElementById("fresh");

function show(): void {
  const box = bar();
  if (!box) return;
  box.hidden = came.size === 0;
  const text = (box.dataset.words ?? "").replace("{n}", String(came.size));
  if (came.size > 0 && box.textContent !== text) box.textContent = text;
}

export function mountFresh(): void {
  const box = bar();
  if (!box?.dataset.office) return;
  came.clear();
  show();
  if (begun) return;
  begun = true;
  void import("../live").then(({ live }) => {
    live(["matters"], (told) => {
      const here = bar();
      if (!here || !told.number || String(told.office) !== here.dataset.office || !NEWS.has(told.kind)) return;
      if (document.querySelector(`[data-matter="${told.number}"]`)) return;
      came.add(told.number);
      show();
    });
    // too much was missed to say how much: the list may be old, which a press mends
    document.addEventListener("zhili:reload", (event) => event.preventDefault());
  });
}
