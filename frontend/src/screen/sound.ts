/** The alarm's sound. A browser plays none before somebody pressed; so the commander switches it on, and off again. */
const EVERY = 10_000;
let audio: AudioContext | undefined;
let on = false;
let repeating: number | undefined;

export function bindSound(words: DOMStringMap): void {
  const button = document.querySelector<HTMLButtonElement>("[data-sound]");
  if (!button || button.dataset.bound) return;
  button.dataset.bound = "1";
  button.hidden = false;
  show(button, words);
  button.addEventListener("click", () => {
    on = !on;
    if (on) {
      audio ??= new AudioContext();
      void audio.resume().then(() => tone(0));
    }
    show(button, words);
  });
}

function show(button: HTMLButtonElement, words: DOMStringMap): void {
  button.setAttribute("aria-pressed", String(on));
  const said = button.querySelector("span");
  if (said) said.textContent = (on ? words.soundOn : words.soundOff) ?? "";
}

/** Two short tones, again every ten seconds while an alarm stands that nobody has acknowledged. */
export function ring(): void {
  window.clearTimeout(repeating);
  if (!document.querySelector("#screen-alarms [data-alarm]:not([data-acknowledged])")) return;
  if (on) [0, 0.3].forEach(tone);
  document.getElementById("screen-alarms")?.setAttribute("data-rang", String(on));
  repeating = window.setTimeout(ring, EVERY);
}

function tone(after: number): void {
  if (!audio || !on) return;
  const start = audio.currentTime + after;
  const voice = new OscillatorNode(audio, { frequency: 740 });
  const loudness = new GainNode(audio, { gain: 0 });
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(0.25, start + 0.02);
  loudness.gain.linearRampToValueAtTime(0, start + 0.22);
  voice.connect(loudness).connect(audio.destination);
  voice.start(start);
  voice.stop(start + 0.25);
}
