// The service worker: assets from the store, pages from the network first, a marked copy when there is no signal.
import "./sw_push.js";
const base = "/static/";
const assets = `assets-${VERSION}`;
const pages = "pages-"; // one store per user partition; a page is never shown to another user
const meta = "meta";
const patience = 5000;
const most = 60;


self.addEventListener("install", (event) => event.waitUntil((async () => {
  const store = await caches.open(assets);
  await store.addAll(PRECACHE.map((name) => base + name));
  const page = await fetch("/offline", { credentials: "omit" });
  if (page.ok) await store.put("/offline", page);
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
  for (const key of await caches.keys()) if (key.startsWith(pages) && key !== pages + name) await caches.delete(key);
  await (await caches.open(meta)).put("/partition", new Response(name));
}

/** The session ended by itself: its pages wait, unseen, until their owner signs in again or another does. */
async function lock() {
  current = "";
  await (await caches.open(meta)).put("/partition", new Response(""));
}

async function leave() {
  current = "";
  for (const key of await caches.keys()) if (key.startsWith(pages) || key === meta) await caches.delete(key);
}

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  else if (event.data?.partition) event.waitUntil(enter(event.data.partition));
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
  const headers = new Headers(response.headers);
  for (const gone of ["Content-Encoding", "Content-Length"]) headers.delete(gone);
  headers.set("X-Cached-At", new Date().toISOString());
  await store.delete(request.url);
  await store.put(request.url, new Response(html, { headers }));
  const keys = await store.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await store.delete(old);
}

async function copy(request) {
  const name = await partition();
  const kept = name && await (await caches.open(pages + name)).match(request.url);
  if (!kept) return null;
  const at = kept.headers.get("X-Cached-At");
  const html = (await kept.text()).replace("<html", `<html data-cached-at="${at}"`);
  return new Response(html, { headers: kept.headers });
}

async function offline(status) {
  const page = await (await caches.open(assets)).match("/offline");
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
  return network.catch(async () => await copy(event.request) ?? offline(503));
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
  if (url.pathname.startsWith(base)) event.respondWith(asset(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(event));
  else event.respondWith(command(request));
});
