/** On every page, while a pack is kept: it goes at sign-out, when its time is over, and when somebody else is here. */
import { word } from "../words";
import { flag, kept, NAME, wipe } from "./pack";

export function watch(): void {
  void kept(word("who"));
  document.querySelectorAll<HTMLFormElement>('form[action*="/logout"]').forEach((form) => {
    form.addEventListener("submit", () => {
      localStorage.setItem(NAME, "wipe"); // should the page go before it is done, the next one finishes it
      void wipe();
    });
  });
  const told = flag();
  if (told && told !== "wipe") setTimeout(() => void kept(word("who")), Math.min(2 ** 31 - 1, told.until - Date.now() + 1000));
}
