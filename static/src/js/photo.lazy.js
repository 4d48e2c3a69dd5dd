// Photos shrink on the phone before they are sent, so that a weak signal carries them.
const aim = 300 * 1024;
const sides = [1600, 1280, 960, 720, 480];

/** "4,2 MB → 300 KB" for a photo that became lighter, else its one size. */
export function weight(before, after) {
  const words = [...new Set([before.size, after.size])].map((bytes) => {
    const mega = bytes >= 1048576;
    return `${(bytes / (mega ? 1048576 : 1024)).toLocaleString("id", { maximumFractionDigits: mega ? 1 : 0 })} ${mega ? "MB" : "KB"}`;
  });
  return words.join(" → ");
}

/** Browsers turn the picture upright as its camera says; JPEG has no transparency, paper is white. */
function draw(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", .8));
}

/** A photo above the aim comes back as a JPEG within it; what cannot be drawn goes as it is, the server judges it. */
export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp|hei[cf])/.test(file.type) || file.size <= aim) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  let smaller;
  for (const side of sides) {
    smaller = await draw(picture, side);
    if (!smaller || smaller.size <= aim) break;
  }
  picture.close();
  if (!smaller || smaller.size >= file.size) return file;
  return new File([smaller], file.name.replace(/(\.\w+)?$/, ".jpg"), { type: "image/jpeg", lastModified: file.lastModified });
}
