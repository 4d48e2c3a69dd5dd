// [data-module] of *Kotak kirim*: cards of what this phone keeps, with what can be done about each.
import { able, read, seal, session, unlock } from "./outbox_box.js";
import { body, changed, choose, drain, filesOf, records, send, write } from "./outbox_send.js";
import * as store from "./outbox_store.js";

const zone = { timeZone: "Asia/Makassar" };
const moment = (time) => new Date(time).toLocaleString(document.documentElement.lang, { ...zone, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
const receipt = (id) => `NNK-${id.replace(/\W/g, "").slice(-6).toUpperCase()}`;

/** Who is signed in on this phone, as the page or the server says or, without a signal, the service worker remembers. */
async function owner() {
  const said = document.documentElement.dataset.partition;
  if (said) return said;
  const now = await session();
  if (!now) return "caches" in globalThis && (await (await caches.open("meta")).match("/partition"))?.text();
  if (!now.partition) await store.forgetKeys();
  return now.partition;
}

const made = (place, is) => place.querySelector(`template[data-is=${is}]`).content.firstElementChild.cloneNode(true);

function choices(place, card, { rows, version }) {
  if (!rows?.length || version === null || rows.some((row) => !row.name)) return false;
  card.querySelector("[data-rows]").hidden = false;
  card.querySelector("[data-rows]").append(...rows.map((row) => {
    const field = made(place, "choice");
    field.querySelector("legend").textContent = row.label;
    field.querySelector("[data-mine]").textContent = row.mine_words;
    field.querySelector("[data-theirs]").textContent = row.theirs_words;
    field.querySelectorAll("input").forEach((input) => { input.name = `${card.id}-${row.name}`; });
    return field;
  }));
  return true;
}

function show(place, item, told) {
  const card = made(place, "item");
  const { answer } = told;
  card.id = `item-${item.id}`;
  for (const part of card.querySelectorAll("[data-for]")) if (!part.dataset.for.split(" ").includes(item.state)) part.remove();
  card.querySelector("code").textContent = receipt(item.id);
  card.querySelector("h3").textContent = told.title;
  const said = [answer?.words, answer?.message, ...Object.values(answer?.errors ?? {})].filter(Boolean);
  card.querySelector("[data-said]").textContent = [...new Set(said)].join(" ");
  card.querySelector("time").textContent = moment(item.at);
  card.querySelector("[data-files]").textContent = told.lines?.length ? ` · ${told.lines.join(", ")}` : "";
  const at = card.querySelector("[data-at]");
  if (at) at.textContent = moment(answer.at);
  const link = card.querySelector("a[data-do=open]");
  if (link && answer.location) link.href = answer.location; else link?.remove();
  const edit = card.querySelector("a[data-do=edit]");
  if (edit) edit.href = `${told.page}#outbox=${item.id}`;
  const asks = item.state === "refused" && told.conflict !== "reject" && choices(place, card, answer);
  card.querySelector("[data-do=choose]").hidden = !asks;
  card.querySelector("[data-do=new]").hidden = !(item.state === "old" || answer?.reused);
  return card;
}

function sure(place) {
  const sheet = made(place, "drop");
  document.body.append(sheet);
  sheet.showModal();
  return new Promise((done) => sheet.addEventListener("close", () => { sheet.remove(); done(sheet.returnValue === "yes"); }));
}

/** The same content under a key of its own: for what the person knows was never accepted. */
async function anew(keys, item, told) {
  const id = crypto.randomUUID();
  const files = await Promise.all((await filesOf(keys, item, told.files)).map(async ({ file }, at) =>
    ({ item: id, at, sealed: await seal(keys, `${id}/${at}`, await file.arrayBuffer()) })));
  const next = { ...item, id, at: Date.now(), state: "waiting", sealed: await seal(keys, id, { ...told, answer: undefined }) };
  await store.keep(next, files, item.id);
  changed();
  return id;
}

const picked = (card, name) => card.querySelector(`input[name="${CSS.escape(`${card.id}-${name}`)}"]:checked`).value;

const acts = {
  async retry(keys, item, told) {
    await write(keys, item, "waiting", { ...told, tries: 0 });
    return send(item.id, false);
  },
  async choose(keys, item, told, card) {
    const fields = choose(told, told.answer, (row) => row[picked(card, row.name)]);
    await write(keys, item, "waiting", { ...told, fields, tries: 0 });
    return send(item.id, false);
  },
  async new(keys, item, told) { return send(await anew(keys, item, told), false); },
  async drop(_keys, item, _told, _card, place) {
    if (item.state !== "accepted" && !await sure(place)) return;
    await store.forget(item.id);
    changed();
  },
};

async function save(keys, items) {
  const out = [];
  for (const item of items) {
    const told = await body(keys, item);
    if (told) out.push({ id: item.id, state: item.state, at: new Date(item.at).toISOString(), ...told });
  }
  const file = new Blob([JSON.stringify(out, null, 2)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "kotak-kirim.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function list(place, part, rows) {
  const section = place.querySelector(`[data-part=${part}]`);
  section.hidden = !rows.length;
  section.querySelector("ul").replaceChildren(...rows.map(({ url, title, words }) => {
    const row = made(place, "row");
    row.querySelector("a").href = url;
    row.querySelector("a").textContent = title;
    row.querySelector("p").textContent = words;
    return row;
  }));
}

async function aside(place, partition, keys) {
  const drafts = [];
  for (const draft of (await store.all("drafts")).filter((one) => one.partition === partition)) {
    const told = await read(keys, draft.id, draft.sealed);
    if (told) drafts.push({ url: told.page, title: told.title, words: moment(draft.at) });
  }
  list(place, "drafts", drafts);
  const kept = "caches" in globalThis && await (await caches.open(`forms-${partition}`)).match("/offline/forms");
  const said = kept ? await kept.json() : { forms: [] };
  list(place, "forms", said.forms.map(({ url, title, owner: of }) => ({ url, title, words: `${of ? `${of} · ` : ""}${moment(said.at)}` })));
}

function say(place, outcome) {
  for (const part of place.querySelectorAll("[data-state]")) part.hidden = !part.dataset.state.split(" ").includes(outcome);
}

export default async function box(place) {
  place.querySelector("[data-notice=saving]").hidden = !navigator.connection?.saveData;
  const partition = able() && await owner();
  const keys = partition && await unlock(partition);
  if (!keys) return say(place, "locked");
  const render = async () => {
    const items = await records(partition);
    const cards = [];
    for (const item of items.reverse()) {
      const told = await body(keys, item);
      if (told) cards.push([show(place, item, told), item, told]);
    }
    for (const [card, item, told] of cards) card.addEventListener("click", async (event) => {
      const act = acts[event.target.closest("button[data-do]")?.dataset.do];
      if (!act) return;
      const outcome = await act(keys, item, told, card, place);
      say(place, outcome);
      await render();
    });
    place.querySelector("[data-items]").replaceChildren(...cards.map(([card]) => card));
    place.querySelector("[data-none]").hidden = cards.length > 0;
    place.querySelector("[data-do=all]").hidden = !items.some((item) => item.state === "waiting");
    place.querySelector("[data-do=export]").hidden = !cards.length;
    place.querySelector("[data-notice=passing]").hidden = !items.some((item) => item.state === "waiting") || (await navigator.storage?.persisted?.()) !== false;
    await aside(place, partition, keys);
  };
  place.querySelector("[data-do=all]").addEventListener("click", async () => say(place, await drain(partition)));
  place.querySelector("[data-do=export]").addEventListener("click", async () => save(keys, await records(partition)));
  addEventListener("outbox:changed", render);
  await render();
}
