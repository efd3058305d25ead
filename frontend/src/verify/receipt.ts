/** A receipt proven in the reader's own browser. The same in Python: docs/verify_receipt.py and core/trail/checking.py. */
import { type Bag, type Bytes, base64, canonical, Fault, fromBase64, fromHex, hex, isBag, join, type Json, sha256, text, utf8 } from "./bytes";
import { type Head, headOf, signedText } from "./notes";
import { leafHash, standsIn } from "./tree";

const FORMATS = ["zhili-proof/1", "zhili-promise/1"];
const MEMBERS = ["format", "about", "checkpoint", "keys", "stamps", "leaves", "promise", "signed"];
const OF_A_LEAF = ["index", "leaf", "hash", "proof", "private", "salt", "said"];
const IN_A_LEAF = "at,kind,seal,v,what";

/** One thing that was looked at: the name of its sentence, whether it holds, and what fills the sentence. */
export interface Point {
  says: string;
  holds: boolean;
  filled: Record<string, string | number>;
}

export interface Checked {
  about: Bag;
  points: Point[];
  key: string;
  head?: Head;
  promised: boolean;
  /** What each leaf says, in words, and when it was written. */
  steps: { said: string; at: string }[];
}

/** The file, if it is one of this kind. */
export function read(bytes: Uint8Array): Bag | null {
  try {
    const found: unknown = JSON.parse(text(bytes));
    return isBag(found) && FORMATS.includes(String(found.format)) ? found : null;
  } catch {
    return null;
  }
}

/** What is signed over a whole file. */
export async function wholeText(kind: "json" | "pdf", bytes: Bytes): Promise<string> {
  return `zhili-file/1 ${kind}\n${base64(await sha256(bytes))}\n`;
}

/** Look at every part; `ours`: the keys of this site, by one of which it must be signed. */
export async function check(file: Bag, ours: string[]): Promise<Checked> {
  const found: Checked = { about: isBag(file.about) ? file.about : {}, points: [], key: "", promised: false, steps: leavesOf(file) };
  const told = (says: string, holds: boolean, filled: Point["filled"] = {}) => void found.points.push({ says, holds, filled });
  const part = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (fault) {
      told(fault instanceof Fault ? fault.says : "damaged", false, fault instanceof Fault ? fault.filled : {});
    }
  };
  const keys = ours.length ? ours : list(file.keys);
  const leaves = list(file.leaves);
  let promised: string[] = [];
  const proven = { proof: 0, seal: 0, promise: 0 };

  await part(async () => {
    if (!leaves.length || Object.keys(file).some((name) => !MEMBERS.includes(name))) throw new Fault("formBad");
  });
  await part(async () => {
    const { signed, ...rest } = file;
    const note = await signedText(signed, keys, "whole");
    if (note.body !== (await wholeText("json", utf8(canonical(rest))))) throw new Fault("wholeBad");
    found.key = note.key;
    told("whole", true);
  });
  await part(async () => {
    if (file.checkpoint === undefined && file.format === FORMATS[1]) return;
    found.head = headOf((await signedText(file.checkpoint, keys, "head")).body);
    told("head", true, { origin: found.head.origin, size: found.head.size });
  });
  await part(async () => {
    if (file.promise === undefined) return;
    const lines = (await signedText(file.promise, keys, "promise")).body.split("\n").slice(0, -1);
    if (lines[0] !== FORMATS[1] || lines.length < 4) throw new Fault("promiseBad");
    promised = lines.slice(3);
    found.promised = true;
    told("promise", true, { by: lines[2] ?? "" });
  });
  for (const [i, entry] of leaves.entries()) await part(() => leaf(entry, i + 1, found.head, promised, proven));
  await part(async () => subject(found.about, leaves));
  for (const stamp of list(file.stamps)) await part(async () => stamped(stamp, String(file.checkpoint), told));
  for (const [name, n] of Object.entries(proven)) if (n) told(`${name}s`, true, { n });
  return found;
}

async function leaf(entry: Json, n: number, head: Head | undefined, promised: string[], proven: Record<string, number>): Promise<void> {
  if (!isBag(entry) || Object.keys(entry).some((name) => !OF_A_LEAF.includes(name))) throw new Fault("leafBad", { n });
  const bytes = utf8(String(entry.leaf));
  const digest = await leafHash(bytes);
  if (hex(digest) !== entry.hash) throw new Fault("leafBad", { n });
  const said: Json = JSON.parse(String(entry.leaf));
  if (!isBag(said) || Object.keys(said).sort().join() !== IN_A_LEAF || canonical(said) !== entry.leaf) throw new Fault("leafBad", { n });
  await seal(entry, said, n, proven);
  if (entry.index === undefined && entry.proof === undefined) {
    if (!promised.includes(hex(digest))) throw new Fault("unproven", { n });
    proven.promise = (proven.promise ?? 0) + 1;
    return;
  }
  if (!head) throw new Fault("noHead", { n });
  const proof = list(entry.proof).map(fromBase64);
  if (proof.some((one) => one.length !== 32)) throw new Fault("proofBad", { n });
  if (!(await standsIn(Number(entry.index), head.size, digest, proof, head.root))) throw new Fault("proofBad", { n });
  proven.proof = (proven.proof ?? 0) + 1;
}

/** What was disclosed of a leaf, against the seal the leaf holds. */
async function seal(entry: Bag, said: Bag, n: number, proven: Record<string, number>): Promise<void> {
  if (("private" in entry) !== ("salt" in entry)) throw new Fault("sealBad", { n });
  if (!("private" in entry)) return;
  const salt = String(entry.salt);
  if (!/^([0-9a-f]{2}){16,}$/.test(salt)) throw new Fault("sealBad", { n });
  const told = await sha256(join(fromHex(salt), utf8(canonical(entry.private ?? null))));
  if (hex(told) !== said.seal) throw new Fault("sealBad", { n });
  proven.seal = (proven.seal ?? 0) + 1;
}

/** That a time stamp is over this head; whose it is is told by the authority's certificate, which is not in the file. */
async function stamped(stamp: Json, checkpoint: string, told: (says: string, holds: boolean, filled: Point["filled"]) => void): Promise<void> {
  const token = isBag(stamp) ? hex(fromBase64(stamp.token)) : "";
  if (!isBag(stamp) || !token.includes(hex(await sha256(utf8(checkpoint))))) throw new Fault("stampBad");
  told("stamp", true, { by: String(stamp.authority), at: String(stamp.at) });
}

/** The number on a receipt's face is the number in its leaves, and no step stands there twice. */
function subject(about: Bag, leaves: Json[]): void {
  if (about.kind !== "case") return;
  const seen = new Set<Json>();
  for (const entry of leaves) {
    if (!isBag(entry)) continue;
    const what = (JSON.parse(String(entry.leaf)) as Bag).what;
    if (!isBag(what) || what.case !== about.number || seen.has(what.seq ?? null)) throw new Fault("subjectBad");
    seen.add(what.seq ?? null);
  }
}

function leavesOf(file: Bag): Checked["steps"] {
  return list(file.leaves).filter(isBag).map((entry) => {
    const at = /"at":"([^"]*)"/.exec(String(entry.leaf));
    return { said: String(entry.said ?? ""), at: at?.[1] ?? "" };
  });
}

const list = (value: Json | undefined): Json[] & string[] => (Array.isArray(value) ? value : []) as Json[] & string[];
