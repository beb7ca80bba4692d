// Builds the site's static files into <SENACS_VAR or var>/assets: one stylesheet, three scripts, the font, the images.
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(here, "../node_modules");
const output = join(resolve(process.env.SENACS_VAR ?? join(here, "../var")), "assets");
const sizes = [];

function write(name, content) {
  writeFileSync(join(output, name), content);
  sizes.push(`${name} ${(gzipSync(content).length / 1024).toFixed(1)} Ko`);
}

rmSync(output, { recursive: true, force: true });
mkdirSync(join(output, "fonts"), { recursive: true });

const { css } = compile(join(here, "scss/senacs.scss"), { loadPaths: [modules], style: "compressed", quietDeps: true });
write("senacs.css", css);

for (const entry of ["senacs", "saisie", "atlas"]) {
  const { outputFiles } = buildSync({
    entryPoints: [join(here, `js/${entry}.mjs`)],
    nodePaths: [modules],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    legalComments: "none",
  });
  write(`${entry}.js`, outputFiles[0].contents);
}

for (const script of ["latin", "latin-ext"]) {
  const file = `inter-${script}-wght-normal.woff2`;
  copyFileSync(join(modules, "@fontsource-variable/inter/files", file), join(output, "fonts", file));
}
copyFileSync(join(modules, "@fontsource-variable/inter/LICENSE"), join(output, "fonts/LICENSE.txt"));
cpSync(join(here, "images"), join(output, "images"), { recursive: true });

console.log(`Feuilles et scripts construits (compressés) : ${sizes.join(", ")}`);
