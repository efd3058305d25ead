/** A page that stays current: [data-live-page="topics"] is fetched anew when something happens that it shows.
 *
 * Whoever is filling something in is not disturbed: then only [data-live-news] says that there is more to see.
 */
import { live } from "../live";

const TOGETHER = 1500;

export function enhanceNews(): void {
  const box = document.querySelector<HTMLElement>("[data-live-page]");
  if (!box || box.dataset.watched) return;
  box.dataset.watched = "1";
  let waiting: number | undefined;
  live((box.dataset.livePage ?? "").split(","), () => {
    waiting ??= window.setTimeout(() => {
      waiting = undefined;
      void renew(box);
    }, box.dataset.livePage === "alarms" || box.dataset.liveAtOnce !== undefined ? 0 : TOGETHER);
  });
  document.addEventListener("zhili:reload", (event) => {
    event.preventDefault();
    void renew(box);
  });
}

async function renew(box: HTMLElement): Promise<void> {
  const news = box.querySelector<HTMLElement>("[data-live-news]");
  if (busy(box)) {
    if (news) news.hidden = false;
    return;
  }
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector<HTMLElement>("[data-live-page]");
    if (!fresh || busy(box)) throw new Error("busy");
    box.replaceChildren(...fresh.childNodes);
    box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  } catch {
    if (news) news.hidden = false;
  }
}

function busy(box: HTMLElement): boolean {
  const here = document.activeElement;
  if (here && box.contains(here) && here.matches("input, textarea, select")) return true;
  return [...box.querySelectorAll<HTMLInputElement>("input[type=text], textarea")].some((one) => one.value !== "");
}
