import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

/** A build requirement that appends a line to the file `COUNTED` when a build imports it. */
const counter = makeWheel({
  name: "counter",
  files: {
    "counter.py": "import os\nwith open(os.environ['COUNTED'], 'a') as file:\n    file.write('built\\n')\n",
  },
});
const source = sdistOf({
  name: "source",
  requires: ["counter"],
  imports: "counter",
  slow: { get_requires_for_build_wheel: 0.2, prepare_metadata_for_build_wheel: 0.2, build_wheel: 1 },
});
const files = [counter, source];
const code = "import source, importlib.metadata as m; print(m.version('source'))";

/** Returns how many builds there were. */
function counted(sandbox: Sandbox): number {
  const path = join(sandbox.root, "counted");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

test("one of several processes builds a source, and the others wait for it", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files });
  const run = () =>
    sandbox.posy(["run", "--default-index", index.url, "--with", "source", "--", "python", "-c", code], {
      env: { COUNTED: join(sandbox.root, "counted") },
    });
  for (const ended of await Promise.all([run(), run(), run()])) assertPrinted(ended, "1.0\n");
  assert.equal(counted(sandbox), 1);
});

test("a run after a killed build succeeds", { timeout: 300_000 }, async () => {
  await using index = await startIndex({ files });
  const args = ["run", "--default-index", index.url, "--with", "source", "--", "python", "-c", code];
  const killed: number[] = [];
  for (let moment = 0; moment < 5; moment += 1) {
    using sandbox = await newSandbox();
    const env = { COUNTED: join(sandbox.root, "counted") };
    const after = 200 + moment * 350 + Math.random() * 300;
    const run = await sandbox.posy(args, {
      env,
      started: (child) => void setTimeout(after).then(() => child.kill("SIGKILL")),
    });
    if (run.signal === "SIGKILL") killed.push(after);
    assertPrinted(await sandbox.posy(args, { env }), "1.0\n");
    // No half-written wheel of the killed build is in the store.
    const builds = join(sandbox.home, "cache", "builds-v2");
    const names = readdirSync(builds, { recursive: true }).map(String);
    assert.equal(names.filter((name) => name.endsWith(".whl")).length, 1);
    assert.equal(names.filter((name) => name.endsWith("wheel.json")).length, 1);
  }
  assert.ok(killed.length >= 2, `it was killed only ${killed.length} times`);
});
