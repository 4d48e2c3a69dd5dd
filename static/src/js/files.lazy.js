// .drop: files by dragging, by camera or from the phone; photos shrink here, large files go ahead in parts.
import { shrink, weight } from "./photo.lazy.js";
import { upload } from "./resume.js";

const large = 1048576;

const same = (one, other) => one.name === other.name && one.size === other.size;

function listOf(files) {
  const bag = new DataTransfer();
  for (const file of files) bag.items.add(file);
  return bag.files;
}

/** Send a large file of a field ahead; done, a hidden field names it. Until then the form still carries it. */
async function sendAhead(field, file, row, signal) {
  const token = field.form?.elements.csrf_token?.value;
  if (!("ahead" in field.closest(".drop").dataset) || !token || !(file.size > large)) return;
  const words = row.textContent;
  const id = await upload(file, token, (percent) => { row.textContent = `${words} · ${percent} %`; }, signal);
  if (signal.aborted) return;
  if (!id) return row.replaceChildren(words);
  const named = Object.assign(document.createElement("input"), { type: "hidden", name: `${field.name}_upload`, value: id });
  field.after(named);
  field.files = listOf([...field.files].filter((one) => !same(one, file)));
  field.required = false;
  row.dataset.sent = "";
}

export default function files(drop) {
  const [field, camera] = drop.querySelectorAll("input");
  const list = drop.querySelector("[data-files]");
  const required = field.required;
  let sending = new AbortController();
  const anew = (keep) => {
    sending.abort();
    sending = new AbortController();
    if (keep) return;
    field.required = required;
    for (const named of drop.querySelectorAll("input[type=hidden]")) named.remove();
  };
  const take = async (added, keep) => {
    anew(keep);
    const { signal } = sending;
    const taken = [];
    for (const file of [...(keep ? field.files : []), ...added].slice(field.multiple ? 0 : -1)) {
      const light = "shrink" in drop.dataset ? await shrink(file) : file;
      const row = Object.assign(document.createElement("li"), { textContent: `${light.name} · ${weight(file, light)}` });
      taken.push([light, row]);
    }
    if (signal.aborted) return;
    field.files = listOf(taken.map(([file]) => file));
    const sent = keep ? list.querySelectorAll("[data-sent]") : [];
    list.replaceChildren(...sent, ...taken.map(([, row]) => row));
    for (const [file, row] of taken) if (!signal.aborted) await sendAhead(field, file, row, signal);
  };
  field.form?.addEventListener("submit", () => sending.abort());
  field.addEventListener("change", () => take([...field.files], false));
  camera?.addEventListener("change", () => take([...camera.files], field.multiple));
  const hold = (event, over) => { event.preventDefault(); drop.classList.toggle("over-it", over); };
  drop.addEventListener("dragover", (event) => hold(event, true));
  drop.addEventListener("dragleave", (event) => hold(event, false));
  drop.addEventListener("drop", (event) => { hold(event, false); take([...event.dataTransfer.files], field.multiple); });
  if (field.files.length) take([...field.files], false); // chosen before this script came over a bad signal
}
