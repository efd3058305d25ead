/** The page of a scene. Three (two hundred kilobytes) comes only where WebGL is; elsewhere the list is the page. */
import "./scene.css";

function hasWebGL(): boolean {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

async function begin(root: HTMLElement): Promise<void> {
  const missing = (): void => {
    root.dataset.failed = "webgl";
    root.querySelector<HTMLElement>("[data-said]")!.hidden = true;
    root.querySelector<HTMLElement>("[data-missing]")!.hidden = false;
  };
  if (!hasWebGL()) return missing();
  try {
    const { Stage } = await import("./stage");
    await new Stage(root).begin();
  } catch {
    missing();
  }
}

const root = document.querySelector<HTMLElement>("[data-scene]");
if (root) {
  void begin(root);
  // Back from the browser's cache, the picture was given back on leaving.
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
}
