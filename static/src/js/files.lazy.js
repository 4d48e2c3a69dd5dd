// .drop: files by dragging, by camera or from the phone; photos shrink here, one large file goes ahead in parts.
import { shrink, weight } from "./photo.lazy.js";
import { upload } from "./resume.js";

const large = 1048576;

/** Send the one large file of a field ahead; done, a hidden field names it. Until then the form still carries it. */
async function sendAhead(field, row, signal) {
  const [file] = field.files;
  const token = field.form?.elements.csrf_token?.value;
  if (!("ahead" in field.closest(".drop").dataset) || !token || !(file?.size > large)) return;
  const words = row.textContent;
  const id = await upload(file, token, (percent) => { row.textContent = `${words} · ${percent} %`; }, signal);
  if (signal.aborted) return;
  if (!id) return row.replaceChildren(words);
  const named = Object.assign(document.createElement("input"), { type: "hidden", name: `${field.name}_upload`, value: id });
  field.after(named);
  field.value = "";
  field.required = false;
}

export default function files(drop) {
  const [field, camera] = drop.querySelectorAll("input");
  const list = drop.querySelector("[data-files]");
  const required = field.required;
  let sending = new AbortController();
  const anew = () => {
    sending.abort();
    sending = new AbortController();
    field.required = required;
    drop.querySelector("input[type=hidden]")?.remove();
  };
  const take = async (added, keep) => {
    anew();
    const { signal } = sending;
    const bag = new DataTransfer();
    const lines = [];
    for (const file of [...(keep ? field.files : []), ...added].slice(field.multiple ? 0 : -1)) {
      const light = "shrink" in drop.dataset ? await shrink(file) : file;
      bag.items.add(light);
      lines.push(`${light.name} · ${weight(file, light)}`);
    }
    if (signal.aborted) return;
    field.files = bag.files;
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    if (bag.items.length === 1) sendAhead(field, list.firstElementChild, signal);
  };
  field.form?.addEventListener("submit", () => sending.abort());
  field.addEventListener("change", () => take([...field.files], false));
  camera?.addEventListener("change", () => take([...camera.files], field.multiple));
  const hold = (event, over) => { event.preventDefault(); drop.classList.toggle("over-it", over); };
  drop.addEventListener("dragover", (event) => hold(event, true));
  drop.addEventListener("dragleave", (event) => hold(event, false));
  drop.addEventListener("drop", (event) => { hold(event, false); take([...event.dataTransfer.files], field.multiple); });
}
