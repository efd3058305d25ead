/** Calls for help on a responder's phone: sound and vibration once the person allowed them; a family's page by asking. */
const EVERY = 8_000;
const ASKED = 1_500;
let audio: AudioContext | undefined;
let on = false;
let known = new Set<string>();
let repeating: number | undefined;

/** [data-care]: cards of who waits come and go as the page is renewed by `/live`. */
export function enhanceCare(): void {
  const box = document.querySelector<HTMLElement>("[data-care]");
  if (box && !box.dataset.heard) {
    box.dataset.heard = "1";
    known = waiting(box);
    bind();
    new MutationObserver(() => {
      const now = waiting(box);
      const fresh = [...now].some((one) => !known.has(one));
      known = now;
      if (fresh) ring();
    }).observe(box, { childList: true, subtree: true });
  }
  const asked = document.querySelector<HTMLElement>("[data-care-poll]");
  if (asked && !asked.dataset.asked) {
    asked.dataset.asked = "1";
    poll(asked);
  }
}

function waiting(box: HTMLElement): Set<string> {
  return new Set([...box.querySelectorAll<HTMLElement>("[data-call]")].map((one) => one.dataset.call ?? ""));
}

/** A browser plays nothing before somebody pressed. */
function bind(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-care-sound]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    on = !on;
    if (on) {
      audio ??= new AudioContext();
      void audio.resume().then(() => tone(0));
    }
    button.setAttribute("aria-pressed", String(on));
    const said = button.querySelector("span");
    if (said) said.textContent = (on ? button.dataset.on : button.dataset.off) ?? "";
    if (on) ring();
  });
}

/** Three tones and a shake, again and again while somebody waits. */
function ring(): void {
  window.clearTimeout(repeating);
  if (known.size === 0 || !on) return;
  [0, 0.3, 0.6].forEach(tone);
  navigator.vibrate?.([400, 150, 400, 150, 400]);
  document.documentElement.dataset.careRang = String(Date.now());
  repeating = window.setTimeout(ring, EVERY);
}

function tone(after: number): void {
  if (!audio) return;
  const start = audio.currentTime + after;
  const voice = new OscillatorNode(audio, { frequency: 880 });
  const loudness = new GainNode(audio, { gain: 0 });
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(0.3, start + 0.02);
  loudness.gain.linearRampToValueAtTime(0, start + 0.24);
  voice.connect(loudness).connect(audio.destination);
  voice.start(start);
  voice.stop(start + 0.26);
}

/** A relative has no session, so no stream: the page asks for one short word and is read again when it changed. */
function poll(box: HTMLElement): void {
  let last = "";
  window.setInterval(() => {
    if (document.hidden) return;
    void fetch(box.dataset.carePoll ?? "", { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? (answer.json() as Promise<{ state: string }>) : undefined))
      .then((told) => {
        if (!told) return;
        if (last && told.state !== last) void renew(box);
        last = told.state;
      })
      .catch(() => undefined);
  }, ASKED);
}

async function renew(box: HTMLElement): Promise<void> {
  if ([...box.querySelectorAll<HTMLInputElement>("input[type=text]")].some((one) => one.value !== "")) return;
  const answer = await fetch(window.location.href.replace(/\/(where|health)$/, ""), { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector<HTMLElement>("[data-care-poll]");
  if (!fresh) return;
  box.replaceChildren(...fresh.childNodes);
  box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}
