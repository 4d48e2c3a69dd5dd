// .drop: files by dragging, by camera or from the phone; photos shrink here.
import { shrink, weight } from "./photo.lazy.js";

export default function files(drop) {
  const [field, camera] = drop.querySelectorAll("input");
  const list = drop.querySelector("[data-files]");
  const take = async (added, keep) => {
    const bag = new DataTransfer();
    const lines = [];
    for (const file of [...(keep ? field.files : []), ...added].slice(field.multiple ? 0 : -1)) {
      const light = "shrink" in drop.dataset ? await shrink(file) : file;
      bag.items.add(light);
      lines.push(`${light.name} · ${weight(file, light)}`);
    }
    field.files = bag.files;
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  };
  field.addEventListener("change", () => take([...field.files], false));
  camera?.addEventListener("change", () => take([...camera.files], field.multiple));
  const hold = (event, over) => { event.preventDefault(); drop.classList.toggle("over-it", over); };
  drop.addEventListener("dragover", (event) => hold(event, true));
  drop.addEventListener("dragleave", (event) => hold(event, false));
  drop.addEventListener("drop", (event) => { hold(event, false); take([...event.dataTransfer.files], field.multiple); });
}
