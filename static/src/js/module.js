// [data-module]: the address of a script that only this element needs; its default export is called with the element.
function load(element) {
  const address = element.dataset.module;
  element.removeAttribute("data-module");
  import(address).then((script) => script.default(element));
}

export function loadModules() {
  const all = (place) => place.querySelectorAll?.("[data-module]").forEach(load);
  all(document);
  document.addEventListener("htmx:after:process", (event) => all(event.target));
}
