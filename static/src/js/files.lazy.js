// .drop: files by dragging, by camera or from the phone; photos shrink here, so that a weak signal carries them.
const aim = 300 * 1024;
const sides = [1600, 1280, 960, 720];

function size(bytes) {
  const mega = bytes >= 1048576;
  return `${(bytes / (mega ? 1048576 : 1024)).toLocaleString("id", { maximumFractionDigits: mega ? 1 : 0 })} ${mega ? "MB" : "KB"}`;
}

async function draw(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", .8));
}

/** A photo above the aim comes back smaller; what cannot be drawn goes as it is, the server judges it. */
async function shrink(file) {
  if (!/^image\/(jpeg|png|webp|heic)/.test(file.type) || file.size <= aim) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  let smaller = null;
  for (const side of sides) {
    smaller = await draw(picture, side);
    if (smaller && smaller.size <= aim) break;
  }
  return smaller && smaller.size < file.size ? new File([smaller], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
}

export default function files(drop) {
  const [field, camera] = drop.querySelectorAll("input");
  const list = drop.querySelector("[data-files]");
  const take = async (added, keep) => {
    const bag = new DataTransfer();
    const lines = [];
    for (const file of [...(keep ? field.files : []), ...added].slice(field.multiple ? 0 : -1)) {
      const light = "shrink" in drop.dataset ? await shrink(file) : file;
      bag.items.add(light);
      lines.push(`${light.name} · ${light === file ? size(file.size) : `${size(file.size)} → ${size(light.size)}`}`);
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
