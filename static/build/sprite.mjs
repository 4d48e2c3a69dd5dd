// One sprite of the icons that are really used: names in icons/list.txt, drawings from lucide, own drawings beside it.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const lucide = join(createRequire(import.meta.url).resolve("lucide-static/package.json"), "..", "icons");
const used = [/['"]([a-z][a-z0-9-]*)['"]\s*\|\s*icon\b/g, /\bicon\s*=\s*['"]([a-z][a-z0-9-]*)['"]/g];

/** A path that may follow another in one "d": its first move is absolute, what hangs on that move stays relative. */
function absolute(d) {
  return d.replace(/^m\s*(-?[\d.]+)[\s,]*(-?[\d.]+)\s*(?=([-\d.])?)/, (_, x, y, more) => `M${x} ${y}${more ? "l" : ""}`);
}

/** Two decimals are finer than any screen draws 24 units. */
function round(d) {
  return d.replace(/-?\d*\.\d{3,}/g, (number, at) => {
    const short = String(Number(Number(number).toFixed(2)));
    return !short.includes(".") && d[at + number.length] === "." ? `${short}.0` : short;
  });
}

/** The drawing of an icon without its frame; its paths become one, which saves a fifth of the bytes. */
function shapes(name) {
  const svg = readFileSync(join(lucide, `${name}.svg`), "utf8").replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>|<\/svg>/g, "");
  const paths = [...svg.matchAll(/<path\s+d="([^"]+)"\s*\/>/g)].map((match) => round(absolute(match[1])));
  const others = svg.replace(/<path\s+d="[^"]+"\s*\/>/g, "").replace(/\s*\n\s*/g, "").replace(/\s+\/>/g, "/>");
  return (paths.length ? `<path d="${paths.join("")}"/>` : "") + others;
}

/** Icon names that templates and modules ask for, with one place each. */
function asked(root) {
  const found = new Map(), spoken = new Set();
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) { if (!/^(node_modules|dist|\.|__pycache__|tests)/.test(entry.name)) walk(path); continue; }
      if (!/\.(html|py)$/.test(entry.name)) continue;
      const words = readFileSync(path, "utf8");
      for (const match of words.matchAll(/['"]([a-z][a-z0-9-]*)['"]/g)) spoken.add(match[1]);
      for (const pattern of used) for (const match of words.matchAll(pattern)) if (!found.has(match[1])) found.set(match[1], path);
    }
  };
  for (const dir of ["templates", "superapp", "plugins"]) if (existsSync(join(root, dir)) && statSync(join(root, dir)).isDirectory()) walk(join(root, dir));
  return { found, spoken };
}

/** Returns {svg, names}; warns of asked icons that the list lacks and of listed ones that nobody asks for. */
export function sprite(dir, root) {
  const lines = readFileSync(join(dir, "list.txt"), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  const listed = new Map(lines.map((line) => line.trim().split(/\s+/)).map(([name, mark]) => [name, mark]));
  const { found, spoken } = asked(root);
  for (const [name, path] of found) if (!listed.has(name)) console.warn(`icon "${name}" is asked for in ${path} but is not in icons/list.txt`);
  const idle = [...listed].filter(([name, mark]) => mark !== "keep" && !spoken.has(name)).map(([name]) => name);
  if (idle.length) console.warn(`icons that nobody asks for: ${idle.join(", ")}`);
  const symbols = [...listed.keys()].map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${shapes(name)}</symbol>`);
  const own = readdirSync(dir).filter((name) => name.endsWith(".symbol.svg")).sort()
    .map((name) => readFileSync(join(dir, name), "utf8").trim().replace(/>\s+</g, "><").replace(/<!--[\s\S]*?-->/g, ""));
  const licence = "<!-- Lucide (ISC, (c) Lucide Icons and Contributors); satu and isles: Nunukan Satu -->";
  return { svg: `${licence}<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}${own.join("")}</svg>`, names: [...listed.keys()] };
}
