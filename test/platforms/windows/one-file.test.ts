import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { windowsResources, writeExecutable } from "../../../src/application/executable/index.ts";
import type { ApplicationTree, TreeEntry } from "../../../src/application/index.ts";
import { someBytes } from "../../application/executable/make-tree.ts";
import { compileForWindows, prepareWine, runWine, windowsPath, withoutWine } from "../support/wine.ts";

/** A program in the place of an interpreter. */
const interpreter = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
int main(int count, char **arguments) {
  for (int i = 1; i < count; i++) printf("[%s]", arguments[i]);
  fflush(stdout);
  if (count > 3 && strcmp(arguments[3], "input") == 0)
    for (int c; (c = getchar()) != EOF;) putchar(c);
  if (count > 3 && strcmp(arguments[3], "wait") == 0) Sleep(4000);
  return count > 4 && strcmp(arguments[3], "status") == 0 ? atoi(arguments[4]) : 0;
}
`;
const large = someBytes(9_000_000, 4);

describe("a one-file application for Windows", { skip: withoutWine }, () => {
  let root: string;
  let python: Buffer;
  before(async () => {
    await prepareWine();
    root = mkdtempSync(join(tmpdir(), "posy-one-file-"));
    writeFileSync(join(root, "python.c"), interpreter);
    compileForWindows(["-O2", "-s", "-o", join(root, "python.exe"), join(root, "python.c")]);
    python = readFileSync(join(root, "python.exe"));
    await write("demo.exe", "1");
    await write("demo-2.exe", "2");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  async function write(name: string, version: string): Promise<void> {
    const file = (path: string, bytes: Uint8Array): TreeEntry => ({
      kind: "file",
      path,
      owner: "x",
      executable: false,
      source: { bytes },
    });
    const tree = {
      target: { platform: "windows-x86_64", packages: [] },
      entries: [
        file("Lib/empty.py", Buffer.alloc(0)),
        file("Lib/large.bin", large),
        file("Lib/é ü.txt", Buffer.from(version)),
        file("Scripts/demo.exe", Buffer.from("MZ")),
        file("python.exe", python),
      ],
      programs: [],
      python: "python.exe",
      sitePackages: "Lib/site-packages",
    } as unknown as ApplicationTree;
    const information = { name: "demo", version, description: undefined, icon: undefined };
    await writeExecutable(join(root, name), tree, {
      name: "demo",
      python: "python.exe",
      words: ["/python.exe", "-s", "/Scripts/demo.exe"],
      description: `demo ${version}\n`,
      gui: false,
      resources: await windowsResources(information),
      identifier: "demo",
    });
  }

  const cache = () => join(root, "cache ü");
  const run = (args: readonly string[], name = "demo.exe", stdin = "") =>
    runWine(join(root, name), args, { env: { POSY_APP_CACHE: windowsPath(cache()) }, stdin });
  const versions = () => readdirSync(join(cache(), "demo")).filter((name) => name !== "lock");

  test("is unpacked on its first start, and passes arguments, input and exit code on", async () => {
    const first = await run(["a b", "", 'say "x"']);
    assert.deepEqual([first.status, first.stderr], [0, ""]);
    assert.match(first.stdout, /^\[-s\]\[Z:\\.*\\Scripts\\demo\.exe\]\[a b\]\[\]\[say "x"\]$/);
    const [version = ""] = versions();
    assert.equal(versions().length, 1);
    const folder = join(cache(), "demo", version);
    assert.ok(readFileSync(join(folder, "Lib", "large.bin")).equals(large));
    assert.equal(readFileSync(join(folder, "Lib", "é ü.txt"), "utf8"), "1");
    assert.match((await run(["input"], "demo.exe", "typed")).stdout, /\]typed$/);
    assert.equal((await run(["status", "7"])).status, 7);
  });

  test("shows its contents with `--posy-info`", async () => {
    const { stdout } = await run(["--posy-info"]);
    assert.match(stdout, /^demo 1\nunpacked to: Z:.*\n\nLib\/empty\.py 0\nLib\/large\.bin 9000000\n/);
  });

  test("keeps a version that is running, and removes it afterwards", async () => {
    const running = run(["wait"]);
    await new Promise((settle) => setTimeout(settle, 2000));
    assert.equal((await run([], "demo-2.exe")).status, 0);
    const during = versions().length;
    await running;
    assert.equal(during, 2);
    await write("demo-3.exe", "3");
    assert.equal((await run([], "demo-3.exe")).status, 0);
    assert.equal(versions().length, 1);
  });

  test("is unpacked once if several start at once", async () => {
    rmSync(cache(), { recursive: true });
    const runs = await Promise.all([1, 2, 3].map(() => run(["status", "0"])));
    assert.deepEqual(
      runs.map(({ status }) => status),
      [0, 0, 0],
    );
    assert.equal(versions().length, 1);
  });

  test("says that it is damaged, and that the cache can't be written", async () => {
    const bytes = readFileSync(join(root, "demo.exe"));
    writeFileSync(join(root, "cut.exe"), bytes.subarray(0, bytes.length - 10));
    const cut = await run([], "cut.exe");
    assert.equal(cut.status, 76);
    assert.match(cut.stderr, /^error: this file of an application is damaged: it is too short\nhint: /);
    rmSync(cache(), { recursive: true });
    writeFileSync(cache(), "");
    const blocked = await run([]);
    rmSync(cache());
    mkdirSync(cache());
    assert.equal(blocked.status, 73);
    assert.match(blocked.stderr, /^error: `demo` can't be unpacked to `Z:.*`: .*\nhint: set POSY_APP_CACHE/);
  });
});
