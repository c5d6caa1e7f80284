import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeApp } from "../support/app-project.ts";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const metadata = "Metadata-Version: 2.2\nName: lib\nVersion: 1.0\n\n";
const version = (text: string) => ({ "lib.py": `version = ${JSON.stringify(text)}` });
const good = makeWheel({ name: "lib", files: version("1.0") });
const other = makeWheel({ name: "lib", version: "2.0", files: version("2.0") });
/** A wheel of version 2.0 that is called `lib-1.0-py3-none-any.whl`. */
const disguised = { ...other, filename: good.filename };
/** A source distribution of version 1.0 whose backend makes a wheel of version 2.0. */
const builtAsOther = makeSdist({
  name: "lib",
  version: "1.0",
  files: treeFiles({ name: "lib", version: "2.0" }),
  requires: [],
});

const show = ["--", "python", "-c", "import lib; print(lib.version)"];

async function lock(sandbox: Sandbox, from: readonly string[]): Promise<void> {
  writeApp(sandbox, ["lib"]);
  const run = await sandbox.posy(["lock", ...from]);
  assert.match(run.stdout, /^\+ lib 1\.0$/m, run.stderr);
}

describe("a wheel of another version than the lock pins is not used, and the error names it,", () => {
  const fromIndex: readonly (readonly [
    title: string,
    file: IndexFile,
    ...expected: [status: number, says: RegExp],
  ])[] = [
    [
      "from an index whose metadata have the pinned version",
      { ...disguised, metadata },
      76,
      /`lib-1\.0-py3-none-any\.whl` .* its METADATA says that it is `lib 2\.0`/,
    ],
    ["from a build", builtAsOther, 1, /`lib 1\.0` made `lib-2\.0-/],
  ];
  for (const [title, file, ...expected] of fromIndex) {
    test(title, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files: [file] });
      const from = ["--default-index", index.url];
      await lock(sandbox, from);
      // A refused wheel is refused the next time, too.
      for (let round = 0; round < 2; round++) {
        assertFailed(await sandbox.posy(["run", ...from, ...show]), ...expected);
      }
    });
  }

  for (const [title, replacement] of [
    ["in its name", other],
    ["only inside", disguised],
  ] as const) {
    test(`from a folder, in place of the wheel that was locked: another one ${title}`, async () => {
      using sandbox = await newSandbox();
      const folder = join(sandbox.root, "wheels");
      mkdirSync(folder);
      writeFileSync(join(folder, good.filename), good.bytes);
      const from = ["--no-index", "--find-links", folder];
      await lock(sandbox, from);
      writeFileSync(join(folder, good.filename), replacement.bytes);
      if (replacement.filename !== good.filename) {
        writeFileSync(join(folder, replacement.filename), replacement.bytes);
      }
      const run = await sandbox.posy(["run", ...from, ...show]);
      assertFailed(run, 76, /lib-1\.0-py3-none-any\.whl/, /put that file back, or lock again/);
    });
  }
});

test("a wheel in a folder is not locked if its metadata have another version than its name", async () => {
  using sandbox = await newSandbox();
  const folder = join(sandbox.root, "wheels");
  mkdirSync(folder);
  writeFileSync(join(folder, disguised.filename), disguised.bytes);
  writeApp(sandbox, ["lib"]);
  const run = await sandbox.posy(["lock", "--no-index", "--find-links", folder]);
  assertFailed(run, 1, /metadata of `lib-1\.0-py3-none-any\.whl` is that of `lib 2\.0`/);
  assert.ok(!existsSync(join(sandbox.cwd, "pylock.toml")));
});
