import assert from "node:assert/strict";
import { existsSync, lstatSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Env } from "../../src/forest/envs/env.ts";
import { envState } from "../../src/forest/envs/seal.ts";
import { type FakeForest, fakeForest } from "../support/fake-forest.ts";
import { makeWheel } from "../support/make-wheel.ts";

const single = makeWheel({
  name: "single",
  files: { "single.py": "y = 1", "package/__init__.py": "z = 1" },
  entryPoints: { single: "single:main" },
});
const other = makeWheel({ name: "other" });

/** Changes a file, and makes its time later than the Env in any case. */
function edit(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content);
  const later = Date.now() / 1000 + 5;
  utimesSync(path, later, later);
}

/** Changes a file and keeps its size and its time. */
function changeUnseen(path: string, content: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(path, content);
  utimesSync(path, atime, mtime);
}

const read = (env: Env, ...path: string[]) => readFileSync(join(env.sitePackages, ...path), "utf8");
const stored = ({ home }: FakeForest) => join(home.wheels, single.sha256);

/** Makes an entry as it is after a restart of the machine. */
function restart(mark: string): void {
  writeFileSync(mark, readFileSync(mark, "utf8").replace(/"boot":"[^"]*"/, '"boot":"earlier"'));
}

describe("a stored wheel that goes into a new Env", () => {
  test("is unpacked again if a file was edited through another Env, which is made again, too", async () => {
    await using fake = await fakeForest();
    const first = await fake.grow([single]);
    edit(join(first.sitePackages, "single.py"), "y = 2");
    const second = await fake.grow([single, other]);
    assert.equal(read(second, "single.py"), "y = 1");
    assert.equal(envState(first.prefix), "unverified");
    assert.equal((await fake.grow([single])).key, first.key);
    assert.equal(read(first, "single.py"), "y = 1");
    assert.equal(
      lstatSync(join(first.sitePackages, "single.py")).ino,
      lstatSync(join(stored(fake), "site", "single.py")).ino,
    );
    assert.equal(envState(first.prefix), "intact");
    // It is repaired silently, except with `-v`.
    assert.deepEqual(fake.reporter.warnings(), []);
    assert.deepEqual(
      fake.reporter.events.flatMap((event) =>
        event.kind === "debug" && event.message.includes("damaged") ? [event.message] : [],
      ),
      ["the stored files of `single 1.0` are damaged (`site/single.py`): they are made again"],
    );
  });

  test("loses what another program has added to it, and keeps bytecode", async () => {
    await using fake = await fakeForest();
    const first = await fake.grow([single]);
    writeFileSync(join(first.sitePackages, "package", "extra.py"), "");
    writeFileSync(join(first.sitePackages, "__pycache__", "single.cpython-313.pyc"), "");
    const inode = statSync(stored(fake)).ino;
    const second = await fake.grow([single, other]);
    assert.ok(!existsSync(join(second.sitePackages, "package", "extra.py")));
    assert.ok(existsSync(join(second.sitePackages, "__pycache__", "single.cpython-313.pyc")));
    assert.equal(statSync(stored(fake)).ino, inode, "it was unpacked again");
    assert.deepEqual(fake.reporter.warnings(), [
      "another program added `site/package/extra.py` to `single 1.0`, which environments share: it was removed",
    ]);
  });

  test("is unpacked again if it has no list of its files, as those of earlier Posys", async () => {
    await using fake = await fakeForest();
    await fake.grow([single]);
    await rm(join(stored(fake), "files.json"));
    await fake.grow([single, other]);
    assert.ok(existsSync(join(stored(fake), "files.json")));
    assert.deepEqual(fake.reporter.warnings(), []);
  });
});

describe("after a restart of the machine", () => {
  test("a wheel is hashed before it is used, and unpacked again if it is damaged", async () => {
    for (const damaged of [false, true]) {
      await using fake = await fakeForest();
      const env = await fake.grow([single]);
      restart(join(stored(fake), "posy-entry.json"));
      restart(join(env.prefix, "posy-env.json"));
      if (damaged) changeUnseen(join(stored(fake), "site", "package", "__init__.py"), "\0\0\0\0\0");
      const inode = statSync(stored(fake)).ino;
      await fake.grow([single]);
      assert.equal(read(env, "package", "__init__.py"), "z = 1");
      assert.equal(statSync(stored(fake)).ino === inode, !damaged);
      assert.equal(envState(env.prefix), "intact");
      assert.deepEqual(fake.reporter.warnings(), []);
      // It is settled: a second restart changes nothing.
      if (damaged) continue;
      restart(join(env.prefix, "posy-env.json"));
    }
  });

  test("an Env is used unchanged if it is right", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    restart(join(env.prefix, "posy-env.json"));
    const inode = statSync(env.prefix).ino;
    await fake.grow([single]);
    assert.equal(statSync(env.prefix).ino, inode);
    assert.equal(envState(env.prefix), "intact");
  });
});

describe("a program of an Env", () => {
  for (const [name, content] of [
    ["is empty", ""],
    ["was edited", "#!/bin/sh\necho edited\n"],
    ["consists of NUL bytes", Buffer.alloc(100)],
  ] as const) {
    test(`that ${name} makes the Env new`, async () => {
      await using fake = await fakeForest();
      const env = await fake.grow([single]);
      edit(join(env.scripts, "single"), content);
      assert.equal(await fake.forest.find(env.key), undefined);
      await fake.grow([single]);
      assert.match(readFileSync(join(env.scripts, "single"), "utf8"), /from single import main/);
      assert.notEqual(await fake.forest.find(env.key), undefined);
      assert.match(fake.reporter.warnings().join(), /changed the environment .*\(`bin\/single`\)/);
    });
  }
});

describe("growing with verification", () => {
  test("repairs an existing Env, quickly or completely", async () => {
    for (const verification of ["quick", "full"] as const) {
      await using fake = await fakeForest({ verification });
      const env = await fake.grow([single]);
      const warnings = () => fake.reporter.warnings();
      edit(join(env.sitePackages, "single.py"), "y = 2");
      await fake.grow([single]);
      assert.equal(read(env, "single.py"), "y = 1");
      assert.deepEqual(warnings(), []);
      changeUnseen(join(env.sitePackages, "package", "__init__.py"), "z = 2");
      await fake.grow([single]);
      assert.equal(read(env, "package", "__init__.py"), verification === "full" ? "z = 1" : "z = 2");
    }
  });

  test("keeps an Env that is right", async () => {
    await using fake = await fakeForest({ verification: "full" });
    const env = await fake.grow([single, other]);
    const inode = statSync(env.prefix).ino;
    await fake.grow([single, other]);
    assert.equal(statSync(env.prefix).ino, inode);
    assert.deepEqual(fake.reporter.warnings(), []);
  });

  test("removes what was added to the Env, also by root, whom no mode stops", async () => {
    await using fake = await fakeForest({ verification: "quick" });
    const env = await fake.grow([single]);
    await chmod(env.sitePackages, 0o755);
    writeFileSync(join(env.sitePackages, "six.py"), "");
    await fake.grow([single]);
    assert.ok(!existsSync(join(env.sitePackages, "six.py")));
  });
});
