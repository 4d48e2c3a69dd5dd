// form[data-offline]: kept on the phone first, then sent; what is typed survives a killed browser, files included.
import { read as typed, write as retype } from "./draft.js";
import { clock } from "./clock.js";
import { able, read, seal, unlock } from "./outbox_box.js";
import { body, changed, filesOf, send } from "./outbox_send.js";
import * as store from "./outbox_store.js";
import { shrink, weight } from "./photo.lazy.js";

const most = { files: 10, bytes: 25 * 1024 * 1024 };
const slow = 4000;
const mending = "outbox:mending";
const owner = () => document.documentElement.dataset.partition;

/** A note of the form's own words in place of the one before; `wordy` fills [data-words], `at` the time. */
function tell(form, is, { words = "", at, lines = [], address } = {}) {
  form.parentElement.querySelector(":scope > [data-is]")?.remove();
  const note = form.querySelector("template[data-later]").content.querySelector(`[data-is=${is}]`).cloneNode(true);
  const fill = (place, text) => { const found = note.querySelector(place); if (found) found.textContent = text; };
  fill("[data-words]", words);
  if (at) fill("time", clock(at));
  note.querySelector("ul")?.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  if (address) note.querySelector("a").href = address;
  note.querySelector("button")?.addEventListener("click", () => location.replace(location.pathname + location.search));
  form.before(note);
  note.focus();
  note.scrollIntoView({ block: "nearest" });
}

async function light(form) {
  const lines = [];
  for (const field of form.querySelectorAll("input[type=file]")) {
    if (!field.name || !field.files.length) continue;
    const bag = new DataTransfer();
    for (const file of field.files) {
      const small = await shrink(file);
      bag.items.add(small);
      lines.push(`${small.name} · ${weight(file, small)}`);
    }
    field.files = bag.files;
  }
  return lines;
}

/** The page's heading with the first words typed, so that two fillings of one form are told apart. */
function titleOf(form) {
  const heading = document.querySelector("h1")?.textContent.trim() ?? document.title;
  const first = [...form.elements].find((field) => field.matches("input.input[type=text], textarea") && field.value.trim());
  const words = first?.value.trim().replace(/\s+/g, " ") ?? "";
  return words ? `${heading}: ${words.length > 60 ? `${words.slice(0, 59)}…` : words}` : heading;
}

/** What the form would send, files apart. */
async function contents(form, submitter) {
  const lines = await light(form);
  const told = { fields: [], empty: [], files: [], lines, base: [] };
  const blobs = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") told.fields.push([name, value]);
    else if (!value.name) told.empty.push(name);
    else { told.files.push({ field: name, name: value.name, type: value.type }); blobs.push(value); }
  }
  if (submitter?.name) told.fields.push([submitter.name, submitter.value]);
  for (const field of form.elements) if (field.name && "defaultValue" in field) told.base.push([field.name, field.defaultValue]);
  const page = location.pathname + location.search;
  return [{ ...told, title: titleOf(form), action: form.action || page, page, conflict: form.dataset.offline }, blobs];
}

async function keep(form, keys, submitter) {
  const [told, blobs] = await contents(form, submitter);
  if (blobs.length > most.files || blobs.reduce((sum, blob) => sum + blob.size, 0) > most.bytes) throw new RangeError("files");
  const id = form.elements.idempotency_key.value;
  const files = await Promise.all(blobs.map(async (blob, at) =>
    ({ item: id, at, sealed: await seal(keys, `${id}/${at}`, await blob.arrayBuffer()) })));
  const item = { id, partition: owner(), at: Date.now(), state: "waiting", sealed: await seal(keys, id, told) };
  await store.keep(item, files, form.dataset.instead);
  navigator.storage?.persist?.();
  return [item, told];
}

/** The person is there: the server's own page shows what to mend. It takes over with the same key. */
async function mend(form, keys, item) {
  const told = await body(keys, await store.get("items", item.id));
  if (told?.answer.status !== 422 && told?.answer.status !== 413) return tell(form, "refused", { words: told?.answer.message });
  sessionStorage.setItem(mending, item.id);
  form.submit();
}

async function deliver(form, keys, item, told) {
  const waits = () => { form.hidden = true; tell(form, "kept", { at: item.at, lines: told.lines }); };
  const timer = setTimeout(waits, slow);
  let outcome;
  do outcome = await send(item.id, true); while (outcome === "merged");
  clearTimeout(timer);
  if (outcome === "refused") { form.hidden = false; return mend(form, keys, item); }
  if (outcome !== "accepted") return waits();
  const { answer } = await body(keys, await store.get("items", item.id));
  if (!form.hidden && answer.location) return location.assign(answer.location);
  tell(form, "accepted", { at: answer.at, words: answer.words, address: answer.location });
}

async function submit(form, keys, submitter) {
  form.dataset.busy = "1";
  form.setAttribute("aria-busy", "true");
  try {
    const [item, told] = await keep(form, keys, submitter);
    delete form.dataset.instead;
    form.dispatchEvent(new Event("outbox"));
    await store.drop("drafts", draftOf());
    changed();
    await deliver(form, keys, item, told);
  } catch (fault) {
    tell(form, fault instanceof RangeError ? "large" : "full");
  } finally {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  }
}

const draftOf = () => `${owner()}:${location.pathname}`;

/** What is typed is sealed on the phone too, so that it is there after the browser was killed. */
async function watchDraft(form, keys) {
  const before = JSON.stringify(typed(form));
  const kept = await store.get("drafts", draftOf());
  const values = kept && await read(keys, kept.id, kept.sealed);
  if (values && !form.matches("[data-errors]") && !location.hash.startsWith("#outbox=") && before === JSON.stringify(typed(form))) {
    retype(form, values.typed);
    if (JSON.stringify(typed(form)) !== before) tell(form, "again");
  }
  let timer;
  const save = async () => {
    const now = typed(form);
    if (form.dataset.busy || form.hidden) return;
    if (JSON.stringify(now) === before) return store.drop("drafts", draftOf());
    const title = document.querySelector("h1")?.textContent.trim();
    const sealed = await seal(keys, draftOf(), { typed: now, title, page: location.pathname + location.search });
    await store.put("drafts", { id: draftOf(), partition: owner(), at: Date.now(), sealed });
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 400); });
  form.addEventListener("change", save);
}

function putFiles(form, files) {
  for (const field of form.querySelectorAll("input[type=file]")) {
    const own = files.filter((one) => one.field === field.name);
    if (!own.length || field.files.length) continue;
    const bag = new DataTransfer();
    for (const { file } of own) bag.items.add(file);
    field.files = bag.files;
    const list = field.closest(".drop")?.querySelector("[data-files]");
    list?.replaceChildren(...own.map(({ file }) =>
      Object.assign(document.createElement("li"), { textContent: `${file.name} · ${weight(file, file)}` })));
  }
}

function putFields(form, fields) {
  const left = fields.filter(([name]) => !["csrf_token", "idempotency_key", "version"].includes(name));
  for (const field of form.elements) {
    if (!field.name || ["file", "submit", "button"].includes(field.type) || ["csrf_token", "idempotency_key", "version"].includes(field.name)) continue;
    const toggle = ["checkbox", "radio"].includes(field.type);
    const at = left.findIndex(([name, value]) => name === field.name && (!toggle || value === field.value));
    if (toggle) field.checked = at >= 0;
    else if (at >= 0) field.value = left[at][1];
    if (at >= 0) left.splice(at, 1);
  }
}

/** An item opened again from the outbox, or the page on which the server shows what to mend: both replace it. */
async function reopen(form, keys) {
  const asked = /^#outbox=([\w-]+)$/.exec(location.hash)?.[1];
  const id = asked ?? (form.matches("[data-errors]") && sessionStorage.getItem(mending));
  const item = id && await store.get("items", id);
  const told = item?.partition === owner() && item.state !== "accepted" && await body(keys, item);
  if (!told) return;
  sessionStorage.removeItem(mending);
  form.dataset.instead = id;
  if (asked) {
    putFields(form, told.fields);
    if (item.state === "waiting") form.elements.idempotency_key.value = id; // perhaps it is on its way: never twice
    tell(form, "again", { words: [told.answer?.message, ...Object.values(told.answer?.errors ?? {})].filter(Boolean).join(" ") });
  }
  putFiles(form, await filesOf(keys, item, told.files));
}

/** Left without an answer to read: sent once more with its key, which tells whether it was accepted. */
export async function settleMending() {
  const id = sessionStorage.getItem(mending);
  if (!id || document.querySelector("form[data-offline][data-errors]")) return;
  sessionStorage.removeItem(mending);
  const item = await store.get("items", id);
  if (item?.state === "refused") await store.put("items", { ...item, state: "waiting" });
}

function nameButton(form, later) {
  const button = form.querySelector("button[type=submit]:not([name])");
  const words = button && [...button.childNodes].find((node) => node.nodeType === 3 && node.data.trim());
  if (!words) return;
  const now = words.data;
  const update = () => { words.data = navigator.onLine ? now : later; };
  addEventListener("online", update);
  addEventListener("offline", update);
  update();
}

export async function enhance(template) {
  const form = template.closest("form");
  if (!able() || !form.elements.idempotency_key) return;
  const keys = await unlock(owner());
  if (!keys) return;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (!form.dataset.busy) submit(form, keys, event.submitter);
  });
  nameButton(form, template.dataset.later);
  await reopen(form, keys);
  await watchDraft(form, keys);
  form.dataset.ready = "outbox";
}
