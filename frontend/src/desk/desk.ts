/** The inbox with a matter beside it, and the keys. Every step here is also a link or a button of the page. */
import { mountFresh } from "./fresh";
import { mountKeys } from "./keys";
import { mountPane } from "./pane";

let begun = false;

/** After the page came, and after each part of it was put in anew. */
export function mount(): void {
  mountPane();
  mountFresh();
  if (begun) return;
  begun = true;
  mountKeys();
}
