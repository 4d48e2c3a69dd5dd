// .toasts: short news of what was just done. The server writes them into the page; partial answers send "toast" events.
/** Shows a toast made from the template; returns its element, or null where the page has none. */
export function toast(template, text) {
  const place = document.querySelector(".toasts");
  const words = document.getElementById(template)?.content.firstElementChild.cloneNode(true);
  if (!place || !words) return null;
  if (text) words.querySelector("p").textContent = text;
  place.append(words);
  return words;
}

export function listenForToasts() {
  document.addEventListener("toast", (event) => toast("t-toast", event.detail.text ?? event.detail.value));
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast, .note").remove());
}
