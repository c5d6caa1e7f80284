import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { treeFiles } from "../support/tree-backend.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const wheels = ["one", "two-parts", "wheels"].map((name) =>
  makeWheel({ name, files: { [`${name.replace("-", "_")}.py`]: `print("${name}")\n` } }),
);

/** Runs `import MODULE` in an environment with some packages. */
function importing(sandbox: Sandbox, url: string, module: string, packages: readonly string[]) {
  const withOptions = packages.flatMap((name) => ["--with", name]);
  const python = ["--", "python", "-c", `import ${module}`];
  return sandbox.posy(["run", "-q", "--default-index", url, ...withOptions, ...python]);
}

const entriesOf = (sandbox: Sandbox, ...path: string[]): readonly string[] => {
  const folder = join(sandbox.home, ...path);
  return existsSync(folder) ? readdirSync(folder) : [];
};

interface Row {
  readonly name: string;
  readonly entries: number;
}

const removedRows = (json: string) =>
  (JSON.parse(json) as Row[]).flatMap(({ name, entries }) => (entries > 0 ? [name] : [])).sort();

describe("posy cache clean NAME", () => {
  test("removes what belongs to a package, and nothing of others", async () => {
    await using index = await startIndex({ files: wheels });
    using sandbox = await newSandbox();
    assertPrinted(await importing(sandbox, index.url, "two_parts", ["two-parts", "one"]), "two-parts\n");
    assertPrinted(await importing(sandbox, index.url, "one", ["one"]), "one\n");
    const run = await sandbox.posy(["cache", "clean", "--json", "Two.Parts"]);
    assert.deepEqual(removedRows(run.stdout), ["envs", "http", "metadata", "wheels"]);
    assert.equal(entriesOf(sandbox, "data", "envs-v1").length, 1);
    assert.deepEqual(entriesOf(sandbox, "data", "wheels-v1"), [wheels[0]?.sha256]);
    const asked = index.requests.length;
    assertPrinted(await importing(sandbox, index.url, "one", ["one"]), "one\n");
    assert.equal(index.requests.length, asked);
    assertPrinted(await importing(sandbox, index.url, "two_parts", ["two-parts", "one"]), "two-parts\n");
    assert.ok(index.requests.length > asked);
  });

  test("removes the builds of a source and its archive", async () => {
    const tree = treeFiles({ name: "built", files: { "built.py": 'print("built")\n' } });
    const sdist = makeSdist({ name: "built", files: tree, dynamic: ["Requires-Dist"] });
    await using index = await startIndex({ files: [sdist] });
    using sandbox = await newSandbox();
    assertPrinted(await importing(sandbox, index.url, "built", ["built"]), "built\n");
    const run = await sandbox.posy(["cache", "clean", "--json", "built"]);
    const removed = removedRows(run.stdout);
    for (const part of ["artifacts", "builds", "envs", "http", "wheels"])
      assert.ok(removed.includes(part), part);
    assert.deepEqual(entriesOf(sandbox, "cache", "artifacts-v2"), []);
  });

  test("keeps what an installed tool needs", async () => {
    const tool = makeWheel({
      name: "tool",
      files: { "tool.py": 'def main(): print("tool")\n' },
      entryPoints: { tool: "tool:main" },
    });
    await using index = await startIndex({ files: [tool] });
    using sandbox = await newSandbox();
    const installed = await sandbox.posy(["tool", "install", "-q", "--default-index", index.url, "tool"]);
    assert.equal(installed.status, 0, installed.stderr);
    const run = await sandbox.posy(["cache", "clean", "--json", "tool"]);
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(removedRows(run.stdout), ["http", "metadata"]);
    assert.deepEqual(entriesOf(sandbox, "data", "wheels-v1"), [tool.sha256]);
  });

  test("takes the name of a part for the part, and --package for a package of that name", async () => {
    await using index = await startIndex({ files: wheels });
    using sandbox = await newSandbox();
    assertPrinted(await importing(sandbox, index.url, "wheels", ["wheels", "one"]), "wheels\n");
    const named = await sandbox.posy(["cache", "clean", "--json", "--package", "wheels"]);
    assert.deepEqual(removedRows(named.stdout), ["envs", "http", "metadata", "wheels"]);
    assert.deepEqual(entriesOf(sandbox, "data", "wheels-v1"), [wheels[0]?.sha256]);
    await sandbox.posy(["cache", "clean", "wheels"]);
    assert.deepEqual(entriesOf(sandbox, "data", "wheels-v1"), []);
  });

  test("warns of a package without files, and refuses a part that is misspelt", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const run = await sandbox.posy(["cache", "clean", "unheard-of"]);
    assert.equal(run.status, 0);
    assert.match(run.stderr, /nothing of `unheard-of` was removed/);
    assertFailed(
      await sandbox.posy(["cache", "clean", "whels"]),
      2,
      /takes no `whels`/,
      /did you mean `wheels`/,
    );
    assertFailed(await sandbox.posy(["cache", "clean", "no/name"]), 2, /`no\/name`/);
  });
});
