// Builds web/dist: the style sheet out of static/app.css and the classes that
// the templates use, the script out of htmx, its extension for server-sent
// events and static/*.js, and the icon. Each is written under a name with a hash
// of its content, with a gzip copy beside it; manifest.json tells the names. Run
// "npm ci" first.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const here = import.meta.dirname;
const dist = join(here, "dist");

function styles() {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-css-"));
  const out = join(folder, "app.css");
  const tailwind = join(here, "node_modules", ".bin", "tailwindcss");
  execFileSync(tailwind, ["--input", join(here, "static", "app.css"), "--output", out, "--minify"], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
  const css = readFileSync(out);
  rmSync(folder, { recursive: true });
  return css;
}

function script() {
  const own = readdirSync(join(here, "static")).filter((name) => name.endsWith(".js")).sort();
  const parts = [
    readFileSync(join(here, "node_modules", "htmx.org", "dist", "htmx.min.js"), "utf8"),
    readFileSync(join(here, "node_modules", "htmx-ext-sse", "dist", "sse.min.js"), "utf8"),
    // Comments on lines of their own stay here.
    ...own.map((name) => readFileSync(join(here, "static", name), "utf8").replace(/^\s*\/\/.*\n/gm, "")),
  ];
  return Buffer.from(parts.map((part) => part.trim()).join("\n;\n") + "\n");
}

const assets = {
  "app.css": styles(),
  "app.js": script(),
  "favicon.svg": readFileSync(join(here, "static", "favicon.svg")),
};

mkdirSync(dist, { recursive: true });
const manifest = {};
for (const [name, content] of Object.entries(assets)) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const type = extname(name);
  const file = `${name.slice(0, -type.length)}.${hash}${type}`;
  const packed = gzipSync(content, { level: 9 });
  writeFileSync(join(dist, file), content);
  writeFileSync(join(dist, `${file}.gz`), packed);
  manifest[name] = file;
  console.log(`${file}  ${content.length} bytes, ${packed.length} gzipped`);
}
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

// What was built before goes last, so that a Go build meanwhile finds a whole set.
const kept = new Set(["manifest.json", ...Object.values(manifest).flatMap((file) => [file, `${file}.gz`])]);
for (const name of readdirSync(dist)) if (!kept.has(name)) rmSync(join(dist, name));
