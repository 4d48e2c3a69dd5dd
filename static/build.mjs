// Builds static/dist from static/src: bundles, icon sprite, app icons, service worker, hashed names, compressed twins.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { appIcons } from "./build/appicons.mjs";
import { sprite } from "./build/sprite.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const src = join(here, "src");
const dist = join(here, "dist");
const targets = ["chrome109", "safari16.4", "firefox115"];
const text = /\.(css|js|svg|json)$/;

/** Every file whose change must change the build, as sorted paths from the root. */
function sources() {
  const own = [join(here, "build.mjs"), join(root, "package.json"), join(root, "package-lock.json")];
  const walk = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(dir, entry.name)) : [join(dir, entry.name)]);
  return [...own, ...walk(src), ...walk(join(here, "build"))].map((path) => relative(root, path)).sort();
}

function fingerprint() {
  const sum = createHash("sha256");
  for (const path of sources()) sum.update(path + "\0").update(readFileSync(join(root, path))).update("\0");
  return sum.digest("hex");
}

function hashed(name, body) {
  const dot = name.lastIndexOf(".");
  const sum = createHash("sha256").update(body).digest("hex").slice(0, 8);
  return `${name.slice(0, dot)}.${sum}${name.slice(dot)}`;
}

async function bundle(entry, options = {}) {
  const result = await esbuild.build({
    entryPoints: [join(src, entry)], bundle: true, minify: true, write: false, target: targets, format: "esm",
    legalComments: "none", charset: "utf8", logLevel: "warning", ...options });
  return result.outputFiles[0].contents;
}

// The dark set is written once; readers whose system asks for dark get it too unless they chose light.
const darkTwice = { name: "dark", setup(build) {
  build.onLoad({ filter: /dark\.css$/ }, ({ path }) => {
    const css = readFileSync(path, "utf8");
    const bySystem = css.replace(':root[data-theme="dark"]', ':root:not([data-theme="light"])');
    return { contents: `${css}@media (prefers-color-scheme: dark) { ${bySystem} }`, loader: "css" };
  });
} };

async function outputs() {
  const icons = sprite(join(src, "icons"), root);
  const files = { "icons.svg": icons.svg, ...await appIcons(join(src, "icons"), dist) };
  files["app.css"] = await bundle("css/app.css", { plugins: [darkTwice] });
  files["htmx.js"] = await bundle("js/htmx.js", { format: "iife" });
  for (const entry of readdirSync(join(src, "js")).filter((name) => /^(app|plain)\.js$|\.lazy\.js$/.test(name)))
    files[entry.replace(".lazy", "")] = await bundle(`js/${entry}`);
  return { files, names: icons.names };
}

function write(name, body) {
  writeFileSync(join(dist, name), body);
  if (!text.test(name)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  writeFileSync(join(dist, `${name}.br`), brotliCompressSync(body, { params }));
  writeFileSync(join(dist, `${name}.gz`), gzipSync(body, { level: 9 }));
}

const { files, names } = await outputs();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const manifest = {};
for (const [name, body] of Object.entries(files)) {
  manifest[name] = hashed(name, Buffer.from(body));
  write(manifest[name], Buffer.from(body));
}
const precache = Object.values(manifest).filter((name) => text.test(name));
const version = createHash("sha256").update(precache.join()).digest("hex").slice(0, 8);
write("sw.js", Buffer.from(await bundle("js/sw.js", { format: "iife",
  define: { VERSION: JSON.stringify(version), PRECACHE: JSON.stringify(precache) } })));
manifest["sw.js"] = "sw.js";
manifest["#sources"] = fingerprint();
write("icons.json", Buffer.from(JSON.stringify(names)));
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const [name, file] of Object.entries(manifest)) if (files[name] && text.test(name))
  console.log(name.padEnd(14), String(gzipSync(readFileSync(join(dist, file)), { level: 9 }).length).padStart(6), "gz",
    String(readFileSync(join(dist, `${file}.br`)).length).padStart(6), "br");
