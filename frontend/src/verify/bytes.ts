/** Bytes, text and the one form of a JSON value (RFC 8785): what everything else here is checked with. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Bag = { [name: string]: Json };
export type Bytes = Uint8Array<ArrayBuffer>;

/** A part that does not hold: the name of the sentence that says so, and what fills it. */
export class Fault extends Error {
  constructor(readonly says: string, readonly filled: Record<string, string | number> = {}) {
    super(says);
  }
}

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;
export const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);

/** UTF-8 read strictly: no byte is passed over, a mark at the beginning neither. */
export const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

export function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
export const hex = (bytes: Uint8Array): string => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
export const fromHex = (digits: string): Bytes => Uint8Array.from(digits.match(/../g) ?? [], (two) => parseInt(two, 16));
export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((one, i) => one === b[i]);
export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Base64 in the one spelling these bytes have. */
export function fromBase64(given: unknown): Bytes {
  try {
    const bytes = Uint8Array.from(atob(String(given)), (sign) => sign.charCodeAt(0));
    if (base64(bytes) === given) return bytes;
  } catch {
    // told below
  }
  throw new Fault("spelling");
}

/** RFC 8785: names in the order of their UTF-16 units, numbers and texts as ECMAScript writes them. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isBag(value)) {
    const parts = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`);
    return `{${parts.join(",")}}`;
  }
  return JSON.stringify(value);
}
