/** Sentences for scripts, in the reader's language: the page carries them as data-* of one hidden element. */
export function word(name: string): string {
  return document.getElementById("words")?.dataset[name] ?? "";
}
