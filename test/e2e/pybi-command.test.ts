import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makePybi } from "../support/make-pybi.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const { filename, bytes } = makePybi({
  links: { "bin/python3": "python" },
  files: { "lib/python3.13/ensurepip/__init__.py": "" },
});

describe("posy pybi", { skip: process.platform === "win32" }, () => {
  test("show prints a summary of a file", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    writeFileSync(join(sandbox.cwd, filename), bytes);
    const shown = await sandbox.posy(["pybi", "show", filename, "--json"]);
    assert.equal(shown.status, 0, shown.stderr);
    const summary = JSON.parse(shown.stdout) as Record<string, unknown>;
    assert.equal(summary["version"], "3.13.5");
    assert.equal(summary["links"], 1);
    assert.equal(summary["size"], bytes.length);
    assertFailed(await sandbox.posy(["pybi", "show", "none.pybi"]), 1, /no such file/);
  });

  test("check ends with status 1 and names the broken rule", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    writeFileSync(join(sandbox.cwd, filename), bytes);
    const good = await sandbox.posy(["pybi", "check", "--no-run", filename]);
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, /\.pybi: good, not run/);
    const bad = makePybi({ links: { "bin/sh": "/bin/sh" } });
    writeFileSync(join(sandbox.cwd, bad.filename), bad.bytes);
    const told = await sandbox.posy(["pybi", "check", bad.filename]);
    assert.equal(told.status, 1);
    assert.match(told.stdout, /^error \[link-target-absolute\] .*`bin\/sh`/m);
    assert.equal(told.stderr, "");
  });

  test("unpack makes a folder, and never writes into an existing one", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    writeFileSync(join(sandbox.cwd, filename), bytes);
    const tree = join(sandbox.cwd, "tree");
    assertPrinted(await sandbox.posy(["pybi", "unpack", filename, "-o", "tree"]), `${tree}\n`);
    assert.ok(existsSync(join(tree, "bin", "python3")));
    assertFailed(
      await sandbox.posy(["pybi", "unpack", filename, "-o", "tree"]),
      73,
      /exists already/,
      /--output/,
    );
    assert.deepEqual(readdirSync(sandbox.cwd).sort(), [filename, "tree"].sort());
  });

  test("convert rejects an unknown file name and lists the formats", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    writeFileSync(join(sandbox.cwd, "python.zip"), "x");
    assertFailed(await sandbox.posy(["pybi", "convert", "python.zip"]), 76, /not the name of/, /nupkg/);
    const conda = await sandbox.posy(["pybi", "convert", "python.zip", "--with", "openssl-3-0.conda"]);
    assertFailed(conda, 76, /not the name of/, /\.conda/);
  });
});
