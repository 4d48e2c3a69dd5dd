// form[data-palette]: Ctrl-K opens this. Answers come from the search page as JSON:
// {"items": [{"url", "title", "hint", "icon", "group"}, ...]}, already in their order.
const delay = 150;
let dialog;

function element(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

function picture(name) {
  const sprite = document.querySelector(".i use").getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS(svg.namespaceURI, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function option(item, index) {
  const words = element("span", { className: "grow" }, element("span", { className: "title", textContent: item.title }),
    element("span", { className: "sub", textContent: item.hint ?? "" }));
  const link = element("a", { href: item.url, id: `palette-${index}`, tabIndex: -1 }, picture(item.icon || "chevron-right"), words);
  link.setAttribute("role", "option");
  return link;
}

function fill(list, items) {
  list.replaceChildren();
  let group;
  items.forEach((item, index) => {
    if (item.group !== group) {
      group = item.group;
      const heading = element("p", { className: "group", textContent: group });
      heading.setAttribute("role", "presentation");
      list.append(heading);
    }
    list.append(option(item, index));
  });
}

function mark(input, list, index) {
  const options = [...list.querySelectorAll("a")];
  const at = options.length ? (index + options.length) % options.length : -1;
  options.forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
  options[at]?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", options[at]?.id ?? "");
  return at;
}

function build(find) {
  const input = element("input", { className: "input", type: "search", placeholder: find.elements.q.placeholder, autocomplete: "off" });
  const list = element("div", { id: "palette-list" });
  const state = element("p", { className: "muted small" });
  list.setAttribute("role", "listbox");
  for (const place of [input, list]) place.setAttribute("aria-label", find.elements.q.placeholder);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", list.id], ["aria-autocomplete", "list"]])
    input.setAttribute(name, value);
  state.setAttribute("role", "status");
  dialog = element("dialog", { className: "palette" }, input, state, list);
  dialog.setAttribute("aria-label", find.elements.q.placeholder);
  document.body.append(dialog);
  listen(find, input, list, state);
}

function listen(find, input, list, state) {
  let at = 0, timer, round = 0;
  const ask = async () => {
    const mine = ++round;
    const address = new URL(find.action);
    address.search = new URLSearchParams({ palette: 1, q: input.value });
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== round) return;
    const items = answer?.ok && !answer.redirected ? (await answer.json()).items : [];
    state.textContent = items.length || !input.value ? "" : find.dataset.none;
    fill(list, items);
    at = mark(input, list, 0);
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, delay); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = mark(input, list, at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = list.querySelectorAll("a")[at];
      location.href = chosen ? chosen.href : `${find.action}?${new URLSearchParams({ q: input.value })}`;
    }
  });
  dialog.refresh = () => {
    const { q } = find.elements;
    if (q.value) { input.value = q.value; q.value = ""; } else input.select();
    ask();
  };
}

export default function open(find) {
  if (!dialog) build(find);
  if (dialog.open) return dialog.close();
  dialog.showModal();
  dialog.refresh();
}
