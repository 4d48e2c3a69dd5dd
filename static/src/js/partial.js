// Elements that htmx fills: one that fails says so in its place, with a way to try again; its neighbours stay.
function explain(context) {
  const words = document.getElementById("t-failed")?.content.firstElementChild.cloneNode(true);
  const source = context.sourceElement;
  if (!words || !source.matches("[data-widget]")) return;
  const name = words.querySelector("[data-name]");
  if (name) name.textContent = source.dataset.widget;
  words.querySelector("button").addEventListener("click", () => window.htmx.trigger(source, "retry"));
  source.replaceChildren(words);
}

export function explainFailures() {
  document.addEventListener("htmx:response:error", (event) => explain(event.detail.ctx));
  document.addEventListener("htmx:error", (event) => { if (event.detail.ctx) explain(event.detail.ctx); });
  document.addEventListener("htmx:before:response", (event) => {
    // A session that ended answers with the sign-in page: the whole page is asked again and leads there, and back.
    const raw = event.detail.ctx.response.raw;
    if (raw.redirected && new URL(raw.url).pathname === "/login") {
      event.preventDefault();
      location.reload();
    }
  });
}
