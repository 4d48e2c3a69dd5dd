// #strip: says that the signal is gone, that this page comes from the phone's store and of which time it is, and what waits.
// [name=idempotency_key]: each filling of a form from the store draws a key of its own, or the second one would count as sent.
import { clock } from "./clock.js";

export function showNetwork() {
  const strip = document.getElementById("strip");
  if (!strip) return;
  const cached = document.documentElement.dataset.cachedAt;
  const opened = new Date();
  if (cached) for (const field of document.getElementsByName("idempotency_key")) field.value = crypto.randomUUID();
  const update = () => {
    const offline = !navigator.onLine;
    const waits = !strip.querySelector("[data-outbox]").hidden;
    const old = offline || cached;
    strip.hidden = !old && !waits;
    strip.querySelector("p").hidden = !old;
    strip.querySelector("[data-reload]").hidden = !old || (offline && waits); // narrow screens have room for one of them
    strip.querySelector("[data-offline]").hidden = !offline;
    strip.querySelector("[data-slow]").hidden = offline;
    strip.querySelector("time").textContent = clock(cached || opened);
  };
  for (const change of ["online", "offline", "outbox"]) addEventListener(change, update);
  update();
}
