// The service worker, when the page is idle and the phone does not save data; offers a new version, never forces it.
import { toast } from "./toast.js";

function offer(waiting) {
  const words = toast("t-update");
  words?.querySelector("button").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take over");
  });
}

async function register() {
  const registration = await navigator.serviceWorker.register("/sw.js");
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming.addEventListener("statechange", () => {
      if (coming.state === "installed" && navigator.serviceWorker.controller) offer(coming);
    });
  });
  const ready = await navigator.serviceWorker.ready;
  ready.active.postMessage({ partition: document.documentElement.dataset.partition || "" });
  const outbox = document.querySelector("[data-outbox]");
  if (outbox) (await import(outbox.dataset.outbox)).start();
}

export function registerWorker() {
  if (!("serviceWorker" in navigator) || navigator.connection?.saveData) return;
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 2000));
  addEventListener("load", () => idle(() => register().catch(() => {})));
}
