import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makePybi, type PybiRecipe } from "../support/make-pybi.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const escape = { path: "../../escaped", data: "x" };
const link = 0o120777;

const hostile: Readonly<Record<string, PybiRecipe>> = {
  "an absolute path": { extra: [{ path: "/escaped", data: "x" }] },
  "a path that leaves the root": { extra: [escape] },
  "an absolute link": { links: { "bin/python3": "/bin/sh" } },
  "a link out of the root": { links: { "bin/python3": "../../outside" } },
  "a link in pybi-info": { links: { "pybi-info/again": "METADATA" } },
  "a file whose path leads through a link": {
    links: { there: "bin" },
    files: { "there/more": "x" },
  },
  "a link that has another target in RECORD": {
    extra: [{ path: "bin/python3", data: "sh", mode: link }],
    record: (rows) => [...rows, "bin/python3,symlink=python,"],
  },
  "a link that is a file in RECORD": {
    extra: [{ path: "bin/python3", data: "python", mode: link }],
    record: (rows) => [...rows, `bin/python3,sha256=${"A".repeat(43)},6`],
  },
  "the same path twice": { extra: [{ path: "bin/python", data: "#!/bin/sh\necho evil\n", mode: 0o100755 }] },
  "a RECORD with another hash": {
    record: (rows) =>
      rows.map((row) => row.replace(/^bin\/python,sha256=[^,]*/, `bin/python,sha256=${"A".repeat(43)}`)),
  },
  "no RECORD": { record: () => undefined },
  "a dependency": { metadata: ["Requires-Dist: numpy"] },
  "paths that leave the root": { paths: { scripts: "../.." } },
  "a future version of the format": { pybi: "Pybi-Version: 9.0\nGenerator: x\nTag: any\n" },
  "only the end of a zip archive": { shape: { prefix: Buffer.alloc(64), directoryOffset: 1 } },
};

describe("a hostile pybi", () => {
  for (const [title, recipe] of Object.entries(hostile)) {
    test(`is refused and leaves nothing behind: ${title}`, async () => {
      using sandbox = await newSandbox();
      const { filename, bytes } = makePybi(recipe);
      const evil = join(sandbox.cwd, filename);
      writeFileSync(evil, bytes);
      const run = () => sandbox.posy(["run", "--python", evil, "--", "python", "hello"]);
      assertFailed(await run(), 76, /cpython_unofficial/);
      for (const folder of [sandbox.root, sandbox.home, sandbox.cwd, "/"])
        assert.ok(!existsSync(join(folder, "escaped")));
      // A good archive at the same path works: nothing of the bad one was cached.
      writeFileSync(evil, makePybi({ links: { "bin/python3": "python" } }).bytes);
      assertPrinted(await run(), "fake hello\n");
    });
  }
});

describe("the newest pybi, if it does not match its index page,", () => {
  const [older, newest] = [makePybi({ version: "3.13.8" }), makePybi({ version: "3.13.9" })];
  const renamed = { ...older, filename: newest.filename };
  const project = "cpython-unofficial";
  const promised: Readonly<Record<string, readonly [file: Omit<IndexFile, "project">, says: RegExp]>> = {
    "another hash": [{ ...newest, hashes: { sha256: "0".repeat(64) } }, /3\.13\.9.*sha256/],
    "a malformed hash": [{ ...newest, hashes: { sha256: "12" } }, /malformed/],
  };
  for (const [title, [file, says]] of Object.entries(promised)) {
    for (const ranges of [true, false]) {
      test(`is rejected, and no older pybi is chosen: ${title}, ${ranges ? "only its end is read" : "the whole file is read"}`, async () => {
        using sandbox = await newSandbox();
        const files = [older, file].map((pybi) => ({ ...pybi, project }));
        await using index = await startIndex({ files, ranges });
        const run = (python: string) =>
          sandbox.posy(["run", "--python-index", index.url, "--python", python, "--", "python", "hello"]);
        assertFailed(await run("3.13"), 76, says);
        assertPrinted(await run("3.13.8"), "fake hello\n");
      });
    }
  }

  test("is skipped with a warning when its metadata have another version than its file name", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [{ ...renamed, project }] });
    const run = await sandbox.posy([
      "run",
      "--python-index",
      index.url,
      "--python",
      "3.13.9",
      "--",
      "python",
    ]);
    assert.match(run.stderr, /3\.13\.9.* is skipped: .*METADATA is for `cpython-unofficial 3\.13\.8`/);
  });
});

test("reports a pybi that does not exist", async () => {
  using sandbox = await newSandbox();
  assertFailed(await sandbox.posy(["run", "--python", "./missing.pybi", "--", "python"]), 1, /missing\.pybi/);
});
