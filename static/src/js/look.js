// input[name=theme], input[name=text_size]: the choice is seen at once; saving stays the form's own business.
export function tryLook() {
  const html = document.documentElement;
  document.addEventListener("change", (event) => {
    if (event.target.name === "theme") html.dataset.theme = event.target.value;
    if (event.target.name === "text_size") html.dataset.text = event.target.value;
  });
}
