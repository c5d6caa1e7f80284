import { existsSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel, type WheelRecipe } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const code = { "greeting.py": "text = 'hello'\n" };
const program = ["--", "python", "-c", "import greeting; print(greeting.text)"];
const good = makeWheel({ name: "greeting", version: "1.0", files: code });

const hostile: Readonly<Record<string, Partial<WheelRecipe>>> = {
  "an absolute path": { extra: [{ path: "/escaped.py", data: "x" }] },
  "a path that leaves the root": { extra: [{ path: "../../escaped.py", data: "x" }] },
  "a path that leaves its data folder": {
    extra: [{ path: "greeting-2.0.data/scripts/../../../escaped", data: "x" }],
  },
  "a backslash": { extra: [{ path: "..\\escaped.py", data: "x" }] },
  "a link that leaves the root": { extra: [{ path: "out", data: "/etc", mode: 0o120777 }] },
  "a link and a file whose path leads through it": {
    extra: [
      { path: "out", data: "../..", mode: 0o120777 },
      { path: "out/escaped.py", data: "x" },
    ],
  },
  "the same path twice": { extra: [{ path: "greeting.py", data: "text = 'evil'\n" }] },
  "a path that is a file and a folder": { extra: [{ path: "greeting.py/evil.py", data: "x" }] },
  "a wrong size": { files: { "greeting.py": { data: "text = 'hello'\n", central: { size: 3 } } } },
  "a wrong checksum": {
    files: { "greeting.py": { data: "text = 'hello'\n", central: { crc32: 7 }, local: { crc32: 7 } } },
  },
  "different names in its two headers": {
    files: { "greeting.py": { data: "text = 'hello'\n", local: { path: "greetinG.py" } } },
  },
  "no RECORD": { record: () => undefined },
  "a METADATA of another package": { rawMetadata: "Metadata-Version: 2.1\nName: other\nVersion: 2.0\n\n" },
  "a WHEEL of a future version": {
    wheel: "Wheel-Version: 9.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n\n",
  },
  "a dist-info folder of another package": { distInfo: "other-2.0.dist-info" },
  "only the end of a zip archive": { shape: { prefix: Buffer.alloc(64), directoryOffset: 1 } },
};

describe("a wheel with a wrong RECORD", () => {
  const wrong: Readonly<Record<string, [Partial<WheelRecipe>, RegExp]>> = {
    "another hash": [
      {
        record: (rows) =>
          rows.map((row) =>
            row.replace(/^greeting\.py,sha256=.{43}/, `greeting.py,sha256=${"A".repeat(43)}`),
          ),
      },
      /it has another hash or size for `greeting\.py`/,
    ],
    "a comma that is not quoted": [
      {
        files: { ...code, "data/a,b.txt": "" },
        record: (rows) => rows.map((row) => row.replaceAll('"', "")),
      },
      /line 2: there are 4 fields, not three/,
    ],
    "a row with a malformed hash": [
      { record: (rows) => ["gone.py,sha256=AAAA,3", ...rows] },
      /line 1: `sha256=AAAA` has 3 bytes, not 32/,
    ],
  };
  for (const [title, [recipe, warning]] of Object.entries(wrong)) {
    test(`is installed with a warning that names it: ${title}`, async () => {
      const wheel = makeWheel({ name: "greeting", version: "2.0", files: code, ...recipe });
      await using index = await startIndex({ files: [wheel] });
      using sandbox = await newSandbox();
      const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
      const first = await sandbox.posy(args);
      assert.deepEqual([first.status, first.stdout], [0, "hello\n"], first.stderr);
      assert.match(first.stderr, /^warning: the RECORD of `greeting-2\.0-py3-none-any\.whl` is wrong: /m);
      assert.match(first.stderr, warning);
    });
  }
});

describe("a hostile wheel", () => {
  for (const [title, recipe] of Object.entries(hostile)) {
    test(`is refused and leaves nothing behind: ${title}`, async () => {
      const evil = makeWheel({ name: "greeting", version: "2.0", files: code, ...recipe });
      await using index = await startIndex({ files: [good, evil] });
      using sandbox = await newSandbox();
      const run = (requirement: string) =>
        sandbox.posy(["run", "--default-index", index.url, "--with", requirement, ...program]);
      const refused = await run("greeting==2.0");
      // Wrong metadata rejects the version during the resolve (status 1); everything else fails when it is unpacked.
      assertFailed(refused, refused.status === 1 ? 1 : 76, /greeting/);
      for (const folder of [sandbox.root, sandbox.home, sandbox.cwd, join(sandbox.home, "data"), "/"]) {
        assert.ok(!existsSync(join(folder, "escaped.py")) && !existsSync(join(folder, "escaped")));
      }
      assertPrinted(await run("greeting==1.0"), "hello\n");
      const again = await run("greeting==2.0");
      assert.notEqual(again.status, 0, "refused once, refused again");
    });
  }

  test("is refused when a member is far larger than its header says", async () => {
    const bomb = makeWheel({
      name: "greeting",
      version: "2.0",
      files: {
        ...code,
        "zeros.bin": { data: Buffer.alloc(300_000_000), central: { size: 1000 }, local: { size: 1000 } },
      },
    });
    await using index = await startIndex({ files: [bomb] });
    using sandbox = await newSandbox();
    const args = ["run", "--default-index", index.url, "--with", "greeting", "--", "python", "-c", "pass"];
    assertFailed(await sandbox.posy(args), 76, /greeting/);
  });
});
