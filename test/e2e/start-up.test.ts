import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { newPlace } from "../support/posy.ts";

/** What costs next to nothing at the start (docs/performance.md). */
const cheap = new Set(["bun:ffi", "child_process", "fs", "fs/promises", "os", "path", "process", "url"]);

test("the program imports nothing at its start that it doesn't need", () => {
  const out = mkdtempSync(resolve("node_modules", ".cache", "posy-start-"));
  try {
    const bun = resolve("node_modules", "bun", "bin", "bun.exe");
    const flags = [
      "--splitting",
      "--target=bun",
      "--format=esm",
      "--outdir",
      out,
      "--entry-naming",
      "entry.js",
    ];
    const built = spawnSync(bun, ["build", ...flags, "src/cli/main.ts"], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    const seen = new Set<string>();
    const modules = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, name = ""] of readFileSync(file, "utf8").matchAll(
        /^(?:import|export)\b[^;]*?["']([^"']+)["'];?$/gm,
      )) {
        if (name.startsWith(".")) follow(join(out, name));
        else modules.add(name.replace(/^node:/, ""));
      }
    };
    follow(join(out, "entry.js"));
    assert.ok(modules.has("fs"), "the imports were found");
    assert.deepEqual(
      [...modules].filter((name) => !cheap.has(name)),
      [],
    );
    const whole = [...seen].map((file) => readFileSync(file, "utf8")).join("\n");
    assert.ok(whole.length < 150_000, `${whole.length} characters are read at every start`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test("--version prints the version of package.json and makes nothing", async () => {
  using place = await newPlace({ interpreter: false });
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const run = await place.posy(["--version"]);
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, `posy ${version}\n`, ""]);
});
