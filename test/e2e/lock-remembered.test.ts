import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeApp } from "../support/app-project.ts";
import { type IndexOptions, startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const leaf = makeWheel({ name: "leaf", version: "1.0" });
const newerLeaf = makeWheel({ name: "leaf", version: "1.1" });
const tool = makeWheel({ name: "tool", version: "1.0", metadata: ["Requires-Dist: leaf"] });
const good: IndexOptions = { files: [leaf, tool], cacheControl: "max-age=600" };

const lockFile = (sandbox: Sandbox) => join(sandbox.cwd, "pylock.toml");
const lockOf = (sandbox: Sandbox) => readFileSync(lockFile(sandbox), "utf8");
const unlock = (sandbox: Sandbox) => rmSync(lockFile(sandbox));

/** Locks a project and empties the caches of metadata and artifacts, which only a warm start can do without. */
async function lockAndForget(sandbox: Sandbox, index: TestIndex): Promise<{ lock: string[]; made: string }> {
  const lock = ["lock", "--default-index", index.url];
  writeApp(sandbox, ["tool"]);
  const made = await sandbox.posy(lock);
  assert.equal(made.status, 0, made.stderr);
  await sandbox.posy(["cache", "clean", "metadata", "artifacts"]);
  return { lock, made: made.stdout };
}

describe("a lock that is up to date", () => {
  test("is recognised without index pages and without asking an index", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock } = await lockAndForget(sandbox, index);
    rmSync(join(sandbox.home, "cache", "http-v2"), { recursive: true });
    const before = index.requests.length;
    assertPrinted(await sandbox.posy(lock), "pylock.toml is up to date\n");
    assertPrinted(await sandbox.posy([...lock, "--check"]), "pylock.toml is up to date\n");
    assert.equal(index.requests.length, before);
  });

  test("is read again after it was changed, and garbage is rejected", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock } = await lockAndForget(sandbox, index);
    assertPrinted(await sandbox.posy(lock), "pylock.toml is up to date\n");
    appendFileSync(lockFile(sandbox), "\n[[packages]\n");
    assertFailed(await sandbox.posy(lock), 2, /pylock\.toml:\d+` is not TOML/);
  });

  test("is outdated once the project has other requirements", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock } = await lockAndForget(sandbox, index);
    writeApp(sandbox, ["leaf"]);
    assertPrinted(await sandbox.posy(lock), "wrote pylock.toml\n- tool 1.0\n");
    assertPrinted(await sandbox.posy(lock), "pylock.toml is up to date\n");
  });

  test("is resolved again with `--upgrade`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [leaf, tool] });
    const { lock } = await lockAndForget(sandbox, index);
    index.add(newerLeaf);
    assertPrinted(await sandbox.posy(lock), "pylock.toml is up to date\n");
    const upgraded = await sandbox.posy([...lock, "--upgrade"]);
    assertPrinted(upgraded, "wrote pylock.toml\n~ leaf 1.0 → 1.1\n");
    assertPrinted(await sandbox.posy([...lock, "--upgrade"]), "pylock.toml is up to date\n");
  });

  test("is recognised for each folder and each environment", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock } = await lockAndForget(sandbox, index);
    const docs = ["[dependency-groups]", 'docs = ["leaf"]', "[tool.posy.envs.docs]", 'groups = ["docs"]'];
    writeApp(sandbox, ["tool"], docs);
    const both = await sandbox.posy(lock);
    assert.match(both.stdout, /wrote pylock\.toml\nmade pylock\.docs\.toml\n/);
    rmSync(join(sandbox.cwd, "pylock.docs.toml"));
    assert.equal(
      (await sandbox.posy(lock)).stdout,
      both.stdout.replace("wrote pylock.toml", "pylock.toml is up to date"),
    );
    mkdirSync(join(sandbox.cwd, "inside"));
    const inside = await sandbox.posy(lock, { cwd: join(sandbox.cwd, "inside") });
    assertPrinted(inside, "../pylock.toml is up to date\n../pylock.docs.toml is up to date\n");
  });
});

describe("a missing lock", () => {
  test("is written again from the cache while the index pages are fresh", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock, made } = await lockAndForget(sandbox, index);
    const text = lockOf(sandbox);
    const before = index.requests.length;
    unlock(sandbox);
    assertPrinted(await sandbox.posy(lock), made);
    assert.equal(lockOf(sandbox), text);
    assert.equal(index.requests.length, before);
    assertPrinted(await sandbox.posy(lock), "pylock.toml is up to date\n");
  });

  test("fails `--check`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock } = await lockAndForget(sandbox, index);
    unlock(sandbox);
    assertFailed(await sandbox.posy([...lock, "--check"]), 1, /is not what `pyproject.toml` asks for/);
    assert.equal(existsSync(lockFile(sandbox)), false);
  });

  test("is resolved from a page that another command fetched meanwhile", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock } = await lockAndForget(sandbox, index);
    index.add(newerLeaf);
    unlock(sandbox);
    await sandbox.posy(lock);
    assert.doesNotMatch(lockOf(sandbox), /leaf-1\.1/);
    await sandbox.posy(["resolve", "--default-index", index.url, "--refresh", "leaf"]);
    unlock(sandbox);
    await sandbox.posy(lock);
    assert.match(lockOf(sandbox), /leaf-1\.1/);
  });

  for (const [reason, options] of [
    ["pages are revalidated on each use", {}],
    ["pages are stale", { cacheControl: "max-age=1" }],
  ] as const) {
    test(`is resolved again when ${reason}`, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ ...good, cacheControl: "no-cache", ...options });
      const { lock } = await lockAndForget(sandbox, index);
      index.add(newerLeaf);
      await new Promise((settle) => setTimeout(settle, 1100));
      unlock(sandbox);
      await sandbox.posy(lock);
      assert.match(lockOf(sandbox), /leaf-1\.1/);
    });
  }

  test("is resolved again when packages come from a folder", async () => {
    using sandbox = await newSandbox();
    const folder = join(sandbox.root, "wheels");
    mkdirSync(folder);
    const put = ({ filename, bytes }: typeof leaf) => writeFileSync(join(folder, filename), bytes);
    [leaf, tool].forEach(put);
    const lock = ["lock", "--no-index", "--find-links", folder];
    writeApp(sandbox, ["tool"]);
    await sandbox.posy(lock);
    put(newerLeaf);
    unlock(sandbox);
    await sandbox.posy(lock);
    assert.match(lockOf(sandbox), /leaf-1\.1/);
  });

  test("is not taken from the cached answer of another index", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    await using other = await startIndex({ ...good, files: [newerLeaf, tool] });
    await lockAndForget(sandbox, index);
    unlock(sandbox);
    await sandbox.posy(["lock"], { env: { UV_DEFAULT_INDEX: other.url } });
    assert.match(lockOf(sandbox), /leaf-1\.1/);
    unlock(sandbox);
    await sandbox.posy(["lock"], { env: { UV_DEFAULT_INDEX: index.url } });
    assert.doesNotMatch(lockOf(sandbox), /leaf-1\.1/);
  });

  test("is resolved again when the cached answer is damaged", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const { lock, made } = await lockAndForget(sandbox, index);
    const text = lockOf(sandbox);
    for (const garbage of ["", "{}", "null", '{"lockMemoVersion":1}']) {
      for (const name of memosOf(sandbox)) writeFileSync(name, garbage);
      unlock(sandbox);
      assertPrinted(await sandbox.posy(lock), made);
      assert.equal(lockOf(sandbox), text);
    }
  });
});

test("a warning about a project is shown on every warm start, except with `-q`", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex(good);
  const lock = ["lock", "--default-index", index.url];
  writeApp(sandbox, ["tool"], ["[tool.uv]", "environments = [\"sys_platform == 'linux'\"]"]);
  const said = /warning: `tool\.posy\.platforms` replaces `tool\.uv\.environments`/;
  for (let time = 0; time < 3; time++) assert.match((await sandbox.posy(lock)).stderr, said);
  for (let time = 0; time < 2; time++) {
    const { status, stdout, stderr } = await sandbox.posy([...lock, "-q"]);
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  }
});

test("a warning that something could not be cached is shown every time, because the answer is not cached", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex(good);
  writeApp(sandbox, ["tool"]);
  mkdirSync(join(sandbox.home, "cache"), { recursive: true });
  writeFileSync(join(sandbox.home, "cache", "metadata-v4"), "a file where a folder should be");
  for (let time = 0; time < 2; time++) {
    const { status, stderr } = await sandbox.posy(["lock", "--default-index", index.url]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /warning: metadata could not be kept: writing/);
    unlock(sandbox);
  }
});

function memosOf(sandbox: Sandbox): string[] {
  const folder = join(sandbox.home, "cache", "briefs-v1");
  return readdirSync(folder).map((name) => join(folder, name));
}
