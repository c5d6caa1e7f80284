import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox } from "../support/posy.ts";

const files = Array.from({ length: 6 }, (_, number) =>
  makeWheel({
    name: `part-${number}`,
    files: Object.fromEntries(
      Array.from({ length: 60 }, (_, file) => [`part_${number}/m${file}.py`, `n = ${number}\n`]),
    ),
  }),
);
const requirements = files.flatMap((_, number) => ["--with", `part-${number}`]);
const code = "import importlib; print(sum(importlib.import_module(f'part_{i}.m59').n for i in range(6)))";

test("several runs that start together with an empty home all succeed, and store everything once", async () => {
  await using index = await startIndex({ files });
  using sandbox = await newSandbox();
  const args = ["run", "--default-index", index.url, ...requirements, "--", "python", "-c", code];
  const runs = await Promise.all(Array.from({ length: 4 }, () => sandbox.posy(args)));
  for (const run of runs) assertPrinted(run, "15\n");
  assert.equal(readdirSync(join(sandbox.home, "data", "envs-v1")).length, 1);
  assert.equal(readdirSync(join(sandbox.home, "data", "wheels-v1")).length, 6);
  assert.deepEqual(leftovers(join(sandbox.home, "data", "tmp")), []);
});

function leftovers(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
