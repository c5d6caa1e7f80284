// Compiles dist/posy, the single file for this machine (or `--target bun-windows-x64` and the like).
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

mkdirSync("dist", { recursive: true });
const bun = join("node_modules", "bun", "bin", "bun.exe");
const run = spawnSync(
  bun,
  [
    "build",
    "--compile",
    "--minify",
    "--bytecode",
    "--format=esm",
    // A compiled Bun binary reads `.env` and `bunfig.toml` of the current folder, and a `preload` there runs code.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "src/cli/main.ts",
    "--outfile",
    join("dist", "posy"),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
