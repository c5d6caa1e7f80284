import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { newSandbox } from "../support/posy.ts";

/** Modules that are cheap to import at the start (docs/contributing/performance.md). */
const cheap = new Set(["bun:ffi", "child_process", "fs", "fs/promises", "os", "path", "process", "url"]);

test("the entry point imports no module, and a warm start and a completion import only cheap ones", () => {
  const out = mkdtempSync(resolve("node_modules", ".cache", "posy-start-"));
  try {
    const bun = resolve("node_modules", "bun", "bin", "bun.exe");
    const flags = ["--splitting", "--target=bun", "--format=esm", "--root=src", "--outdir", out];
    const remembered = [
      ...["run", "lock", "resolve"].map((command) => `warm-start/cached-${command}`),
      "completion/complete",
    ];
    const entries = ["src/cli/main.ts", ...remembered.map((name) => `src/cli/${name}.ts`)];
    const built = spawnSync(bun, ["build", ...flags, ...entries], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    const entry = importsOf(join(out, "cli", "main.js"));
    assert.deepEqual(entry.modules, []);
    for (const name of remembered) {
      const warm = importsOf(join(out, "cli", `${name}.js`));
      assert.ok(warm.modules.includes("fs"), "the imports were found");
      assert.deepEqual(
        warm.modules.filter((module) => !cheap.has(module)),
        [],
      );
      assert.ok(warm.length < 150_000, `${warm.length} characters are read for ${name}`);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

/**
 * Returns the modules of the runtime that a file imports statically, directly or not, and how many characters are read.
 */
function importsOf(entry: string): { modules: readonly string[]; length: number } {
  const seen = new Set<string>();
  const modules = new Set<string>();
  let length = 0;
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    length += text.length;
    for (const [, name = ""] of text.matchAll(/^(?:import|export)\b[^;]*?["']([^"']+)["'];?$/gm)) {
      if (name.startsWith(".")) follow(join(dirname(file), name));
      else modules.add(name.replace(/^node:/, ""));
    }
  };
  follow(entry);
  return { modules: [...modules], length };
}

test("--version prints the version of package.json", async () => {
  using sandbox = await newSandbox({ interpreter: false });
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const run = await sandbox.posy(["--version"]);
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, `posy ${version}\n`, ""]);
});

describe("a command that only has subcommands", () => {
  for (const command of ["cache", "python"]) {
    test(`shows its help: posy ${command}`, async () => {
      using sandbox = await newSandbox({ interpreter: false });
      const run = await sandbox.posy([command]);
      assert.deepEqual([run.status, run.stderr], [0, ""]);
      assert.match(run.stdout, new RegExp(`^Usage: posy ${command} `));
      // There is no `posy cache help`, so the help must not mention it.
      assert.doesNotMatch(run.stdout, /help \[command\]/);
    });
  }
});
