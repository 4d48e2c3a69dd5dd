// Sends what the outbox holds: one item at a time, each with a fresh token and the key it was filled with, until the server
// has accepted or refused it. Two tabs, a killed browser or a lost answer send again; the key lets it take effect once.
import { read, seal, session, unlock, unseal } from "./outbox_box.js";
import * as store from "./outbox_store.js";

const day = 86400000;
export const oldest = 29 * day; // the server knows a key for 30 days
const receipts = 7 * day;
const patience = 3; // refusals of the token before the person is asked
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("outbox") : null;

/** Tells this page and all others that the outbox changed. */
export function changed() {
  dispatchEvent(new Event("outbox:changed"));
  channel?.postMessage("changed");
}

channel?.addEventListener("message", () => dispatchEvent(new Event("outbox:changed")));

/** Items of a user as records, the oldest first; what they hold stays sealed. */
export async function records(partition) {
  const mine = (await store.all("items")).filter((item) => item.partition === partition);
  return mine.sort((one, other) => one.at - other.at);
}

export async function count(partition) {
  const found = await records(partition);
  const of = (...states) => found.filter((item) => states.includes(item.state)).length;
  return { waiting: of("waiting"), refused: of("refused", "old") };
}

export const body = (keys, item) => read(keys, item.id, item.sealed);

/** Writes the state of an item and what is known of it, unless it was replaced or deleted meanwhile. */
export async function write(keys, item, state, told) {
  const next = { ...item, state, sealed: await seal(keys, item.id, told) };
  await (state === "accepted" ? store.settle(next) : store.put("items", next));
  changed();
}

export async function filesOf(keys, item, named) {
  const sealed = await store.files(item.id);
  const made = sealed.map(async ({ at, sealed: box }) => {
    const data = await unseal(keys, `${item.id}/${at}`, box);
    return { field: named[at].field, file: new File([data], named[at].name, { type: named[at].type }) };
  });
  return Promise.all(made);
}

async function formOf(keys, item, told, token) {
  const form = new FormData();
  for (const [name, value] of told.fields) form.append(name, value);
  form.set("csrf_token", token);
  form.set("idempotency_key", item.id);
  for (const name of told.empty) form.append(name, new File([], "", { type: "application/octet-stream" }));
  for (const { field, file } of await filesOf(keys, item, told.files)) form.append(field, file);
  return form;
}

/** The server's own answer; null for anything else: no signal, a portal's page, a fault. */
async function post(keys, item, told, token, present) {
  const ago = Math.max(0, Math.round((Date.now() - item.at) / 1000));
  const headers = { Accept: "application/json", "X-Outbox": present ? "present" : "later", "X-Filled-Ago": ago };
  const form = await formOf(keys, item, told, token);
  const answer = await fetch(told.action, { method: "POST", body: form, redirect: "manual", headers }).catch(() => null);
  const said = answer?.headers.get("Content-Type")?.includes("json") ? await answer.json().catch(() => null) : null;
  return said?.outbox ? { ...said, status: answer.status } : null;
}

/** Where only one side changed a field, that side's text stands; null when both did, or the rule is another. */
function merged(told, said) {
  if (told.conflict !== "merge" || !said.rows || said.version === null) return null;
  const base = (name) => told.base.find(([other]) => other === name)?.[1] ?? "";
  const clash = said.rows.some(({ name, mine, theirs }) => !name || (mine !== base(name) && theirs !== base(name)));
  return clash ? null : choose(told, said, (row) => (row.mine === base(row.name) ? row.theirs : row.mine));
}

/** The fields with the chosen texts and the version that they are chosen over. */
export function choose(told, said, choice) {
  const chosen = new Map(said.rows.map((row) => [row.name, choice(row)]));
  const fields = told.fields.filter(([name]) => !chosen.has(name) && name !== "version");
  return [...fields, ...chosen, ["version", String(said.version)]];
}

/** Sends one item under its lock and tells how it went: accepted, refused, waiting, sign-in or away. */
export function send(id, present) {
  return navigator.locks.request(`outbox:${id}`, async () => {
    const item = await store.get("items", id);
    if (!item || item.state !== "waiting") return item?.state ?? "gone";
    const now = await session();
    if (!now) return "away";
    if (now.partition !== item.partition) return "sign-in";
    const keys = await unlock(item.partition);
    const told = await body(keys, item);
    if (!told) return "locked";
    return settle(keys, item, told, await post(keys, item, told, now.csrf_token, present));
  });
}

async function settle(keys, item, told, said) {
  if (!said || said.sign_in) return said ? "sign-in" : "away";
  if (said.status === 200) {
    await write(keys, item, "accepted", { title: told.title, action: told.action, answer: said, sent: Date.now() });
    return "accepted";
  }
  const tries = (told.tries ?? 0) + 1;
  const fields = said.status === 409 && merged(told, said);
  const again = fields || said.status >= 500 || said.status === 429 || (said.status === 400 && tries < patience);
  await write(keys, item, again ? "waiting" : "refused", { ...told, tries, fields: fields || told.fields, answer: said });
  return fields ? "merged" : again ? "waiting" : "refused";
}

/** Sends all that waits, in one tab at a time; ends at the first sign that the server cannot be reached. */
export function drain(partition) {
  return navigator.locks.request("outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return "busy";
    await sweep(partition);
    let outcome = "done";
    for (const item of await records(partition)) {
      if (item.state !== "waiting") continue;
      do outcome = await send(item.id, false); while (outcome === "merged");
      if (["away", "sign-in"].includes(outcome)) return outcome;
    }
    return outcome;
  });
}

/** Receipts go after a week; what waited so long that its key may be forgotten waits for the person's word. */
async function sweep(partition) {
  for (const item of await records(partition)) {
    if (item.state === "accepted" && Date.now() - item.at > receipts) await store.forget(item.id);
    if (item.state === "waiting" && Date.now() - item.at > oldest) await store.put("items", { ...item, state: "old" });
  }
}
