/** Proofs in a Merkle tree (RFC 9162 §2.1.3.2 and §2.1.4.2) and the hash of a leaf (RFC 6962). */
import { type Bytes, join, same, sha256 } from "./bytes";

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

export const leafHash = (leaf: Uint8Array): Promise<Bytes> => sha256(join(LEAF, leaf));
const node = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(join(NODE, left, right));
const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

/** Whether the leaf is number `index` (from 0) of the tree of `size` leaves with that root. */
export async function standsIn(index: number, size: number, leaf: Bytes, proof: Bytes[], root: Bytes): Promise<boolean> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size || root.length !== 32) return false;
  let [first, last, found] = [index, size - 1, leaf];
  for (const one of proof) {
    if (last === 0) return false;
    if (odd(first) || first === last) {
      found = await node(one, found);
      while (first && !odd(first)) [first, last] = [half(first), half(last)];
    } else {
      found = await node(found, one);
    }
    [first, last] = [half(first), half(last)];
  }
  return last === 0 && same(found, root);
}

/** Whether the tree of `size` leaves begins with that of `old`. */
export async function beginsWith(old: number, size: number, oldRoot: Bytes, root: Bytes, proof: Bytes[]): Promise<boolean> {
  if (old === size) return old > 0 && same(oldRoot, root);
  if (old <= 0 || old > size) return false;
  const whole = Number.isInteger(Math.log2(old)) && 2 ** Math.round(Math.log2(old)) === old;
  const path = whole ? [oldRoot, ...proof] : [...proof];
  const start = path.shift();
  if (!start) return false;
  let [first, last, a, b] = [old - 1, size - 1, start, start];
  while (odd(first)) [first, last] = [half(first), half(last)];
  for (const one of path) {
    if (last === 0) return false;
    if (odd(first) || first === last) {
      [a, b] = [await node(one, a), await node(one, b)];
      while (first && !odd(first)) [first, last] = [half(first), half(last)];
    } else {
      b = await node(b, one);
    }
    [first, last] = [half(first), half(last)];
  }
  return last === 0 && same(a, oldRoot) && same(b, root);
}
