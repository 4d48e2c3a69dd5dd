// [data-badge]: counts of tasks and notices, asked for once a minute, more rarely after failures, and only while the page is seen.
const pause = 60000;

function show(counts) {
  for (const badge of document.querySelectorAll("[data-badge]")) {
    const count = counts[badge.dataset.badge];
    if (count === undefined) continue;
    badge.hidden = !count;
    badge.firstChild.textContent = count > 99 ? "99+" : count;
  }
  navigator.setAppBadge?.(counts.tasks || 0).catch(() => {});
}

export function watchBadges() {
  const address = document.documentElement.dataset.badges;
  if (!address || navigator.connection?.saveData) return;
  let asked = Date.now();
  let wait = pause;
  const ask = async () => {
    if (document.hidden || !navigator.onLine || Date.now() - asked < wait) return;
    asked = Date.now();
    // no-cache lets the browser ask with its ETag and take a 304 as the old answer
    const answer = await fetch(address, { cache: "no-cache", headers: { Accept: "application/json" } }).catch(() => null);
    wait = answer?.ok ? pause : Math.min(wait * 2, 16 * pause);
    if (answer?.ok && !answer.redirected) show(await answer.json());
  };
  setInterval(ask, pause);
  document.addEventListener("visibilitychange", ask);
}
