import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { writeApp } from "../support/app-project.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const files = [
  makeWheel({ name: "leaf", version: "1.0" }),
  makeWheel({ name: "leaf", version: "1.5" }),
  makeWheel({ name: "leaf", version: "2.0" }),
  makeWheel({ name: "tool", version: "1.0", metadata: ["Requires-Dist: leaf<2"] }),
  makeWheel({ name: "other", version: "3.0" }),
  makeWheel({ name: "backend", version: "1.0" }),
  sdistOf({ name: "source", requires: ["backend"] }, { isStatic: true }),
];

const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");

describe("a lock, after the requirements of its project changed,", () => {
  for (const [change, now] of [
    ["with a bound that the locked version meets", ["tool>=1", "other"]],
    ["with fewer requirements", ["tool"]],
    ["with more requirements for locked packages", ["tool", "other", "leaf>=1.2"]],
    ["with other spellings of the same requirements", ["Other", "tool==1.*"]],
  ] as const) {
    test(`is updated ${change} without asking the index, and equals a new lock`, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files });
      const lock = ["lock", "--default-index", index.url];
      writeApp(sandbox, ["tool", "other"]);
      const made = await sandbox.posy(lock);
      assert.equal(made.status, 0, made.stderr);
      writeApp(sandbox, now);
      const before = index.requests.length;
      // Another home has an empty cache.
      const kept = await sandbox.posy(lock, { env: { POSY_HOME: join(sandbox.cwd, "another-home") } });
      assert.equal(kept.status, 0, kept.stderr);
      assert.equal(index.requests.length, before);
      const text = lockOf(sandbox);
      assertPrinted(await sandbox.posy([...lock, "--check"]), "pylock.toml is up to date\n");
      rmSync(join(sandbox.cwd, "pylock.toml"));
      await sandbox.posy(lock);
      assert.equal(lockOf(sandbox), text);
    });
  }

  test("is updated by asking the index only for a package that is new", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const args = ["--default-index", index.url];
    writeApp(sandbox, ["tool"]);
    const made = await sandbox.posy(["lock", ...args]);
    assert.equal(made.status, 0, made.stderr);
    index.add(makeWheel({ name: "fresh", version: "1.2", metadata: ["Requires-Dist: leaf"] }));
    const before = index.requests.length;
    const another = { env: { POSY_HOME: join(sandbox.cwd, "another-home") } };
    assertPrinted(await sandbox.posy(["add", ...args, "fresh"], another), "wrote pylock.toml\n+ fresh 1.2\n");
    const asked = new Set(index.requests.slice(before).map(({ path }) => path));
    assert.deepEqual(
      [...asked].filter((path) => !path.includes("fresh")),
      [],
    );
    assert.ok(asked.has("/simple/fresh/"));
    const text = lockOf(sandbox);
    assertPrinted(await sandbox.posy(["lock", ...args, "--check"]), "pylock.toml is up to date\n");
    rmSync(join(sandbox.cwd, "pylock.toml"));
    await sandbox.posy(["lock", ...args]);
    assert.equal(lockOf(sandbox), text);
  });

  test("keeps the build requirements of a package that is built on one platform", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const lock = ["lock", "--default-index", index.url];
    writeApp(sandbox, ["source", "other"]);
    const made = await sandbox.posy(lock);
    assert.equal(made.status, 0, made.stderr);
    writeApp(sandbox, ["source"], ["[tool.posy.envs.default]", 'platforms = ["windows-x86_64"]']);
    const before = index.requests.length;
    const kept = await sandbox.posy(lock, { env: { POSY_HOME: join(sandbox.cwd, "another-home") } });
    assert.equal(kept.status, 0, kept.stderr);
    assert.equal(index.requests.length, before);
    assert.match(lockOf(sandbox), /build-packages[\s\S]*name = "backend"/);
    assert.doesNotMatch(lockOf(sandbox), /linux-x86_64|name = "other"/);
  });
});

describe("the index is asked again", () => {
  test("when a locked version does not fit any more", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(sandbox, ["leaf<2"]);
    const lock = ["lock", "--default-index", index.url];
    await sandbox.posy(lock);
    assert.match(lockOf(sandbox), /leaf-1\.5/);
    writeApp(sandbox, ["leaf<1.5"]);
    await sandbox.posy(lock);
    assert.match(lockOf(sandbox), /leaf-1\.0/);
    writeApp(sandbox, ["leaf<1"]);
    const text = lockOf(sandbox);
    assertFailed(await sandbox.posy(lock), 1, /leaf/);
    assert.equal(lockOf(sandbox), text);
  });

  test("when the Python changes, even if a locked one would fit", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const lock = ["lock", "--default-index", index.url];
    writeApp(sandbox, ["leaf"], ['python = "3.13"']);
    const made = await sandbox.posy(lock);
    assert.equal(made.status, 0, made.stderr);
    writeApp(sandbox, ["leaf"], ['python = [">=3.13", "3.13"]']);
    const again = await sandbox.posy(lock);
    assert.equal(again.status, 0, again.stderr);
    assert.match(lockOf(sandbox), /cpython-3\.14-linux[\s\S]*cpython-3\.13-linux/);
  });

  test("when `exclude-newer` changes", async () => {
    using sandbox = await newSandbox();
    const older = { ...makeWheel({ name: "leaf", version: "1.0" }), uploadTime: "2024-01-01T00:00:00Z" };
    const newer = { ...makeWheel({ name: "leaf", version: "1.5" }), uploadTime: "2025-01-01T00:00:00Z" };
    await using index = await startIndex({ files: [older, newer] });
    const lock = ["lock", "--default-index", index.url];
    writeApp(sandbox, ["leaf"]);
    await sandbox.posy(lock);
    assert.match(lockOf(sandbox), /leaf-1\.5/);
    writeApp(sandbox, ["leaf"], ['exclude-newer = "2024-06-01"']);
    await sandbox.posy(lock);
    assert.match(lockOf(sandbox), /leaf-1\.0/);
  });

  test("when the list of indexes changes, even if the locked versions would fit", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    await using mine = await startIndex({ files: [makeWheel({ name: "leaf", version: "1.5+mine" })] });
    writeApp(sandbox, ["leaf<2"]);
    const lock = ["lock", "--default-index", index.url];
    await sandbox.posy(lock);
    writeApp(sandbox, ["leaf<2"], ["[[tool.posy.indexes]]", `url = "${mine.url}"`]);
    const run = await sandbox.posy(lock);
    assert.equal(run.status, 0, run.stderr);
    assert.match(lockOf(sandbox), /version = "1\.5\+mine"/);
  });
});
