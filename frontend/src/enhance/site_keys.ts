/**
 * The key of this device, which signs taps: ECDSA P-256, made in the browser and not extractable, so that it can be used here and
 * copied nowhere. One for each worker (`phone:CODE`) and each project's pad (`pad:NUMBER`) known on this device.
 */
import { type DBSchema, openDB } from "idb";

export interface Device {
  id: string;
  pair: CryptoKeyPair;
  /** Its fingerprint, by which the server knows it. */
  sha256: string;
}

interface Site extends DBSchema {
  keys: { key: string; value: Device };
}

const EC = { name: "ECDSA", namedCurve: "P-256" };

/** Whether this browser can sign at all: it needs https (or localhost). */
export const able = (): boolean => window.isSecureContext && "subtle" in crypto && "indexedDB" in window;

const store = () => openDB<Site>("zhili-site", 1, { upgrade: (base) => void base.createObjectStore("keys", { keyPath: "id" }) });

export async function deviceOf(id: string): Promise<Device | undefined> {
  return able() ? (await store()).get("keys", id) : undefined;
}

export async function forget(id: string): Promise<void> {
  await (await store()).delete("keys", id);
}

/** Makes a key and has the server know it. Rejects, with the server's words, when it does not. */
export async function enrol(id: string, address: string): Promise<Device> {
  const pair = await crypto.subtle.generateKey(EC, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const { csrf } = (await (await fetch("/offline/ticket", { cache: "no-store" })).json()) as { csrf: string };
  const headers = { Accept: "application/json", "X-CSRFToken": csrf };
  const response = await fetch(address, { method: "POST", headers, body: new URLSearchParams({ public: hex(point) }) });
  const told = (await response.json()) as { device?: string; detail?: string };
  if (!response.ok || !told.device) throw new Error(told.detail ?? "");
  const made = { id, pair, sha256: told.device };
  await (await store()).put("keys", made);
  return made;
}

export interface Tapped {
  engagement: number;
  way: string;
  code: string;
  at: Date;
  inside: boolean | null;
  key: string;
}

/** Signs the same bytes the server makes of it (`tapping.signed_text`); 64 bytes r ‖ s in hexadecimal. */
export async function sign(device: Device, tap: Tapped): Promise<string> {
  const said = ["zhili-tap-1", tap.engagement, tap.way, tap.code, Math.floor(tap.at.getTime() / 1000), tap.inside, tap.key];
  const bytes = new TextEncoder().encode(JSON.stringify(said));
  return hex(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, device.pair.privateKey, bytes)));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
