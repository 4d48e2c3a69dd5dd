// [data-module] round the list of tasks: on a wide screen the chosen task shows beside the list; j and k move, e leads to the decision.
const wide = matchMedia("(min-width: 64em)");
const words = "input:not([type=checkbox]), textarea, select, dialog[open] *";

export default function start(place) {
  const pane = place.querySelector("[data-preview]");
  const body = pane.querySelector("[data-body]");
  const links = () => [...place.querySelectorAll(".task a.title")];
  let shown = null;

  const lay = () => {
    place.classList.toggle("cols", wide.matches);
    place.classList.toggle("c75", wide.matches);
    pane.hidden = !wide.matches;
    Object.assign(pane.style, { maxHeight: "calc(100vh - 8rem)", overflowY: "auto" }); // a long sheet scrolls by itself
  };

  async function show(link) {
    if (shown === link) return;
    shown?.closest(".task").classList.remove("picked");
    shown = link;
    link.closest(".task").classList.add("picked");
    pane.setAttribute("aria-busy", "true");
    await window.htmx.ajax("GET", link.href, { target: body, swap: "innerHTML", select: "#main > :not(.crumbs, .foot)" });
    pane.removeAttribute("aria-busy");
    pane.scrollTop = 0;
    if (body.querySelector(".late")) { location.href = link.href; return; } // refused or failed: the whole page says why
    body.querySelectorAll(".cols").forEach((columns) => { columns.className = "stack"; });
    body.querySelectorAll("h1, h2").forEach((old) => {
      const heading = document.createElement(old.tagName === "H1" ? "h2" : "h3");
      heading.append(...old.childNodes);
      for (const { name, value } of old.attributes) heading.setAttribute(name, value);
      old.replaceWith(heading);
    });
  }

  function move(step) {
    const all = links();
    const at = all.indexOf(document.activeElement.closest?.(".task")?.querySelector("a.title") ?? shown);
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    next?.focus();
    if (next?.matches("[data-sheet]")) show(next);
  }

  place.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    await show(link);
    pane.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (!wide.matches || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(words)) return;
    const key = event.key.toLowerCase();
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "e") body.querySelector("[name=decision]")?.focus();
    else return;
    event.preventDefault();
  });
  wide.addEventListener("change", lay);
  lay();
}
