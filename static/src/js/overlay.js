// [data-sheet], dialog, details.menu and Ctrl-K: what opens over the page. Without script each opener is a plain link.
async function fill(dialog, address) {
  const place = dialog.querySelector("[data-body]");
  place.replaceChildren(document.getElementById("t-wait").content.cloneNode(true));
  await window.htmx.ajax("GET", address, { target: place, swap: "innerHTML", select: "#main > :not(.crumbs, .foot)" });
  if (place.querySelector(".late")) { location.href = address; return; } // refused or failed: the whole page says why
  // A finger would find the keyboard over half of the sheet: there the writing waits for a tap.
  const first = matchMedia("(pointer: coarse)").matches ? "[autofocus]" : "[autofocus], input:not([type=hidden]), textarea, select, button, a";
  (place.querySelector(first) ?? dialog).focus();
}

function openSheet(event) {
  const opener = event.target.closest("[data-sheet]");
  const dialog = opener && document.getElementById(opener.dataset.sheet || "sheet");
  if (!dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
  if (!opener.dataset.sheet) fill(dialog, opener.href);
}

export function openSheets() {
  document.addEventListener("click", (event) => {
    openSheet(event);
    const dialog = event.target.closest("dialog");
    if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) {
      event.preventDefault();
      dialog.close();
    }
  });
}

export function closeMenus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
}

/** The palette comes with its first use: Ctrl-K, or the hint in the search field. */
export function openPalette() {
  const find = document.querySelector("form[data-palette]");
  if (!find) return;
  document.addEventListener("keydown", async (event) => {
    if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    find.elements.q.focus(); // what is typed while the palette loads is not lost: it takes the field's words over
    (await import(find.dataset.palette)).default(find);
  });
}
