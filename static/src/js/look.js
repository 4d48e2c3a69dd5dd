// input[name=theme], input[name=text_size], [data-rail-switch]: a choice of look is seen at once.
const year = 365 * 24 * 3600;

function switchRail(button) {
  const html = document.documentElement;
  const slim = html.dataset.rail !== "slim";
  if (slim) html.dataset.rail = "slim"; else delete html.dataset.rail;
  button.setAttribute("aria-pressed", String(slim));
  // A cookie and not the browser's store: the server then draws the next page right from the start.
  document.cookie = `rail=${slim ? "slim" : ""}; path=/; max-age=${slim ? year : 0}; samesite=lax`;
}

/** Saving theme and text size stays their form's own business. */
export function tryLook() {
  const html = document.documentElement;
  document.addEventListener("change", (event) => {
    if (event.target.name === "theme") html.dataset.theme = event.target.value;
    if (event.target.name === "text_size") html.dataset.text = event.target.value;
  });
  document.querySelector("[data-rail-switch]")?.addEventListener("click", (event) => switchRail(event.currentTarget));
}
