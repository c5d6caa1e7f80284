// Builds the npm package for programs that embed Posy:
//
//     node scripts/build-lib.mjs [FOLDER]        lib/ without an argument
//
// The code is bundled to ES modules that run on Node, Bun and Electron. Code that only the command line needs is left
// out. The declarations are rolled up into one file, so that nothing in it needs Bun's types. npm installs the
// dependencies.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const out = resolve(process.argv[2] ?? "lib");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

run(join("node_modules", "bun", "bin", "bun.exe"), [
  "build",
  "--target=node",
  "--format=esm",
  "--splitting",
  "--packages=external",
  "--root=src",
  "--outdir",
  out,
  "--entry-naming=[name].js",
  "--chunk-naming=chunks/[hash].js",
  join("src", "index.ts"),
]);

// This folder is not in node_modules, where the plugin treats every file as a dependency.
mkdirSync("dist", { recursive: true });
const types = mkdtempSync(join("dist", "types-"));
try {
  run(process.execPath, [
    join("node_modules", "typescript", "bin", "tsc"),
    "--project",
    "tsconfig.lib.json",
    "--outDir",
    types,
  ]);
  const bundle = await rollup({
    input: join(types, "src", "index.d.ts"),
    external: /^node:/,
    plugins: [
      {
        name: "no-types-of-dependencies",
        resolveId: (name) =>
          name === "toml-eslint-parser" ? resolve("scripts", "lib", "toml-eslint-parser.d.ts") : null,
      },
      dts(),
    ],
  });
  await bundle.write({ file: join(out, "index.d.ts"), format: "es" });
} finally {
  rmSync(types, { recursive: true, force: true });
}

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { name, version, description, license, engines, dependencies } = manifest;
const published = {
  name,
  version,
  description,
  license,
  type: "module",
  engines,
  sideEffects: false,
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  dependencies,
};
writeFileSync(join(out, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`);
for (const file of ["README.md", "LICENSE"]) copyFileSync(file, join(out, file));

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
