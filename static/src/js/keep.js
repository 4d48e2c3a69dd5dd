// a[data-back], a[data-more]: going back finds the list as it was left, with its filters, its loaded rows and its place.
const most = 10; // loaded pages that are fetched again; further back the list starts over

function goBack(event) {
  const link = event.target.closest("a[data-back]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.referrer) return;
  const from = new URL(document.referrer);
  if (from.origin !== location.origin || from.pathname !== link.pathname || history.length < 2) return;
  event.preventDefault();
  history.back();
}

async function loadAgain(pages, top) {
  for (let page = 0; page < pages; page++) {
    const link = document.querySelector("a[data-more]");
    if (!link) break;
    await new Promise((done) => { document.addEventListener("htmx:finally:request", done, { once: true }); link.click(); });
  }
  scrollTo(0, top);
}

export function keepPlace() {
  const [navigation] = performance.getEntriesByType("navigation");
  const left = history.state;
  let pages = 0;
  if (left?.pages && navigation?.type !== "navigate")
    addEventListener("load", () => setTimeout(loadAgain, 0, Math.min(left.pages, most), left.top));
  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail.ctx.sourceElement.matches("[data-more]")) pages += 1;
  });
  document.addEventListener("click", (event) => {
    // Before the link is followed: once the page is leaving, the browser may ignore what is written.
    if (pages && event.target.closest("a")) history.replaceState({ ...history.state, pages, top: scrollY }, "");
    goBack(event);
  });
}
