import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexOptions, startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const leaf = makeWheel({ name: "leaf", version: "1.0" });
const newerLeaf = makeWheel({ name: "leaf", version: "1.1" });
const tool = makeWheel({ name: "tool", version: "1.0", metadata: ["Requires-Dist: leaf"] });
const good: IndexOptions = { files: [leaf, tool], cacheControl: "max-age=600" };
const older = "leaf==1.0\ntool==1.0\n";
const newer = "leaf==1.1\ntool==1.0\n";

/** Resolves and empties the cache of metadata, which only a warm start can do without. */
async function resolveAndForget(sandbox: Sandbox, index: TestIndex): Promise<readonly string[]> {
  const command = ["resolve", "--default-index", index.url, "tool"];
  assertPrinted(await sandbox.posy(command), older);
  await sandbox.posy(["cache", "clean", "metadata", "artifacts"]);
  return command;
}

describe("the answer of `posy resolve`", () => {
  test("is remembered without asking the index", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const command = await resolveAndForget(sandbox, index);
    index.add(newerLeaf);
    const before = index.requests.length;
    assertPrinted(await sandbox.posy(command), older);
    assert.equal(index.requests.length, before);
  });

  test("is remembered as JSON, too", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const command = [...(await resolveAndForget(sandbox, index)), "--json"];
    const { stdout } = await sandbox.posy(command);
    const before = index.requests.length;
    await sandbox.posy(["cache", "clean", "metadata", "artifacts"]);
    assertPrinted(await sandbox.posy(command), stdout);
    assert.equal(index.requests.length, before);
    assert.equal((JSON.parse(stdout) as { targets: unknown[] }).targets.length, 1);
  });

  for (const [reason, options] of [
    ["pages are revalidated on each use", { cacheControl: "no-cache" }],
    ["pages are stale", { cacheControl: "max-age=1" }],
  ] as const) {
    test(`is found again when ${reason}`, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ ...good, ...options });
      const command = await resolveAndForget(sandbox, index);
      index.add(newerLeaf);
      await new Promise((settle) => setTimeout(settle, 1100));
      assertPrinted(await sandbox.posy(command), newer);
    });
  }

  test("is found again with `--refresh`, and after another command has fetched a page", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const command = await resolveAndForget(sandbox, index);
    index.add(newerLeaf);
    assertPrinted(await sandbox.posy(command), older);
    assertPrinted(await sandbox.posy([...command, "--refresh"]), newer);
    assertPrinted(await sandbox.posy(command), newer);
  });

  test("is found again when a requirements file has changed", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const file = join(sandbox.cwd, "requirements.txt");
    writeFileSync(file, "-c constraints.txt\ntool\n");
    writeFileSync(join(sandbox.cwd, "constraints.txt"), "leaf==1.0\n");
    const command = ["resolve", "--default-index", index.url, "-r", "requirements.txt"];
    assertPrinted(await sandbox.posy(command), older);
    writeFileSync(file, "leaf # changed\n");
    assertPrinted(await sandbox.posy(command), "leaf==1.0\n");
    index.add(newerLeaf);
    writeFileSync(file, "-c constraints.txt\ntool\n");
    writeFileSync(join(sandbox.cwd, "constraints.txt"), "leaf>1.0\n");
    assertPrinted(await sandbox.posy([...command, "--refresh"]), newer);
    writeFileSync(join(sandbox.cwd, "constraints.txt"), "leaf<1.1\n");
    assertPrinted(await sandbox.posy(command), older);
  });

  test("is found again when packages come from a folder", async () => {
    using sandbox = await newSandbox();
    const folder = join(sandbox.root, "wheels");
    mkdirSync(folder);
    const put = ({ filename, bytes }: typeof leaf) => writeFileSync(join(folder, filename), bytes);
    [leaf, tool].forEach(put);
    const command = ["resolve", "--no-index", "--find-links", folder, "tool"];
    assertPrinted(await sandbox.posy(command), older);
    put(newerLeaf);
    assertPrinted(await sandbox.posy(command), newer);
  });

  test("is found again when the folder of the Pythons has changed", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const command = await resolveAndForget(sandbox, index);
    const before = index.requests.length;
    mkdirSync(join(sandbox.home, "data", "pythons-v1", "0".repeat(64)));
    assertPrinted(await sandbox.posy(command), older);
    assert.ok(index.requests.length > before, "metadata are fetched again");
  });

  test("is found again when the remembered one is damaged", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const command = await resolveAndForget(sandbox, index);
    const briefs = join(sandbox.home, "cache", "briefs-v1");
    const files = readdirSync(briefs).map((name) => join(briefs, name));
    assert.equal(files.length, 1);
    const [file = ""] = files;
    const entry = readFileSync(file, "utf8");
    assert.ok(entry.endsWith(older));
    for (const garbage of ["", "{}", "null\n", entry.slice(0, -3), entry.replace("leaf==1.0", "leaf==6.6")]) {
      writeFileSync(file, garbage);
      assertPrinted(await sandbox.posy(command), older);
    }
  });

  test("is not remembered with a warning, which each command shows", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ ...good, files: [{ ...leaf, yanked: "broken" }, tool] });
    const command = ["resolve", "--default-index", index.url, "leaf==1.0"];
    for (let time = 0; time < 2; time++) {
      const { status, stderr } = await sandbox.posy(command);
      assert.equal(status, 0);
      assert.match(stderr, /warning: .*yanked/);
    }
  });

  test("is remembered with the warnings about settings, which `-q` leaves out", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const env = { UV_PYTHON_DOWNLOADS: "never" };
    const command = ["resolve", "--default-index", index.url, "tool"];
    const said = (await sandbox.posy(command, { env })).stderr;
    assert.match(said, /^warning: `UV_PYTHON_DOWNLOADS` is not honoured.*\n$/);
    const before = index.requests.length;
    await sandbox.posy(["cache", "clean", "metadata", "artifacts"]);
    const again = await sandbox.posy(command, { env });
    assert.deepEqual([again.stdout, again.stderr, index.requests.length], [older, said, before]);
    for (let time = 0; time < 2; time++) {
      const quiet = await sandbox.posy([...command, "-q"], { env });
      assert.deepEqual([quiet.stdout, quiet.stderr], [older, ""]);
    }
  });

  test("is found by the whole program for `--verbose`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex(good);
    const command = await resolveAndForget(sandbox, index);
    const { status, stdout, stderr } = await sandbox.posy([...command, "-v"]);
    assert.deepEqual([status, stdout], [0, older]);
    assert.notEqual(stderr, "");
  });
});
