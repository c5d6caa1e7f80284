import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const evil = makeWheel({ name: "evil", version: "6.6.6", files: { "evil.py": "" } });
const one = makeWheel({ name: "one", files: { "one.py": "" } });
const lie = "Metadata-Version: 2.2\nName: one\nVersion: 1.0\nRequires-Dist: evil\n\n";
/** Resolves `one` against an index of these files, and returns the pins. */
async function resolved(sandbox: Sandbox, files: readonly IndexFile[]) {
  await using index = await startIndex({ files });
  const run = await sandbox.posy(["resolve", "--default-index", index.url, "one"]);
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

describe("metadata from one index are not used for a file from another index", () => {
  test("when its `.metadata` file belongs to a wheel with the same hash", async () => {
    using sandbox = await newSandbox();
    assert.equal(await resolved(sandbox, [{ ...one, metadata: lie }, evil]), "evil==6.6.6\none==1.0\n");
    assert.equal(await resolved(sandbox, [one, evil]), "one==1.0\n");
  });

  test("when it serves another wheel under the same hash", async () => {
    using sandbox = await newSandbox();
    // So large that only its end is read for the metadata: the hash of a whole file would be checked.
    const other = makeWheel({ name: "one", requires: ["evil"], files: { "one.bin": randomBytes(400_000) } });
    const claim = { ...other, hashes: { sha256: one.sha256 } };
    assert.equal(await resolved(sandbox, [claim, evil]), "evil==6.6.6\none==1.0\n");
    assert.equal(await resolved(sandbox, [one, evil]), "one==1.0\n");
  });

  test("when its `.metadata` file belongs to a source distribution with the same hash", async () => {
    using sandbox = await newSandbox();
    const sdist = sdistOf({ name: "one" }, { isStatic: true });
    assert.equal(await resolved(sandbox, [{ ...sdist, metadata: lie }, evil]), "evil==6.6.6\none==1.0\n");
    assert.equal(await resolved(sandbox, [sdist, evil]), "one==1.0\n");
  });

  test("when a source is built, so its build requirements come from the current index", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "source", asks: ["tool"], imports: "tool" });
    const tool = (version: string) => makeWheel({ name: "tool", version, files: { "tool.py": "" } });
    const toolOf = async (version: string) => {
      await using index = await startIndex({ files: [source, tool(version)] });
      const run = await sandbox.posy(["resolve", "--json", "--default-index", index.url, "source"]);
      assert.equal(run.status, 0, run.stderr);
      return /"name": "tool",[^]*?"version": "([^"]*)"/.exec(run.stdout)?.[1];
    };
    assert.equal(await toolOf("6.6"), "6.6");
    assert.equal(await toolOf("1.0"), "1.0");
  });
});

describe("a file whose metadata differ from those of its index", () => {
  test("is not installed, and the next run reads the file itself", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [{ ...one, metadata: lie }, evil] });
    const args = [
      "--default-index",
      index.url,
      "--with",
      "one",
      "--",
      "python",
      "-c",
      "import one; print(1)",
    ];
    assertFailed(
      await sandbox.posy(["run", ...args]),
      76,
      /`one-1\.0-py3-none-any\.whl`[^]*does not require `evil`/,
      /again/,
    );
    assertPrinted(await sandbox.posy(["run", ...args]), "1\n");
    assert.equal((await sandbox.posy(["resolve", "--default-index", index.url, "one"])).stdout, "one==1.0\n");
  });

  test("is not built if it is a source distribution, and the next run reads the file itself", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "one", files: { "one.py": "" } }, { isStatic: true });
    await using index = await startIndex({ files: [{ ...source, metadata: lie }, evil] });
    const args = [
      "--default-index",
      index.url,
      "--with",
      "one",
      "--",
      "python",
      "-c",
      "import one; print(1)",
    ];
    assertFailed(
      await sandbox.posy(["run", ...args]),
      76,
      /the metadata in `one-1\.0\.tar\.gz` differs/,
      /again/,
    );
    assertPrinted(await sandbox.posy(["run", ...args]), "1\n");
  });

  test("is compared even if it was built from another index before", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "one", files: { "one.py": "" } }, { isStatic: true });
    await using good = await startIndex({ files: [source] });
    await using index = await startIndex({ files: [{ ...source, metadata: lie }, evil] });
    const run = (url: string) =>
      sandbox.posy(["run", "--default-index", url, "--with", "one", "--", "python", "-c", "print(1)"]);
    assertPrinted(await run(good.url), "1\n");
    // A cached file is read itself, whatever an index says about it, so it has to go.
    assert.equal((await sandbox.posy(["cache", "clean", "artifacts"])).status, 0);
    assertFailed(await run(index.url), 76, /the metadata in `one-1\.0\.tar\.gz` differs/);
    assertPrinted(await run(index.url), "1\n");
  });
});

describe("the newest file, if it does not match its index page,", () => {
  const newest = makeWheel({ name: "one", version: "2.0", files: { "one.bin": randomBytes(400_000) } });
  const small = makeWheel({ name: "one", version: "2.0" });
  const sdist = sdistOf({ name: "one", version: "2.0" });
  const wrong = { hashes: { sha256: "0".repeat(64) } };
  const metadata = "Metadata-Version: 2.1\nName: one\nVersion: 2.0\n\n";
  const cases: readonly {
    title: string;
    files: readonly IndexFile[];
    /** What the server sends for the newest file, or with a suffix for its `.metadata` file. */
    reply?: readonly [suffix: string, body: Uint8Array | string];
    ranges?: false;
    says: RegExp;
  }[] = [
    { title: "a wheel with another hash", files: [{ ...small, ...wrong }], says: /one-2\.0.*sha256/ },
    {
      title: "a wheel of another size",
      files: [{ ...newest, size: 5 }],
      ranges: false,
      says: /one-2\.0.*bytes/,
    },
    {
      title: "a wheel whose hash is malformed",
      files: [{ ...small, hashes: { sha256: "12" } }],
      says: /malformed/,
    },
    {
      title: "a source distribution with another hash",
      files: [{ ...sdist, ...wrong }],
      says: /one-2\.0.*sha256/,
    },
    {
      title: "a source distribution whose hash is malformed",
      files: [{ ...sdist, hashes: { sha512: "xyz" } }],
      says: /sha512 hash.*malformed/,
    },
    {
      title: "a `.metadata` file with another hash",
      files: [{ ...small, metadata }],
      reply: [".metadata", "changed"],
      says: /one-2\.0.*\.metadata.*sha256/,
    },
    {
      title: "a wheel that is cut off and has no hash on the page",
      files: [{ ...newest, hashes: {}, bytes: newest.bytes.subarray(0, 300_000) }],
      says: /one-2\.0/,
    },
  ];
  for (const { title, files, reply, ranges, says } of cases) {
    test(`is rejected, and no older version is chosen: ${title}`, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files: [one, ...files], ...(ranges === false && { ranges }) });
      if (reply) index.always(`/files/${files[0]?.filename}${reply[0]}`, { body: reply[1] });
      const from = ["--default-index", index.url];
      assertFailed(await sandbox.posy(["resolve", ...from, "one"]), 76, says);
      assertPrinted(await sandbox.posy(["resolve", ...from, "one<2"]), "one==1.0\n");
    });
  }

  test("stops `posy lock` and `posy run` before they write a lock or run a program", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [one, { ...small, ...wrong }] });
    const project = '[project]\nname = "p"\nversion = "1"\ndependencies = ["one"]\n';
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), project);
    for (const command of [
      ["lock", "-q"],
      ["run", "--", "python", "-c", "print(1)"],
    ] as const) {
      const [name = "", ...more] = command;
      assertFailed(await sandbox.posy([name, "--default-index", index.url, ...more]), 76, /one-2\.0.*sha256/);
      assert.equal(existsSync(join(sandbox.cwd, "pylock.toml")), false);
    }
  });
});
