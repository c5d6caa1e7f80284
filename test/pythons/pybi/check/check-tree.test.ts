import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkContents } from "../../../../src/pythons/pybi/check/check-contents.ts";
import { checkPybi } from "../../../../src/pythons/pybi/check/check-pybi.ts";
import { checkTree } from "../../../../src/pythons/pybi/check/check-tree.ts";
import type { ZipFile } from "../../../../src/system/archives/index.ts";
import type { PybiMetadata } from "../../../../src/vocab/metadata/index.ts";
import { makePybi, type PybiRecipe } from "../../../support/make-pybi.ts";
import { newSandbox } from "../../sandbox.ts";

const stdlib = "lib/python3.13";
const usual = { [`${stdlib}/ensurepip/__init__.py`]: "" };

/** Returns the rules that a pybi breaks, with the members, except for those of its metadata. */
async function broken(recipe: PybiRecipe): Promise<readonly string[]> {
  using sandbox = newSandbox();
  const { filename, bytes } = makePybi({ ...recipe, files: { ...usual, ...recipe.files } });
  writeFileSync(join(sandbox.root, filename), bytes);
  const { findings } = await checkPybi(join(sandbox.root, filename));
  return findings
    .filter(({ rule }) => rule !== "unusual-metadata" && rule !== "name-differs")
    .map(({ rule, path }) => (path === undefined ? rule : `${rule} ${path}`));
}

describe("checking the tree of a pybi", () => {
  test("reports nothing for an ordinary tree", async () => {
    assert.deepEqual(await broken({}), []);
  });

  test("reports a missing interpreter, or one that is not executable outside of Windows", async () => {
    assert.deepEqual(await broken({ paths: { scripts: "tool" } }), ["interpreter tool/python"]);
    const tool = (mode: number) => ({
      files: { "tool/python": { data: "#!", mode } },
      paths: { scripts: "tool" },
    });
    assert.deepEqual(await broken(tool(0o100644)), ["not-executable tool/python"]);
    assert.deepEqual(await broken(tool(0o100700)), []);
    assert.deepEqual(await broken(tool(0o100001)), []);
    assert.deepEqual(
      await broken({ links: { "tool/python": "../bin/python" }, paths: { scripts: "tool" } }),
      [],
    );
    const exe = { "Scripts/python.exe": { data: "MZ", mode: 0o100644 } };
    const windows = { platformTag: "win_amd64", paths: { scripts: "Scripts" } };
    assert.deepEqual(await broken({ ...windows, files: exe }), []);
    assert.deepEqual(await broken(windows), ["interpreter Scripts/python.exe"]);
    const folder = { extra: [{ path: "tool/python/", data: "" }], paths: { scripts: "tool" } };
    assert.ok((await broken(folder)).includes("interpreter tool/python"));
  });

  test("reports no link whose target is there, however it is written", async () => {
    const links = {
      "bin/a": "./python",
      "bin/b": "..//bin/python",
      "bin/c": "../lib/",
      "lib/root": "../.",
      again: "bin",
      "bin/d": "../again/python",
    };
    assert.deepEqual(await broken({ links }), []);
    assert.deepEqual(await broken({ links: { "bin/x": "../lib/none" } }), ["link-nowhere bin/x"]);
  });

  test("reports scripts that start the builder's Python, but not those that start any Python", async () => {
    const script = (head: string) => broken({ files: { "bin/tool": `${head}\nimport x\n` } });
    for (const head of ["#!/usr/bin/env python3", "#!/bin/sh", "# /home/me/bin/python3", "#!python"]) {
      assert.deepEqual(await script(head), [], head);
    }
    for (const head of ["#!/home/me/bin/python3", "#! /opt/pypy3", "#!/home/me/bin/python3.13 -E"]) {
      assert.deepEqual(await script(head), ["absolute-shebang bin/tool"], head);
    }
    assert.deepEqual(await broken({ files: { "lib/tool": "#!/home/me/bin/python3\n" } }), []);
    assert.deepEqual(await broken({ files: { "bin/x": "#!", "bin/y": "#!/" } }), []);
  });

  test("reports files in site-packages other than a README", async () => {
    const site = `${stdlib}/site-packages`;
    assert.deepEqual(await broken({ files: { [`${site}/README.txt`]: "" } }), []);
    assert.deepEqual(await broken({ files: { [`${site}/six.py`]: "" } }), ["site-packages", "no-dist-info"]);
    assert.deepEqual(
      await broken({ files: { [`${site}/six.py`]: "", [`${site}/six-1.dist-info/RECORD`]: "" } }),
      ["site-packages"],
    );
    assert.deepEqual(await broken({ files: { [`${site}/x.egg-info`]: "" } }), ["site-packages"]);
  });

  test("names at most five packages", async () => {
    using sandbox = newSandbox();
    const names = ["a", "b", "c", "d", "e", "f"];
    const files = Object.fromEntries(names.map((name) => [`${stdlib}/site-packages/${name}.py`, ""]));
    const { filename, bytes } = makePybi({ files });
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename));
    const { message = "" } = findings.find(({ rule }) => rule === "site-packages") ?? {};
    assert.match(message, /a\.py, b\.py, c\.py, d\.py, e\.py[^,]*$/);
  });

  test("reports bytecode, tests and a missing ensurepip", async () => {
    assert.deepEqual(await broken({ files: { [`${stdlib}/x.pyc`]: "" } }), ["bytecode"]);
    assert.deepEqual(await broken({ files: { [`${stdlib}/test/x.py`]: "" } }), ["tests"]);
    assert.deepEqual(await broken({ files: { "lib/other/test/x.pyc": "" } }), []);
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi();
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename));
    assert.ok(findings.some(({ rule }) => rule === "no-ensurepip"));
  });

  test("reports `pybi-info` that is not at the end of the archive", async () => {
    const late = { path: "lib/late", data: "" };
    assert.ok((await broken({ extra: [late] })).includes("info-first"));
    assert.ok(!(await broken({ extra: [{ path: "pybi-info/more", data: "" }] })).includes("info-first"));
  });

  test("reports a `.data` folder and missing files of `pybi-info`", async () => {
    assert.deepEqual(await broken({ files: { "x.data/scripts/y": "" } }), ["data-folder x.data/scripts/y"]);
    assert.deepEqual(await broken({ files: { "lib/x.data/y": "" } }), []);
    assert.deepEqual(await broken({ record: () => undefined }), ["info-missing pybi-info/RECORD"]);
  });

  test("ignores folders in the archive, and names that differ only in case if the platform is unknown", async () => {
    assert.deepEqual(await broken({ extra: [{ path: "pybi-info/empty/", data: "" }] }), []);
    using sandbox = newSandbox();
    const { bytes } = makePybi({ files: { "lib/A.py": "", "lib/a.py": "" } });
    const path = join(sandbox.root, "cpython.pybi");
    writeFileSync(path, bytes);
    const rules = (await checkPybi(path)).findings.map(({ rule }) => rule);
    assert.deepEqual(
      rules.filter((rule) => rule === "member-twice"),
      [],
    );
    assert.ok(rules.includes("name"));
  });

  test("reports METADATA of more than 16 MiB as missing", async () => {
    const huge = { metadata: [`Description: ${"x".repeat(2 ** 24)}`] };
    assert.ok((await broken(huge)).includes("info-missing pybi-info/METADATA"));
  });

  test("does not report the order of an archive that has nothing but `pybi-info`", () => {
    const entries = ["METADATA", "PYBI", "RECORD"].map((name, offset) => ({
      path: `pybi-info/${name}`,
      kind: "file",
      offset,
    }));
    const zip = { entries, entry: () => undefined } as unknown as ZipFile;
    const metadata = { paths: { scripts: "bin", purelib: "p", platlib: "p", stdlib: "s" } } as PybiMetadata;
    const rules = (archive: ZipFile) => checkTree(archive, metadata, false).map(({ rule }) => rule);
    assert.deepEqual(rules(zip), ["interpreter", "no-ensurepip"]);
    // The order of the content counts, not that of the directory.
    const last = { path: "bin/python", kind: "file", offset: -1 };
    const ordered = { entries: [...entries, last], entry: () => last, readSync: () => Buffer.from("x") };
    assert.deepEqual(rules(ordered as unknown as ZipFile), ["no-ensurepip"]);
  });

  test("reports links without a target", async () => {
    const links = (target: string) => broken({ links: { "bin/x": target } });
    assert.deepEqual(await links("python"), []);
    assert.deepEqual(await links("./../lib/python3.13"), []);
    assert.deepEqual(await links(".."), []);
    assert.deepEqual(await links("../lib/nothing"), ["link-nowhere bin/x"]);
    // The target of a link through another link is only known when it is unpacked.
    assert.deepEqual(await broken({ links: { "bin/x": "y/os.py", "bin/y": "../lib/python3.13" } }), []);
  });
});

test("a file that can't be read is an error, and a wrong name or a damaged archive are findings", async () => {
  using sandbox = newSandbox();
  await assert.rejects(checkPybi(join(sandbox.root, "none.pybi")), { name: "PosyError" });
  const path = join(sandbox.root, "cpython-3.13.5-manylinux_2_17_x86_64.pybi");
  writeFileSync(path, "x");
  const { findings, good, ran } = await checkPybi(path);
  assert.deepEqual([findings.map(({ rule }) => rule), good, ran], [["archive"], false, false]);
});

test("a fault of the program is no finding about the members of a pybi", () => {
  const readSync = () => {
    throw new TypeError("a fault");
  };
  const entry = { path: "pybi-info/RECORD", kind: "file" };
  const readingMember = { entries: [{ path: "x", kind: "file" }], entry: () => undefined, readSync };
  const readingRecord = { entries: [], entry: () => entry, readSync };
  for (const zip of [readingMember, readingRecord]) {
    assert.throws(() => checkContents(zip as unknown as ZipFile, false), TypeError);
  }
});
