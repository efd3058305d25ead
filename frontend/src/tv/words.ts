/** A sentence the page brought along. */
export function word(name: string): string {
  return document.body.dataset[name] ?? "";
}
