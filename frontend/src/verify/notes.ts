/** Signed notes and heads of trees as C2SP writes them, with Ed25519 by the browser itself. */
import { type Bytes, Fault, fromBase64, hex, join, same, sha256, utf8 } from "./bytes";

interface Key {
  text: string;
  name: string;
  mark: Bytes;
  algorithm: number;
  public: Bytes;
}

export interface Head {
  origin: string;
  size: number;
  root: Bytes;
}

const ED25519 = 1;

/** Whether this browser knows Ed25519 (Chrome 137, Firefox 129, Safari 17), and may use it on this page. */
export async function knowsEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.importKey("raw", BASE_POINT, { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}
const BASE_POINT = new Uint8Array(32).fill(0x66).fill(0x58, 0, 1);

/** Whether a verifier key is of the kind browsers know: of a site that signs with SM2 alone the server checks. */
export const isEd25519 = (key: string): boolean => fromBase64(key.split("+").slice(2).join("+"))[0] === ED25519;

async function keyOf(given: unknown): Promise<Key> {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(String(given));
  if (!match) throw new Fault("keyBad");
  const [, name = "", mark = "", encoded] = match;
  const data = fromBase64(encoded);
  const digest = await sha256(join(utf8(`${name}\n`), data));
  if (hex(digest.slice(0, 4)) !== mark) throw new Fault("keyBad");
  return { text: String(given), name, mark: digest.slice(0, 4), algorithm: data[0] ?? 0, public: data.slice(1) };
}

/** The text that was signed, and by which key. `what` names the note in what is said of it. */
export async function signedText(note: unknown, keys: unknown[], what: string): Promise<{ body: string; key: string }> {
  const whole = typeof note === "string" ? note : "";
  const gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || !whole.endsWith("\n")) throw new Fault(`${what}Bad`);
  const body = whole.slice(0, gap + 1);
  const known = await Promise.all(keys.map(keyOf));
  let named = false;
  for (const line of whole.slice(gap + 2, -1).split("\n")) {
    const match = /^\u2014 ([^+ ]+) (\S+)$/.exec(line);
    if (!match) throw new Fault(`${what}Bad`);
    const data = fromBase64(match[2]);
    const key = known.find((one) => one.name === match[1] && same(one.mark, data.slice(0, 4)) && one.algorithm === ED25519);
    if (!key) continue;
    named = true;
    const own = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
    if (await crypto.subtle.verify({ name: "Ed25519" }, own, data.slice(4), utf8(body))) return { body, key: key.text };
  }
  throw new Fault(named ? `${what}Bad` : "otherKey");
}

/** What a checkpoint says: which tree, how many leaves, the root. */
export function headOf(body: string): Head {
  const [origin = "", size = "", root = ""] = body.split("\n");
  const bytes = fromBase64(root);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || bytes.length !== 32) throw new Fault("headBad");
  return { origin, size: Number(size), root: bytes };
}
