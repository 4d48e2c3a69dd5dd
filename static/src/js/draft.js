// form[data-draft]: what was typed survives a closed session, a lost signal and a reload. Kept in this tab only.
import { clock } from "./clock.js";

const partition = () => document.documentElement.dataset.partition || "";
const prefix = "draft:";
const stored = () => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));

function keyOf(form) {
  const name = form.id || [...document.forms].indexOf(form);
  return `${prefix}${partition()}:${location.pathname}:${name}`;
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !field.closest("[data-secret]") &&
    !["hidden", "password", "file", "submit", "button"].includes(field.type));
}

export function read(form) {
  return fields(form).map((field) => [field.name, field.value, field.checked ?? null]);
}

export function write(form, values) {
  const left = [...values];
  for (const field of fields(form)) {
    const toggle = field.type === "checkbox" || field.type === "radio";
    const at = left.findIndex(([name, value]) => name === field.name && (!toggle || value === field.value));
    if (at < 0) continue;
    const [, value, checked] = left.splice(at, 1)[0];
    if (toggle) field.checked = checked;
    else field.value = value;
  }
}

function load(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function save(key, draft) {
  try { sessionStorage.setItem(key, JSON.stringify(draft)); return true; } catch { return false; }
}

function tellSaved(form, at) {
  const place = form.querySelector("[data-saved]");
  if (!place) return;
  place.classList.add("on");
  place.querySelector("time").textContent = clock(at);
}

function tellRestored(form, key) {
  const note = document.getElementById("t-restored")?.content.firstElementChild.cloneNode(true);
  if (!note) return;
  note.querySelector("button").addEventListener("click", () => {
    form.reset();
    sessionStorage.removeItem(key);
    note.remove();
  });
  form.prepend(note);
}

function watch(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "1";
  const key = keyOf(form);
  const before = JSON.stringify(read(form));
  const draft = load(key);
  if (draft && !form.matches("[data-errors]") && JSON.stringify(draft.values) !== before) {
    write(form, draft.values);
    tellRestored(form, key);
  }
  let timer;
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    const values = read(form);
    if (JSON.stringify(values) === before) sessionStorage.removeItem(key);
    else if (save(key, { values })) tellSaved(form, new Date());
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 400); });
  form.addEventListener("change", keep);
  addEventListener("pagehide", () => { if (timer) keep(); });
  form.addEventListener("submit", () => { clearTimeout(timer); timer = 0; save(key, { values: read(form), sent: true }); });
  form.addEventListener("outbox", () => sessionStorage.removeItem(key)); // the phone's outbox has taken it over
  form.addEventListener("htmx:after:request", (event) => {
    const status = event.detail.ctx.response.status;
    if (event.detail.ctx.sourceElement !== form) return;
    if (status < 400) sessionStorage.removeItem(key); else keep();
  });
}

/** A draft that was sent is done when the next page of ours opens, unless that page says that it was not accepted. */
function settle() {
  const [navigation] = performance.getEntriesByType("navigation");
  const cameBack = navigation && navigation.type !== "navigate";
  for (const key of stored()) {
    const foreign = !key.startsWith(`${prefix}${partition()}:`);
    const here = key.startsWith(`${prefix}${partition()}:${location.pathname}:`);
    if (foreign || (load(key)?.sent && !(here && cameBack))) sessionStorage.removeItem(key);
  }
}

export function keepDrafts() {
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.responseStatus >= 400) releaseDrafts();
  else settle();
  document.querySelectorAll("form[data-draft]").forEach(watch);
  document.addEventListener("htmx:after:process", (event) => {
    if (event.target.matches?.("form[data-draft]")) watch(event.target);
    event.target.querySelectorAll?.("form[data-draft]").forEach(watch);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) stored().forEach((key) => sessionStorage.removeItem(key));
    if (event.target.id === "kept-form") sendAgain(new URL(event.target.action).pathname);
  });
}

/** An error or conflict page sends the form of another page: that page's draft goes with it. */
function sendAgain(path) {
  for (const key of stored()) {
    if (key.startsWith(`${prefix}${partition()}:${path}:`)) save(key, { ...load(key), sent: true });
  }
}

/** On a sign-in, error or offline page: the last sending was not accepted, so its form opens again as it was typed. */
export function releaseDrafts() {
  for (const key of stored()) {
    const draft = load(key);
    if (draft?.sent) save(key, { values: draft.values });
  }
}
