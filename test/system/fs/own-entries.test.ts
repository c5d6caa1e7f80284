import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { cleanForest } from "../../../src/forest/forest-contents.ts";
import { buckets, cleanCache } from "../../../src/packages/cache-contents.ts";
import { temporaryPath } from "../../../src/system/fs/temporary/temporary-path.ts";
import { type Home, homeAt } from "../../../src/system/fs/home.ts";
import { type Bucket, sweepTmp } from "../../../src/system/fs/own-entries.ts";

interface Folder extends Disposable {
  readonly root: string;
  readonly home: Home;
  /** Writes a file that is three days old, with the folders above it. */
  file(...path: readonly string[]): string;
}

function newFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), "posy-own-"));
  return {
    root,
    home: homeAt(join(root, "data"), join(root, "cache")),
    file: (...path) => {
      const file = join(...path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, "precious\n");
      const old = new Date(Date.now() - 3 * 24 * 3600 * 1000);
      for (const each of [file, join(file, "..")]) utimesSync(each, old, old);
      return file;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

const hash = "0123456789abcdef".repeat(4);

describe("sweepTmp", () => {
  for (const bucket of ["dataTmp", "cacheTmp"] as const) {
    test(`removes only entries of killed Posys in ${bucket}`, async () => {
      using folder = newFolder();
      const tmp = folder.home[bucket];
      const killed = (path: string) => path.replace(`-${process.pid}-`, "-999999999-");
      const elsewhere = (path: string) => path.replace(/-[0-9a-f]{8}(?=-[0-9a-f]{8}-)/, "-00000000");
      const old = new Date(0);
      const left = [
        folder.file(killed(temporaryPath(tmp, "build")), "site", "x.py"),
        folder.file(elsewhere(temporaryPath(tmp, "build")), "x"),
        folder.file(tmp, "build-1-01234567-0123", "x"),
        folder.file(temporaryPath(tmp, "build"), "x"),
      ];
      for (const path of left.slice(1)) utimesSync(join(path, ".."), old, old);
      const kept = [
        folder.file(tmp, "results.csv"),
        folder.file(tmp, "reports", "q3.txt"),
        folder.file(tmp, "build-1234", "x"),
        folder.file(tmp, "my build-1-01234567-0123", "x"),
      ];
      const used = [
        temporaryPath(tmp, "build"),
        elsewhere(temporaryPath(tmp, "build")),
        join(tmp, "build-1-89abcdef-0123"),
      ];
      for (const path of used) mkdirSync(path);
      const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
      utimesSync(used[0] ?? "", yesterday, yesterday);
      await sweepTmp(folder.home, bucket);
      for (const path of left) assert.ok(!existsSync(path), path);
      for (const path of [...kept, ...used]) assert.ok(existsSync(path), path);
    });
  }

  test("does not follow links to the folder or in it", async () => {
    using folder = newFolder();
    const { home, root } = folder;
    const elsewhere = join(root, "elsewhere");
    const target = folder.file(temporaryPath(elsewhere, "build"), "x");
    const old = new Date(0);
    utimesSync(join(target, ".."), old, old);
    mkdirSync(home.data);
    symlinkSync(elsewhere, home.dataTmp);
    mkdirSync(home.cacheTmp, { recursive: true });
    symlinkSync(elsewhere, temporaryPath(home.cacheTmp, "build"));
    const later = Date.now() + 9 * 24 * 3600 * 1000;
    await sweepTmp(home, "dataTmp", later);
    await sweepTmp(home, "cacheTmp", later);
    assert.ok(existsSync(target));
  });
});

describe("cleaning a folder of Posy", () => {
  test("removes entries that Posy made, and keeps other files next to them", async () => {
    using folder = newFolder();
    const { home } = folder;
    const own = [
      folder.file(home.pythons, hash, "bin", "python"),
      folder.file(home.wheels, hash, "wheel.json"),
      folder.file(home.envs, `cpython-3.13.5-${hash.slice(0, 32)}`, "pyvenv.cfg"),
      folder.file(temporaryPath(home.dataTmp, "build"), "x"),
      folder.file(temporaryPath(home.cacheTmp, "download")),
      folder.file(home.http, `${hash.slice(0, 40)}.page`),
      folder.file(home.metadata, hash),
      folder.file(home.artifacts, hash),
      folder.file(home.briefs, hash),
      folder.file(home.briefs, `${hash}.blueprint`),
      folder.file(home.probes, `${hash}.json`),
      folder.file(home.shells, hash.slice(0, 32), "bashrc"),
      folder.file(home.verified, hash.slice(0, 40)),
      folder.file(home.builds, hash, hash.slice(0, 32), "METADATA"),
      folder.file(home.builds, "logs", "a-1.0-01234567.log"),
      folder.file(home.git, "db", hash.slice(0, 40), "HEAD"),
      folder.file(home.git, "checkouts", hash.slice(0, 40), hash.slice(0, 40), "x"),
    ];
    const { shared: _none, ...folders } = home;
    const foreign = Object.entries(folders).flatMap(([bucket, path]) => [
      folder.file(path, "notes.txt"),
      folder.file(path, bucket === "git" ? "db" : "logs", "mine.txt"),
    ]);
    await cleanForest(home);
    const sizes = await cleanCache(home, buckets);
    for (const path of own) assert.ok(!existsSync(path), path);
    for (const path of foreign) assert.ok(existsSync(path), path);
    assert.deepEqual(sizes.git, { entries: 2, bytes: 18 });
  });

  test("keeps a folder that is a link, and the link's target", async () => {
    using folder = newFolder();
    const { home, root } = folder;
    const targets = [...buckets, "pythons", "wheels", "envs"].map((name) => {
      const bucket = home[name as Bucket];
      const target = join(root, `elsewhere-${name}`);
      const files = [
        folder.file(target, hash, "x"),
        folder.file(target, "db", hash.slice(0, 40), "HEAD"),
        folder.file(target, `cpython-3.13.5-${hash.slice(0, 32)}`, "x"),
      ];
      mkdirSync(join(bucket, ".."), { recursive: true });
      symlinkSync(target, bucket);
      return [...files, bucket];
    });
    await cleanForest(home);
    await cleanCache(home, buckets);
    for (const path of targets.flat()) assert.ok(existsSync(path), path);
  });
});
