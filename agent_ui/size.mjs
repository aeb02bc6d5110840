// Prints what a first visit downloads, compressed, and fails above the limit.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 60_000;
const folder = new URL("../callcenter/adapters/web/static/", import.meta.url);
const assets = readdirSync(new URL("assets/", folder)).map((name) => `assets/${name}`);

let total = 0;
for (const name of ["index.html", ...assets]) {
  const bytes = gzipSync(readFileSync(new URL(name, folder))).length;
  total += bytes;
  console.log(`  ${String(bytes).padStart(6)} bytes gzip  ${name}`);
}
console.log(`  ${String(total).padStart(6)} bytes gzip  first load, of ${LIMIT_BYTES} allowed`);
if (total > LIMIT_BYTES) {
  console.error("The first load is too large: load a part later, or remove something.");
  process.exitCode = 1;
}
