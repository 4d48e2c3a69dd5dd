// The outbox of a signed-in page: sends what waits when there is a signal, counts it in #strip, asks before signing out.
// Its default export makes a form[data-offline] better, see outbox_form.
import { able, session, unlock } from "./outbox_box.js";
import { enhance, settleMending } from "./outbox_form.js";
import { count, drain } from "./outbox_send.js";
import { forgetKeys } from "./outbox_store.js";

const soon = 15000;
const late = 15 * 60000;
const owner = document.documentElement.dataset.partition;
let wait = soon;
let timer;

async function show() {
  const place = document.querySelector("#strip [data-outbox]");
  if (!place) return;
  const counts = await count(owner);
  for (const [state, number] of Object.entries(counts)) {
    const part = place.querySelector(`[data-${state}]`);
    part.hidden = !number || (state === "refused" && counts.waiting > 0);
    part.querySelector("b").textContent = number;
  }
  place.hidden = !counts.waiting && !counts.refused;
  dispatchEvent(new Event("outbox"));
}

async function work() {
  clearTimeout(timer);
  const { waiting } = await count(owner);
  if (!waiting) return;
  const outcome = navigator.onLine ? await drain(owner) : "away";
  wait = outcome === "away" ? Math.min(wait * 2, late) : soon;
  if ((await count(owner)).waiting) timer = setTimeout(work, wait);
}

/** With unsent items the person decides; they stay on the phone, sealed, until he signs in again. */
async function leave(event) {
  const form = event.target;
  if (!form.matches?.("[data-sign-out]") || form.dataset.asked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { waiting, refused } = await count(owner);
  const sheet = document.getElementById("t-unsent")?.content.firstElementChild.cloneNode(true);
  const go = async () => { await forgetKeys(); form.dataset.asked = "1"; form.requestSubmit(); };
  if (!sheet || !(waiting + refused)) return go();
  sheet.querySelector("b").textContent = waiting + refused;
  document.body.append(sheet);
  sheet.querySelector("[data-go]").addEventListener("click", go);
  sheet.addEventListener("close", () => sheet.remove());
  sheet.showModal();
}

let started;
export function start() {
  started ??= begin();
  return started;
}

async function begin() {
  if (!owner || !able()) return;
  document.addEventListener("submit", leave, true);
  addEventListener("outbox:changed", () => { show(); clearTimeout(timer); timer = setTimeout(work, soon); });
  addEventListener("online", () => { wait = soon; work(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) work(); });
  await forgetKeys(owner);
  if (navigator.onLine) await unlock(owner) ?? await session();
  await settleMending();
  await show();
  await work();
}

export default async function form(template) {
  await enhance(template);
  start();
}

