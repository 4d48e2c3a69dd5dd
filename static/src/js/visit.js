// a[data-visit]: tells the launcher what was opened, so that it comes first next time. Nothing waits for it.
function tell(link) {
  const token = document.querySelector("[name=csrf_token]")?.value;
  if (!token) return;
  const words = { csrf_token: token, key: link.dataset.visit, url: link.pathname + link.search, icon: link.dataset.icon ?? "",
    title: link.textContent.trim() };
  navigator.sendBeacon("/menu/visits", new URLSearchParams(words));
}

export function tellVisits() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-visit]");
    if (link) tell(link);
  });
}
