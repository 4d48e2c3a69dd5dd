// form[method=post]: a double tap sends once. The server's idempotency key is the real guard; this spares the wait.
const pause = 10000; // an answer that is a download never leaves the page, so the form must come back by itself

function release(form) {
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
}

function onSubmit(event) {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (form.dataset.busy) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  setTimeout(() => {
    if (event.defaultPrevented && !form.matches("[hx-post]")) return;
    form.dataset.busy = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(release, pause, form);
  });
}

export function guardForms() {
  const all = () => document.querySelectorAll("form[data-busy]").forEach(release);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("htmx:finally:request", all);
  addEventListener("pageshow", all);
}
