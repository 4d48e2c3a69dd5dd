// The service worker's part of pushes: shows them, opens their page, and writes the open tasks on the app's icon.
self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json(); } catch { /* a push without words still has to be shown */ }
  const shown = self.registration.showNotification(said.title ?? "Nunukan Satu", { body: said.body ?? "", tag: said.tag,
    data: { url: said.url ?? "/notices" }, lang: "id" });
  const badge = said.tasks === undefined ? null : self.navigator.setAppBadge?.(said.tasks);
  event.waitUntil(Promise.allSettled([shown, badge]));
});

async function open(address) {
  const url = new URL(address, location.origin);
  const page = url.origin === location.origin ? url.href : location.origin;
  const [first] = await self.clients.matchAll({ type: "window" });
  if (!first) return self.clients.openWindow(page);
  await first.focus();
  return first.navigate(page);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/notices"));
});
