/** What every page loads: styles, htmx, and small enhancements. Each page works without this file. */
import "./style/app.css";
import "./htmx";
import { enhanceCopy } from "./enhance/copy";
import { enhanceForms } from "./enhance/forms";
import { enhancePlace } from "./enhance/place";
import { enhanceUploads } from "./enhance/uploads";

function enhance(root: ParentNode): void {
  enhanceCopy(root);
  enhanceForms(root);
  enhanceUploads(root);
  enhancePlace(root);
  const maps = root.querySelectorAll<HTMLElement>("[data-map]:not([data-ready])");
  // The map is two hundred kilobytes: fetched only by a page that shows one, and only where it can draw.
  if (maps.length > 0) void import("./islands/map").then((map) => maps.forEach((box) => map.mount(box)));
}

document.documentElement.classList.add("js");
enhance(document);
document.body.addEventListener("htmx:load", (event) => enhance(event.target as HTMLElement));
