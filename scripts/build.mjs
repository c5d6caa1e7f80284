// Compiles dist/posy, the single file for this machine (or `--target bun-windows-x64` and the like).
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compileFlags } from "./compile-flags.mjs";

mkdirSync("dist", { recursive: true });
const bun = join("node_modules", "bun", "bin", "bun.exe");
// The program comes first. The binary also contains the worker that it runs in threads (src/system/process/worker.ts).
const entries = [join("src", "cli", "main.ts"), join("src", "forest", "wheels", "unpack-worker.ts")];
const run = spawnSync(
  bun,
  [
    "build",
    ...compileFlags,
    "--root=src",
    ...entries,
    "--outfile",
    join("dist", "posy"),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
