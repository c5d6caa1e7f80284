import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { PybiTree } from "../../../src/pythons/extract/pybi-tree.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { newSandbox } from "../sandbox.ts";

/** Returns how often other tasks had a turn before the work was done. */
async function turnsDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  let isGoing = true;
  const turn = () => {
    turns += 1;
    if (isGoing) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isGoing = false;
  return turns;
}

const empty = new Uint8Array();

describe("writing the tree of a pybi", () => {
  test("makes folders, files and links, and lists them in RECORD", {
    skip: process.platform === "win32",
  }, async () => {
    using sandbox = newSandbox();
    const tree = new PybiTree(sandbox.root, "x");
    await tree.file("top", Buffer.from("1"));
    await tree.file("a/b/c", Buffer.from("22"), true);
    tree.link("a/link", "b/c");
    tree.folder("a/empty");
    tree.folder("a/empty");
    await tree.describe(describeInterpreter(parseVersion("3.13.5"), "linux-x86_64", { freeThreaded: true }));
    assert.deepEqual(readdirSync(sandbox.root).sort(), ["a", "pybi-info", "top"]);
    assert.equal(lstatSync(join(sandbox.root, "top")).mode & 0o111, 0);
    assert.notEqual(lstatSync(join(sandbox.root, "a/b/c")).mode & 0o111, 0);
    assert.equal(readlinkSync(join(sandbox.root, "a/link")), "b/c");
    assert.deepEqual(readdirSync(join(sandbox.root, "a/empty")), []);
    const text = (name: string) => readFileSync(join(sandbox.root, "pybi-info", name), "utf8");
    const paths = text("RECORD")
      .split("\n")
      .map((row) => row.replace(/,.*/, ""))
      .filter((path) => path !== "");
    const expected = ["top", "a/b/c", "a/link", "pybi-info/PYBI", "pybi-info/METADATA", "pybi-info/RECORD"];
    assert.deepEqual(paths.toSorted(), expected.toSorted());
    assert.match(text("METADATA"), /^Name: cpython-freethreaded$/m);
    assert.deepEqual(
      ["top", "a/link", "a", "none"].map((path) => tree.has(path)),
      [true, true, false, false],
    );
  });

  test("gives other tasks a turn after some megabytes or hundreds of files, and not after each file", async () => {
    using sandbox = newSandbox();
    const tree = new PybiTree(sandbox.root, "x");
    let count = 0;
    const write = async (files: number, bytes: Uint8Array = empty) => {
      for (let number = 0; number < files; number += 1) await tree.file(`f${(count += 1)}`, bytes);
    };
    assert.equal(await turnsDuring(() => write(400)), 0);
    const some = await turnsDuring(() => write(200));
    assert.ok(some >= 1 && some <= 2, String(some));
    const large = await turnsDuring(() => write(2, new Uint8Array(3 * 2 ** 20)));
    assert.ok(large >= 2 && large <= 4, String(large));
    assert.equal(await turnsDuring(() => write(100)), 0);
  });

  test("refuses two members of the same name, and a file where a folder is", async () => {
    using sandbox = newSandbox();
    const tree = new PybiTree(sandbox.root, "archive");
    await tree.file("a/b", empty);
    for (const path of ["a/b", "a", "a/b/c"]) {
      await assert.rejects(tree.file(path, empty), { code: "invalid-archive", message: /`archive`/ }, path);
    }
    assert.throws(() => tree.folder("a/b"), { code: "invalid-archive" });
    mkdirSync(join(sandbox.root, "other"));
    writeFileSync(join(sandbox.root, "other/x"), "");
    await assert.rejects(tree.file("other/x", empty), { code: "invalid-archive" });
  });
});
