// [data-reveal], [data-phrase], [data-print], input[data-format], input[data-pick]: comfort for single fields. The server accepts them all ungrouped.
const groups = { nip: [8, 6, 1, 3] };

function groupNip(digits) {
  let at = 0;
  return groups.nip.map((size) => digits.slice(at, at += size)).filter(Boolean).join(" ");
}

const formats = {
  nip: (value) => { const digits = value.replace(/\D/g, ""); return digits.length > 8 && digits.length <= 18 && /^[\d\s.-]+$/.test(value) ? groupNip(digits) : value; },
  money: (value) => /^[\d.\s]+$/.test(value) ? value.replace(/\D/g, "").replace(/\B(?=(\d{3})+$)/g, ".") : value,
};

function reformat(field, always) {
  const change = formats[field.dataset?.format];
  if (!change || (!always && field.selectionStart !== field.value.length)) return;
  const better = change(field.value);
  if (better !== field.value) field.value = better;
}

/** The hidden field beside a picker holds the id of the suggestion whose words stand in the field, else nothing. */
function pick(field) {
  const hidden = field.form?.elements[`${field.name}_id`];
  const option = [...(field.list?.options ?? [])].find((one) => one.value === field.value);
  if (hidden) hidden.value = option?.dataset.id ?? "";
}

function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  field.focus();
}

export function enhanceFields() {
  document.querySelectorAll("[data-reveal]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (button) reveal(button);
    if (event.target.closest("[data-print]")) print();
    const phrase = event.target.closest("[data-phrase]");
    if (phrase) addPhrase(phrase);
  });
  document.addEventListener("input", (event) => {
    reformat(event.target, false);
    if (event.target.dataset?.pick !== undefined) pick(event.target);
  });
  document.addEventListener("change", (event) => reformat(event.target, true));
}

/** A quick phrase goes to the end of the note it stands under. */
function addPhrase(button) {
  const note = document.getElementById(button.dataset.phrase);
  note.value = [note.value.trim(), button.textContent.trim()].filter(Boolean).join(" ");
  note.dispatchEvent(new Event("input", { bubbles: true }));
  note.focus();
}
