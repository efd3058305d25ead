/** The receipt inside a PDF, and the signature over all its bytes in its last line. */
import { type Bag, type Bytes, Fault, fromBase64, text } from "./bytes";
import { signedText } from "./notes";
import { read, wholeText } from "./receipt";

const STREAM = /<<(?:[^<>]|<[0-9A-Fa-f]*>|<<(?:[^<>]|<[0-9A-Fa-f]*>)*>>)*>>\s*stream\r?\n/g;
const SEAL = /%zhili-file\/1 ([A-Za-z0-9+/=]+)\n/g;

/** Each byte as one letter, so that places in the text are places in the file. */
export function letters(bytes: Uint8Array): string {
  return new TextDecoder("x-user-defined").decode(bytes);
}

/** Every attached file that says it is a receipt. */
export async function inside(bytes: Bytes): Promise<Bag[]> {
  const whole = letters(bytes);
  const found: Bag[] = [];
  for (const match of whole.matchAll(STREAM)) {
    const length = /\/Length (\d+)/.exec(match[0]);
    if (!match[0].includes("/EmbeddedFile") || !length) continue;
    const start = match.index + match[0].length;
    const body = bytes.slice(start, start + Number(length[1]));
    try {
      const file = read(match[0].includes("/FlateDecode") ? await unfolded(body) : body);
      if (file) found.push(file);
    } catch {
      // damaged: told as missing
    }
  }
  return found;
}

async function unfolded(body: Bytes): Promise<Uint8Array> {
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Raises Fault unless the page is, byte by byte, the one that was issued. */
export async function checkPage(bytes: Bytes, keys: string[]): Promise<void> {
  const seals = [...letters(bytes).matchAll(SEAL)];
  const seal = seals[0];
  if (!seal || seals.length !== 1 || seal.index + seal[0].length !== bytes.length) throw new Fault("pageUnsigned");
  const note = await signedText(text(fromBase64(seal[1])), keys, "page");
  if (note.body !== (await wholeText("pdf", bytes.slice(0, seal.index)))) throw new Fault("pageBad");
}
