// Seals what the outbox keeps with keys that the server makes for this user on this phone; no script can read them out.
import { forgetKeys, get, put } from "./outbox_store.js";

const bytes = new TextEncoder();
const words = new TextDecoder();
const cipher = "AES-GCM";

/** Plain http has neither cipher nor service worker: forms go as ordinary ones there. */
export const able = () => "indexedDB" in globalThis && Boolean(globalThis.crypto?.subtle) && "locks" in navigator;

async function installation() {
  const known = await get("meta", "installation");
  if (known) return known;
  const drawn = crypto.randomUUID();
  await put("meta", drawn, "installation");
  return drawn;
}

/** The server's word on whose session this is, with a fresh token; null when it cannot be reached (or a portal answers). */
export async function session() {
  const address = `/offline/session?installation=${await installation()}`;
  const options = { cache: "no-store", redirect: "manual", headers: { Accept: "application/json" } };
  const answer = await fetch(address, options).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!told?.outbox) return null;
  if (told.partition) await take(told);
  return told;
}

async function take({ partition, keys }) {
  const raw = (key) => Uint8Array.from(atob(key), (one) => one.charCodeAt(0));
  const held = await Promise.all(keys.map((key) => crypto.subtle.importKey("raw", raw(key), cipher, false, ["encrypt", "decrypt"])));
  await forgetKeys(partition);
  await put("keys", held, partition);
}

/** The keys of a user, from the phone or from the server; undefined for anybody but who is signed in. */
export async function unlock(partition) {
  if (!partition) return undefined;
  return await get("keys", partition) ?? ((await session())?.partition === partition ? get("keys", partition) : undefined);
}

export async function seal([key], id, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = value instanceof ArrayBuffer ? value : bytes.encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: cipher, iv, additionalData: bytes.encode(id) }, key, plain) };
}

/** What was sealed, tried with the present key and those from before the server's key changed. */
export async function unseal(keys, id, { iv, data }) {
  for (const key of keys) {
    const plain = await crypto.subtle.decrypt({ name: cipher, iv, additionalData: bytes.encode(id) }, key, data).catch(() => null);
    if (plain) return plain;
  }
  return null;
}

export async function read(keys, id, sealed) {
  const plain = await unseal(keys, id, sealed);
  return plain && JSON.parse(words.decode(plain));
}
