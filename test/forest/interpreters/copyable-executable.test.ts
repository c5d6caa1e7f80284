import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import {
  letCopiesFindLibrary,
  originalExecutable,
} from "../../../src/forest/interpreters/copyable-executable.ts";
import { readElf } from "../../../src/system/binaries/elf/read-elf.ts";
import { seedHome } from "../../support/posy.ts";

const root = mkdtempSync(join(tmpdir(), "posy-copies-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("a copy of an interpreter's executable", { skip: process.platform !== "linux" }, () => {
  test("finds the library in the store from any folder", async () => {
    const pythons = join(await seedHome(), "data", "pythons-v1");
    const [identity = ""] = readdirSync(pythons);
    const store = join(root, "store");
    cpSync(join(pythons, identity), store, { recursive: true, verbatimSymlinks: true });
    const name = readdirSync(join(store, "bin")).find((each) => /^python3\.\d+t?$/.test(each)) ?? "";
    const original = readFileSync(join(store, "bin", name));
    rmSync(join(store, "pybi-info", "originals"), { recursive: true, force: true });
    const changed = letCopiesFindLibrary(store, store, "bin");
    if (readElf(original)?.needed.every((needed) => !needed.startsWith("libpython"))) {
      assert.deepEqual(changed, []);
      return;
    }
    // An application gets the executable that does not name the store.
    assert.deepEqual(originalExecutable(store, `bin/${name}`), original);
    rmSync(join(store, "pybi-info", "originals"), { recursive: true });
    const restored = originalExecutable(store, `bin/${name}`) ?? new Uint8Array();
    assert.doesNotMatch(readElf(restored)?.runPath ?? "/", /(^|:)\//);
    assert.ok(!Buffer.from(restored).includes(root));
    const copy = join(root, "copies", "bin", name);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, readFileSync(join(store, "bin", name)), { mode: 0o755 });
    const env = { PYTHONHOME: store };
    const run = spawnSync(copy, ["-c", "print(1)"], { env, encoding: "utf8" });
    assert.equal(run.stdout, "1\n", run.stderr);
    assert.match(readElf(readFileSync(copy))?.runPath ?? "", /^\$ORIGIN.*:\/.*\/store\/lib$/);
  });

  test("is unchanged if it needs no library, or the library is outside of the store", () => {
    const tree = join(root, "shell");
    mkdirSync(join(tree, "bin"), { recursive: true });
    writeFileSync(join(tree, "bin", "python3.13"), "#!/bin/sh\n");
    cpSync(process.execPath, join(tree, "bin", "python3.12"));
    assert.deepEqual(letCopiesFindLibrary(tree, tree, "bin"), []);
    assert.deepEqual(letCopiesFindLibrary(tree, tree, "missing"), []);
  });
});
