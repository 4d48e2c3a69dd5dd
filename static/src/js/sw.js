// The service worker: assets from the store, pages from the network first, a marked copy when there is no signal.
import { forgetKeys } from "./outbox_store.js";
import "./sw_push.js";
const base = "/static/";
const assets = `assets-${VERSION}`;
const pages = "pages-"; // one store per user partition; a page is never shown to another user
const forms = "forms-"; // blank forms of a user, kept before anybody opened them
const outbox = "/offline/outbox";
const mine = (key) => key.startsWith(pages) || key.startsWith(forms);
const meta = "meta";
const day = 86400000;
const patience = 5000;
const most = 60;


self.addEventListener("install", (event) => event.waitUntil((async () => {
  const store = await caches.open(assets);
  await store.addAll(PRECACHE.map((name) => base + name));
  for (const name of ["/offline", outbox]) {
    const page = await fetch(name, { credentials: "omit" });
    if (page.ok) await store.put(name, page);
  }
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  // The former version's assets stay: pages kept before the change were written for them.
  const old = (await caches.keys()).filter((key) => key.startsWith("assets-") && key !== assets);
  for (const key of old.slice(0, -1)) await caches.delete(key);
  await self.clients.claim();
})()));

let current; // partition of the signed-in user, also kept in the meta store: workers forget when they sleep

async function partition() {
  if (current === undefined) current = await (await (await caches.open(meta)).match("/partition"))?.text() ?? "";
  return current;
}

/** Another user, or nobody: what the former user saw is deleted. */
async function enter(name) {
  if (name === await partition()) return;
  current = name;
  for (const key of await caches.keys()) if (mine(key) && ![pages + name, forms + name].includes(key)) await caches.delete(key);
  await forgetKeys(name);
  await (await caches.open(meta)).put("/partition", new Response(name));
}

/** The session ended by itself: its pages wait, unseen, until their owner signs in again or another does. */
async function lock() {
  current = "";
  await forgetKeys();
  await (await caches.open(meta)).put("/partition", new Response(""));
}

async function leave() {
  current = "";
  await forgetKeys();
  for (const key of await caches.keys()) if (mine(key) || key === meta) await caches.delete(key);
}

const stamped = (html, from) => {
  const headers = new Headers(from);
  for (const gone of ["Content-Encoding", "Content-Length"]) headers.delete(gone);
  headers.set("X-Cached-At", new Date().toISOString());
  return new Response(html, { headers });
};

/** Once a day, and with each new version: the blank forms that this user may fill without having opened them before. */
async function keepForms(name) {
  const store = await caches.open(forms + name);
  const list = await store.match("/offline/forms");
  const said = list && await list.clone().json();
  if (said?.version === VERSION && Date.now() - said.at < day) return;
  const answer = await fetch("/offline/forms", { redirect: "error" });
  const wanted = await answer.json();
  const paths = ["/", "/create", outbox, ...wanted.map((form) => form.url)];
  for (const path of paths) {
    const page = await fetch(path);
    const html = await page.text();
    if (page.ok && !page.redirected && html.includes(` data-partition="${name}"`)) await store.put(path, stamped(html, page.headers));
  }
  for (const old of await store.keys())
    if (![...paths, "/offline/forms"].includes(new URL(old.url).pathname)) await store.delete(old);
  if (await partition() !== name) return caches.delete(forms + name);
  await store.put("/offline/forms", Response.json({ version: VERSION, at: Date.now(), forms: wanted }));
}

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  else if (event.data?.partition) event.waitUntil(enter(event.data.partition).then(() => keepForms(event.data.partition)).catch(() => {}));
});

async function asset(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(assets)).put(request, answer.clone());
  return answer;
}

/** Keeps a signed-in page under the partition that the page itself names; anything else is left alone. */
async function keep(request, response) {
  if (response.status !== 200 || response.redirected || response.type !== "basic") return;
  if (!/text\/html/.test(response.headers.get("Content-Type") ?? "")) return;
  if (/no-store/.test(response.headers.get("Cache-Control") ?? "")) return;
  const html = await response.text();
  const name = /<html[^>]* data-partition="([^"]+)"/.exec(html)?.[1];
  if (!name && new URL(request.url).pathname === "/login") await lock();
  if (!name) return;
  await enter(name);
  const store = await caches.open(pages + name);
  await store.delete(request.url);
  await store.put(request.url, stamped(html, response.headers));
  const keys = await store.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await store.delete(old);
}

async function copy(request) {
  const name = await partition();
  if (!name) return null;
  const opened = await (await caches.open(pages + name)).match(request.url);
  const blank = await (await caches.open(forms + name)).match(request.url, { ignoreSearch: true });
  const time = (answer) => answer?.headers.get("X-Cached-At") ?? "";
  const kept = time(blank) > time(opened) ? blank : opened;
  if (!kept) return null;
  const at = kept.headers.get("X-Cached-At");
  const html = (await kept.text()).replace("<html", `<html data-cached-at="${at}"`);
  return new Response(html, { headers: kept.headers });
}

async function offline(status, path) {
  const store = await caches.open(assets);
  const page = path === outbox && await store.match(outbox) || await store.match("/offline");
  return page ? new Response(await page.text(), { status, headers: page.headers }) : Response.error();
}

let wrote = 0; // a copy right after a change would hide that change, so then only a dead line brings one

async function page(event) {
  const network = fetch(event.request);
  const twin = network.then((response) => response.clone());
  event.waitUntil(twin.then((response) => keep(event.request, response)).catch(() => {}));
  if (Date.now() - wrote > 15000) {
    const late = new Promise((done) => setTimeout(done, patience));
    const first = await Promise.race([network.catch(() => null), late]);
    if (first) return first;
    const kept = await copy(event.request);
    if (kept) return kept;
  }
  return network.catch(async () => await copy(event.request) ?? offline(503, new URL(event.request.url).pathname));
}

async function command(request) {
  wrote = Date.now();
  if (new URL(request.url).pathname === "/logout") await leave();
  return fetch(request).catch(() => offline(503));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.headers.has("X-Outbox")) wrote = Date.now();
  if (url.pathname.startsWith(base)) event.respondWith(asset(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(event));
  else event.respondWith(command(request));
});
