import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { chmod, cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Damage } from "../../../src/forest/damage/damage.ts";
import { verifyInterpreter } from "../../../src/forest/interpreters/verify-interpreter.ts";
import { extractInterpreter } from "../../../src/pythons/extract/extract-interpreter.ts";
import { localPybi } from "../../../src/pythons/pybi/local-pybi.ts";
import { markPublished } from "../../../src/system/fs/entry-mark.ts";
import { makePybi } from "../../support/make-pybi.ts";

const os = "lib/python3.13/os.py";

describe("verifying a stored interpreter", { skip: process.platform === "win32" }, () => {
  let root: string;
  let original: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "posy-verify-python-"));
    original = join(root, "original");
    const { filename, bytes } = makePybi({
      links: { "bin/python3": "python", "lib/again": "../bin", "lib/terminfo": "../share/terminfo" },
      files: { "share/terminfo/x": "x", "lib/python3.13/encodings/__init__.py": "" },
    });
    const path = join(root, filename);
    writeFileSync(path, bytes);
    mkdirSync(original);
    const platform = process.arch === "arm64" ? "linux-aarch64" : "linux-x86_64";
    await extractInterpreter(await localPybi(path, platform), path, original);
  });
  after(() => rm(root, { recursive: true }));

  let count = 0;
  async function verify(change: (tree: string) => unknown, full: boolean): Promise<readonly Damage[]> {
    const tree = join(root, String(count++));
    await cp(original, tree, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    markPublished(tree);
    await change(tree);
    return verifyInterpreter(tree, { full });
  }

  const relink = async (path: string, target: string) => {
    await rm(path);
    await symlink(target, path);
  };
  const cases: readonly (readonly [
    name: string,
    change: (tree: string) => unknown,
    damages: readonly Damage[],
  ])[] = [
    ["nothing is wrong", () => {}, []],
    ["a file is missing", (tree) => rm(join(tree, os)), [{ path: os, kind: "missing" }]],
    ["a file is empty", (tree) => writeFileSync(join(tree, os), ""), [{ path: os, kind: "changed" }]],
    [
      "the executable is not executable any more",
      (tree) => chmod(join(tree, "bin/python"), 0o644),
      [{ path: "bin/python", kind: "changed" }],
    ],
    [
      "a link leads elsewhere",
      (tree) => relink(join(tree, "bin/python3"), "/bin/sh"),
      [{ path: "bin/python3", kind: "changed" }],
    ],
    [
      "a link to a folder leads elsewhere",
      (tree) => relink(join(tree, "lib/terminfo"), "/"),
      [{ path: "lib/terminfo", kind: "changed" }],
    ],
    [
      "a link is missing",
      (tree) => rm(join(tree, "bin/python3")),
      [{ path: "bin/python3", kind: "missing" }],
    ],
    [
      "a link became a file",
      async (tree) => {
        await rm(join(tree, "bin/python3"));
        writeFileSync(join(tree, "bin/python3"), "#!/bin/sh\n");
      },
      [{ path: "bin/python3", kind: "changed" }],
    ],
    [
      "a package was installed into it",
      (tree) => {
        mkdirSync(join(tree, "lib/python3.13/site-packages/six"));
        writeFileSync(join(tree, "lib/python3.13/site-packages/six/__init__.py"), "");
        writeFileSync(join(tree, "lib/python3.13/site-packages/six.py"), "");
      },
      [
        { path: "lib/python3.13/site-packages/six", kind: "added" },
        { path: "lib/python3.13/site-packages/six.py", kind: "added" },
      ],
    ],
    [
      "Python wrote bytecode",
      (tree) => {
        mkdirSync(join(tree, "lib/python3.13/__pycache__"));
        writeFileSync(join(tree, "lib/python3.13/__pycache__/os.cpython-313.pyc"), "x");
      },
      [],
    ],
    [
      "RECORD is missing",
      (tree) => rm(join(tree, "pybi-info/RECORD")),
      [{ path: "pybi-info/RECORD", kind: "changed" }],
    ],
    [
      "RECORD is empty",
      (tree) => writeFileSync(join(tree, "pybi-info/RECORD"), ""),
      [{ path: "pybi-info/RECORD", kind: "changed" }],
    ],
    [
      "RECORD is truncated at the end of a line",
      (tree) => {
        const path = join(tree, "pybi-info/RECORD");
        writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(0, 3).join("\n"));
      },
      [{ path: "pybi-info/RECORD", kind: "changed" }],
    ],
    [
      "RECORD consists of NUL bytes",
      (tree) => writeFileSync(join(tree, "pybi-info/RECORD"), Buffer.alloc(500)),
      [{ path: "pybi-info/RECORD", kind: "changed" }],
    ],
  ];
  for (const [name, change, damages] of cases) {
    test(`reports the right damage if ${name}`, async () => {
      for (const full of [false, true]) {
        const found = [...(await verify(change, full))].sort((a, b) => (a.path < b.path ? -1 : 1));
        assert.deepEqual(found, damages);
      }
    });
  }

  test("finds a changed byte in a file that keeps its time only if it hashes all files", async () => {
    const change = (tree: string) => {
      const path = join(tree, os);
      const { atime, mtime } = statSync(path);
      writeFileSync(path, readFileSync(path, "utf8").replace("the", "thE"));
      utimesSync(path, atime, mtime);
    };
    assert.deepEqual(await verify(change, false), []);
    assert.deepEqual(await verify(change, true), [{ path: os, kind: "changed" }]);
  });
});
