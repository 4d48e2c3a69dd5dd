// [data-module] on the page of notice settings: lets this browser take pushes. data-key: the server's public key;
// data-known: digests of the addresses that the server has; [data-when]: what to show in which state.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const apple = () => /iP(hone|ad|od)/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

async function digest(text) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function subscribe(form, key) {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  const given = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) })).toJSON();
  form.elements.endpoint.value = given.endpoint;
  for (const name of ["p256dh", "auth"]) form.elements[name].value = given.keys[name];
  form.submit();
}

export default async function push(place) {
  const show = (state) => place.querySelectorAll("[data-when]").forEach((one) => { one.hidden = one.dataset.when !== state; });
  if (!("PushManager" in window && "serviceWorker" in navigator)) return show(apple() ? "install" : "none");
  const form = place.querySelector("form");
  form.querySelector("button").addEventListener("click", async () => {
    if (await Notification.requestPermission() !== "granted") return show("refused");
    return subscribe(form, place.dataset.key).catch(() => show("failed"));
  });
  if (Notification.permission === "denied") return show("refused");
  const registration = await navigator.serviceWorker.register("/sw.js");
  if (!registration) return show("none");
  const present = await registration.pushManager.getSubscription();
  const known = present && place.dataset.known.split(" ").includes(await digest(present.endpoint));
  return show(known ? "on" : "off");
}
