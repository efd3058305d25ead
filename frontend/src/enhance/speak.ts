/** A worker's page read aloud by the phone itself: a button for each part that has `data-speak`. Without a voice, none. */
export function enhanceSpeaking(box: HTMLElement): void {
  if (box.dataset.ready || !("speechSynthesis" in window)) return;
  box.dataset.ready = "1";
  box.querySelectorAll<HTMLElement>("[data-speak]").forEach((part) => {
    const text = part.innerText; // before the button's own words are in it
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-plain btn-wide no-print";
    button.textContent = box.dataset.speakWords ?? "";
    button.addEventListener("click", () => {
      speechSynthesis.cancel();
      const said = new SpeechSynthesisUtterance(text);
      const lang = document.documentElement.lang;
      said.lang = !lang || lang.startsWith("zh") ? "zh-CN" : lang; // voices are named by place, not by script
      said.rate = 0.9;
      speechSynthesis.speak(said);
    });
    part.append(button);
  });
}
