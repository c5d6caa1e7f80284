import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newPlace, type Place } from "../support/posy.ts";

/** Notes in a file that a wheel is being built: builds are counted by its lines. */
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

function counted(place: Place): number {
  const path = join(place.root, "counted");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

test("of processes that want the same build at once, one builds and the others wait", async () => {
  using place = await newPlace();
  await using index = await startIndex({ files });
  const run = () =>
    place.posy(["run", "--default-index", index.url, "--with", "source", "--", "python", "-c", code], {
      env: { COUNTED: join(place.root, "counted") },
    });
  for (const each of await Promise.all([run(), run(), run()])) assertPrinted(each, "1.0\n");
  assert.equal(counted(place), 1);
});

test("killed at any moment of a build, the next run is right", { timeout: 300_000 }, async () => {
  await using index = await startIndex({ files });
  const args = ["run", "--default-index", index.url, "--with", "source", "--", "python", "-c", code];
  const killed: number[] = [];
  for (let moment = 0; moment < 5; moment += 1) {
    using place = await newPlace();
    const env = { COUNTED: join(place.root, "counted") };
    const after = 200 + moment * 350 + Math.random() * 300;
    const run = await place.posy(args, {
      env,
      started: (child) => void setTimeout(after).then(() => child.kill("SIGKILL")),
    });
    if (run.signal === "SIGKILL") killed.push(after);
    assertPrinted(await place.posy(args, { env }), "1.0\n");
    // What a killed build had written is not taken for a wheel: all that is there is whole.
    const builds = join(place.home, "cache", "builds-v2");
    const names = readdirSync(builds, { recursive: true }).map(String);
    assert.equal(names.filter((name) => name.endsWith(".whl")).length, 1);
    assert.equal(names.filter((name) => name.endsWith("wheel.json")).length, 1);
  }
  assert.ok(killed.length >= 2, `it was killed only ${killed.length} times`);
});
