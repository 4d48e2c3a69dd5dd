// App icons: the favicon as it is drawn, and PNG pictures of it that phones ask for, taken with Chromium.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const chromium = process.env.CHROMIUM || "/usr/bin/chromium";
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--hide-scrollbars",
  "--disable-background-networking", "--disable-component-update", "--default-background-color=00000000"];
const pictures = [["icon-192.png", "favicon.svg", 192], ["icon-512.png", "favicon.svg", 512],
  ["maskable-192.png", "maskable.svg", 192], ["maskable-512.png", "maskable.svg", 512], ["apple-180.png", "maskable.svg", 180]];

function photograph(svg, size) {
  const dir = mkdtempSync(join(tmpdir(), "icon-"));
  try {
    writeFileSync(join(dir, "page.html"), `<!doctype html><style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
    execFileSync(chromium, [...flags, `--user-data-dir=${dir}/profile`, `--window-size=${size},${size}`,
      `--screenshot=${dir}/out.png`, `file://${dir}/page.html`], { stdio: "ignore", timeout: 60000 });
    return readFileSync(join(dir, "out.png"));
  } finally { rmSync(dir, { recursive: true, force: true }); }
}

/** Returns {name: bytes}. A picture is taken anew only when its drawing changed: without Chromium the old ones stay. */
export async function appIcons(dir, dist) {
  const files = { "favicon.svg": readFileSync(join(dir, "favicon.svg")) };
  const sum = createHash("sha256");
  for (const [name, drawing, size] of pictures) sum.update(`${name} ${size}`).update(readFileSync(join(dir, drawing)));
  const stamp = sum.digest("hex").slice(0, 12);
  const before = existsSync(dist) ? readdirSync(dist) : [];
  const kept = before.includes("icons.stamp") && readFileSync(join(dist, "icons.stamp"), "utf8") === stamp;
  for (const [name, drawing, size] of pictures) {
    const old = before.find((file) => file.startsWith(name.replace(".png", ".")) && file.endsWith(".png"));
    files[name] = kept && old ? readFileSync(join(dist, old)) : photograph(readFileSync(join(dir, drawing), "utf8"), size);
  }
  files["icons.stamp"] = stamp;
  return files;
}
