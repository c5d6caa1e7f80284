import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newWindowsSandbox } from "../support/windows-sandbox.ts";
import { windowsPath, withoutWine } from "../support/wine.ts";

/** Enough files that writing an environment takes a while. */
const contents = Object.fromEntries(
  Array.from({ length: 120 }, (_, file) => [`m${file % 12}/n${file}/__init__.py`, `value = ${file}\n`]),
);
const names = Array.from({ length: 5 }, (_, index) => `package-${index}`);

/** Ends the programs that killed runs had just started, and that Wine never finished starting. */
function endLeftovers(root: string): void {
  const path = windowsPath(root);
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(join("/proc", pid, "cmdline"), "utf8").startsWith(path))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  }
}

describe("posy.exe that is killed at any moment", { skip: withoutWine }, () => {
  test("leaves no incomplete environment, and the next run is right", async () => {
    const files = names.map((name) =>
      makeWheel({ name, files: contents, entryPoints: { [name]: "m1.n1:value.__str__" } }),
    );
    await using index = await startIndex({ files });
    using sandbox = await newWindowsSandbox();
    const code = "import m0.n0, m11.n119; print(m0.n0.value + m11.n119.value)";
    const run = (name: string, killAfter?: number) =>
      sandbox.posy(["run", "--index", index.url, "--with", name, "--", "python", "-c", code], {
        started: (child) => {
          if (killAfter !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfter);
        },
      });
    let killed = 0;
    // Milliseconds. A run that ends before it is killed shows how early the next ones must be killed on this machine.
    let span = 1300;
    for (let kill = 0; kill < 50; kill++) {
      const started = performance.now();
      const { signal } = await run(names[kill % names.length] ?? "", 100 + ((kill * 397) % span));
      if (signal === "SIGKILL") killed++;
      else span = Math.max(100, Math.min(span, Math.floor(performance.now() - started) - 100));
    }
    endLeftovers(sandbox.root);
    assert.ok(killed >= 10, `only ${killed} of 50 runs were killed before their end`);
    for (const name of names) {
      const done = await run(name);
      assert.equal(done.stdout, "119\r\n", done.stderr);
      assert.equal(done.status, 0);
    }
    const envs = join(sandbox.home, "data", "envs-v1");
    for (const env of readdirSync(envs)) assert.ok(existsSync(join(envs, env, "posy-env.json")), env);
  });
});
