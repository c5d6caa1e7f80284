// Installs ten well-known tools from the public index, and starts each. Then installs another Python, upgrades all
// tools to it, cleans the cache and the store, and starts each again. Prints a table, and fails if a tool does not
// start.
//
//     node_modules/.bin/bun bench/tools-survive.ts          with dist/posy (some minutes)
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cleanEnvironment } from "./setting.ts";

/** The requirement and the program of each tool. */
const tools = [
  ["black", "black"],
  ["ruff", "ruff"],
  ["httpie", "http"],
  ["pre-commit", "pre-commit"],
  ["cookiecutter", "cookiecutter"],
  ["ipython", "ipython"],
  ["poetry", "poetry"],
  ["ansible-core", "ansible"],
  ["yt-dlp", "yt-dlp"],
  ["mkdocs", "mkdocs"],
] as const;

const posy = resolve("dist", "posy");
const root = mkdtempSync(join(tmpdir(), "posy-tools-"));
const bin = join(root, "bin");
const { POSY_PYTHON_MIRROR: _mirror, ...clean } = cleanEnvironment(root);
const env = { ...clean, LANG: "C.UTF-8", POSY_HOME: join(root, "home"), POSY_TOOL_BIN_DIR: bin };
let failures = 0;

function run(argv: readonly string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...argv], {
    env,
    cwd: root,
    stdin: "ignore",
    stderr: "pipe",
  });
  if (exitCode === 0) return stdout.toString();
  failures += 1;
  console.error(`\`${argv.join(" ")}\` ended with ${exitCode}:\n${stdout.toString()}${stderr.toString()}`);
  return "failed";
}

/** Starts the program of a tool without Posy. Returns the first line that it prints, which has its version. */
const started = (program: string) =>
  run([join(bin, program), "--version"])
    .split("\n", 1)[0]
    ?.trim() ?? "";

try {
  const rows = tools.map(([requirement, program]) => {
    const start = performance.now();
    run([posy, "tool", "install", "--python", "3.12", requirement]);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.error(`${requirement}: ${seconds} s`);
    return { requirement, program, seconds, first: started(program) };
  });
  run([posy, "python", "install", "3.13"]);
  run([posy, "cache", "clean"]);
  const second = tools.map(([, program]) => started(program));
  run([posy, "tool", "upgrade", "--all", "--python", "3.13"]);
  run([posy, "python", "uninstall", "3.12"]);
  run([posy, "cache", "clean"]);
  const third = tools.map(([, program]) => started(program));
  const cells = rows.map(({ requirement, seconds, first }, at) => {
    const cleaned = second[at] === first ? "starts" : (second[at] ?? "");
    const upgraded = third[at] === "failed" || third[at] === "" ? "failed" : "starts";
    if (cleaned !== "starts") failures += 1;
    return `| ${requirement} | ${first.slice(0, 40)} | ${seconds} | ${cleaned} | ${upgraded} |`;
  });
  console.log("| tool | first start | installed in s | after `cache clean` | with another Python |");
  console.log(`|---|---|---:|---|---|\n${cells.join("\n")}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);
