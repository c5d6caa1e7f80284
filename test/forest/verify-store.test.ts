import assert from "node:assert/strict";
import { existsSync, lstatSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Env } from "../../src/forest/envs/env.ts";
import { entryState } from "../../src/system/fs/entry-mark.ts";
import { fakeForest, fakePython } from "../support/fake-forest.ts";
import { makeWheel } from "../support/make-wheel.ts";

const single = makeWheel({
  name: "single",
  files: { "single.py": "y = 1", "package/__init__.py": "z = 1" },
  entryPoints: { single: "single:main" },
});
const other = makeWheel({ name: "other", files: { "other.py": "" } });

const outcomes = (damaged: readonly { readonly name: string; readonly outcome: string }[]) =>
  damaged.map(({ name, outcome }) => `${name}: ${outcome}`);

async function add(env: Env, name: string): Promise<void> {
  await chmod(env.sitePackages, 0o755);
  writeFileSync(join(env.sitePackages, name), "");
}

describe("verifying a store", () => {
  test("counts its entries, finds nothing wrong, and settles them", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single, other]);
    const found = await fake.forest.verify();
    assert.deepEqual(found, { pythons: 0, wheels: 2, envs: 1, skipped: 0, damaged: [] });
    assert.equal(entryState(join(fake.home.wheels, single.sha256)), "settled");
    assert.equal((await fake.forest.find(env.key))?.key, env.key);
  });

  test("is possible for an empty store", async () => {
    await using fake = await fakeForest();
    assert.deepEqual((await fake.forest.verify({ repair: true })).damaged, []);
  });

  test("reports a damaged wheel and an Env with an added file, and changes nothing", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    await add(env, "six.py");
    writeFileSync(join(env.sitePackages, "single.py"), "y = 10");
    const { damaged } = await fake.forest.verify();
    assert.deepEqual(
      damaged.map(({ kind, name, damages, outcome }) => ({ kind, name, damages, outcome })),
      [
        {
          kind: "wheel",
          name: "single 1.0",
          damages: [{ path: "site/single.py", kind: "changed" }],
          outcome: "found",
        },
        {
          kind: "env",
          name: env.key,
          damages: [{ path: "lib/python3.13/site-packages/six.py", kind: "added" }],
          outcome: "found",
        },
      ],
    );
    assert.ok(existsSync(join(env.sitePackages, "six.py")));
    assert.equal(readFileSync(join(env.sitePackages, "single.py"), "utf8"), "y = 10");
  });

  test("repairs wheels and the Envs with hard links to their old files at once", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    writeFileSync(join(env.sitePackages, "single.py"), "y = 10");
    const { damaged } = await fake.forest.verify({ repair: true });
    assert.deepEqual(outcomes(damaged), ["single 1.0: repaired", `${env.key}: repaired`]);
    assert.equal(readFileSync(join(env.sitePackages, "single.py"), "utf8"), "y = 1");
    const stored = join(fake.home.wheels, single.sha256, "site", "single.py");
    assert.equal(lstatSync(join(env.sitePackages, "single.py")).ino, lstatSync(stored).ino);
    assert.deepEqual((await fake.forest.verify({ full: true })).damaged, []);
    assert.notEqual(await fake.forest.find(env.key), undefined);
  });

  test("removes what was added to Envs and wheels, also by root, whom no mode stops", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    await add(env, "six.py");
    writeFileSync(join(env.sitePackages, "package", "extra.py"), "");
    const { damaged } = await fake.forest.verify({ repair: true });
    assert.deepEqual(outcomes(damaged), ["single 1.0: repaired", `${env.key}: repaired`]);
    assert.ok(!existsSync(join(env.sitePackages, "six.py")));
    assert.ok(!existsSync(join(env.sitePackages, "package", "extra.py")));
    assert.deepEqual(fake.reporter.warnings(), []);
  });

  test("finds a changed byte in a file that keeps its time only if it hashes all files", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    const path = join(env.sitePackages, "package", "__init__.py");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "z = 2");
    utimesSync(path, atime, mtime);
    assert.deepEqual((await fake.forest.verify({ repair: true })).damaged, []);
    const { damaged } = await fake.forest.verify({ full: true, repair: true });
    assert.deepEqual(outcomes(damaged), ["single 1.0: repaired"]);
    assert.equal(readFileSync(path, "utf8"), "z = 1");
  });

  test("removes a damaged wheel that no Env uses, and what cannot be fetched again", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    writeFileSync(join(fake.home.wheels, single.sha256, "site", "single.py"), "y = 10");
    fake.goOffline();
    const { damaged } = await fake.forest.verify({ repair: true });
    assert.deepEqual(outcomes(damaged), ["single 1.0: removed", `${env.key}: removed`]);
    assert.match(damaged[0]?.reason ?? "", /there is no `single-1\.0/);
    assert.ok(!existsSync(env.prefix));
    assert.ok(!existsSync(join(fake.home.wheels, single.sha256)));
    await fake.grow([other]);
    rmSync(fake.home.envs, { recursive: true });
    writeFileSync(join(fake.home.wheels, other.sha256, "site", "other.py"), "x");
    const again = await fake.forest.verify({ repair: true });
    assert.deepEqual(outcomes(again.damaged), ["other 1.0: removed"]);
  });

  test("reports an Env whose wheel was removed, and makes both again", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    rmSync(fake.home.wheels, { recursive: true });
    const { damaged } = await fake.forest.verify();
    assert.deepEqual(outcomes(damaged), [`${env.key}: found`]);
    await fake.forest.verify({ repair: true });
    assert.equal(readFileSync(join(env.sitePackages, "package", "__init__.py"), "utf8"), "z = 1");
  });

  test("works in threads, too", async () => {
    await using fake = await fakeForest({ threads: 2 });
    const env = await fake.grow([single, other]);
    writeFileSync(join(env.sitePackages, "single.py"), "y = 10");
    const found = await fake.forest.verify({ full: true });
    assert.deepEqual(outcomes(found.damaged), ["single 1.0: found"]);
    const { damaged } = await fake.forest.verify({ full: true, repair: true });
    assert.deepEqual(outcomes(damaged), ["single 1.0: repaired", `${env.key}: repaired`]);
  });

  test("repairs an interpreter that an Env uses, and removes one that none uses", async () => {
    await using folder = await fakeForest();
    const python = {
      ...(await fakePython(join(folder.root, "python"))),
      source: {
        kind: "catalogue",
        purl: "pkg:generic/python",
        filename: "python.zip",
        size: 1,
        hashes: { sha256: "0".repeat(64) },
      },
    } as const;
    await using fake = await fakeForest({ python });
    const env = await fake.grow([single]);
    const root = join(fake.home.pythons, "0".repeat(64));
    writeFileSync(join(root, "bin", "python"), "");
    assert.deepEqual(outcomes((await fake.forest.verify()).damaged), [`${"0".repeat(64)}: found`]);
    assert.deepEqual(outcomes((await fake.forest.verify({ repair: true })).damaged), [
      `${"0".repeat(64)}: repaired`,
    ]);
    assert.equal(readFileSync(join(root, "bin", "python"), "utf8"), "#!/bin/sh\n");
    assert.notEqual(await fake.forest.find(env.key), undefined);
    await fake.forest.clean(["envs"]);
    writeFileSync(join(root, "bin", "python"), "");
    const { damaged } = await fake.forest.verify({ repair: true });
    assert.deepEqual(outcomes(damaged), [`${"0".repeat(64)}: removed`]);
    assert.ok(!existsSync(root));
  });

  test("skips Envs of earlier Posys, which have no record", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([single]);
    const { atime, mtime } = statSync(env.prefix);
    await chmod(env.prefix, 0o755);
    rmSync(join(env.prefix, "posy-blueprint.json"));
    utimesSync(env.prefix, atime, mtime);
    const { skipped, damaged } = await fake.forest.verify({ repair: true });
    assert.deepEqual({ skipped, damaged }, { skipped: 1, damaged: [] });
    assert.ok(existsSync(env.prefix));
  });
});
