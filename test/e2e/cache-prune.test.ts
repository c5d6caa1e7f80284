import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pruneStore, type PrunedStore, type PruneOptions } from "../../src/operations/index.ts";
import { silentReporter } from "../../src/report/reporter.ts";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const files: IndexFile[] = ["one", "two", "three"].map((name) =>
  makeWheel({
    name,
    files: { [`${name}/__init__.py`]: `def main(): print("${name}")\n` },
    entryPoints: { [`${name}-cli`]: `${name}:main` },
  }),
);

const minutes = 60_000;

/** The variable that keeps archives in the cache after they are unpacked. */
const keeping = { POSY_KEEP_ARCHIVES: "1" };

/** Prunes the store of a sandbox as if it were 20 minutes later: what is younger than ten minutes always stays. */
function prune(sandbox: Sandbox, options: PruneOptions = {}): Promise<PrunedStore> {
  const environment = {
    PATH: process.env["PATH"],
    POSY_HOME: sandbox.home,
    HOME: join(sandbox.root, "user"),
    POSY_PYTHON_MIRROR: "off",
  };
  const context = { cwd: sandbox.cwd, environment, reporter: silentReporter };
  return pruneStore({ now: Date.now() + 20 * minutes, ...options }, context);
}

const envsOf = ({ home }: Sandbox) => readdirSync(join(home, "data", "envs-v1"));
const removedBuckets = ({ removed }: PrunedStore) => [...new Set(removed.map(({ bucket }) => bucket))].sort();

/** Makes a project that depends on `one`, in a folder of the sandbox, and runs a program of it. */
async function makeProject(
  sandbox: Sandbox,
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = join(sandbox.cwd, "project");
  mkdirSync(folder);
  const text = `[project]\nname = "p"\nversion = "1"\ndependencies = ["one"]\n`;
  writeFileSync(join(folder, "pyproject.toml"), text);
  const run = await sandbox.posy(["run", "-q", "--default-index", url, "--", "one-cli"], {
    cwd: folder,
    env,
  });
  assertPrinted(run, "one\n");
  return folder;
}

describe("posy cache prune", () => {
  test("keeps what was made just now", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    await sandbox.posy(["run", "-q", "--default-index", index.url, "--with", "two", "--", "two-cli"]);
    rmSync(join(sandbox.home, "cache", "briefs-v1"), { recursive: true });
    const run = await sandbox.posy(["cache", "prune", "--keep-archives"]);
    assertPrinted(run, "nothing to remove\n");
    assert.equal(envsOf(sandbox).length, 1);
  });

  test("keeps the Envs of projects until the project is gone", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const project = await makeProject(sandbox, index.url);
    // Then only the link of the project keeps the Env.
    rmSync(join(sandbox.home, "cache", "briefs-v1"), { recursive: true });
    assert.deepEqual(removedBuckets(await prune(sandbox)), []);
    assert.equal(envsOf(sandbox).length, 1);
    rmSync(project, { recursive: true });
    const kept = await prune(sandbox, { dryRun: true });
    assert.deepEqual(removedBuckets(kept), ["envs", "pythons", "wheels"]);
    assert.equal(envsOf(sandbox).length, 1);
    assert.deepEqual(removedBuckets(await prune(sandbox)), ["envs", "pythons", "wheels"]);
    assert.deepEqual(envsOf(sandbox), []);
    assert.deepEqual(readdirSync(join(sandbox.home, "data", "roots-v1")), []);
  });

  test("keeps the Env of a command that was run lately, and its start stays warm", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const command = ["run", "--default-index", index.url, "--with", "two", "--", "two-cli"];
    assertPrinted(await sandbox.posy(command), "two\n");
    await prune(sandbox);
    const asked = index.requests.length;
    assertPrinted(await sandbox.posy(command), "two\n");
    assert.equal(index.requests.length, asked);
    const removed = removedBuckets(await prune(sandbox, { olderThan: 5 * minutes }));
    assert.ok(
      removed.includes("briefs") && removed.includes("envs") && removed.includes("wheels"),
      removed.join(),
    );
    assert.deepEqual(envsOf(sandbox), []);
    assertPrinted(await sandbox.posy(command), "two\n");
  });

  test("keeps what installed tools need, and their programs start", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const bin = join(sandbox.root, "user", ".local", "bin");
    const env = { PATH: `${bin}:${process.env["PATH"]}` };
    const installed = await sandbox.posy(["tool", "install", "-q", "--default-index", index.url, "three"], {
      env,
    });
    assert.equal(installed.status, 0, installed.stderr);
    for (const ci of [false, true]) {
      const { removed } = await prune(sandbox, { ci, olderThan: 0 });
      assert.deepEqual(
        removed.filter(({ bucket }) => ["envs", "wheels", "pythons"].includes(bucket)),
        [],
      );
    }
    assertPrinted(await sandbox.posy(["run", "-q", "--", join(bin, "three-cli")], { env }), "three\n");
  });

  test("keeps an interpreter that was asked for, until it is uninstalled", async () => {
    using sandbox = await newSandbox();
    const pythons = join(sandbox.home, "data", "pythons-v1");
    const [identity = ""] = readdirSync(pythons);
    const installed = await sandbox.posy(["python", "install", "-q"]);
    assert.equal(installed.status, 0, installed.stderr);
    const kept = readdirSync(join(sandbox.home, "data", "roots-v1"));
    assert.equal(kept.length, 1);
    await prune(sandbox);
    assert.ok(readdirSync(pythons).length > 0, identity);
    rmSync(join(sandbox.home, "data", "roots-v1"), { recursive: true });
    assert.ok(removedBuckets(await prune(sandbox)).includes("pythons"));
  });

  test("for CI removes archives, and keeps what was built", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const project = await makeProject(sandbox, index.url, keeping);
    const removed = removedBuckets(await prune(sandbox, { ci: true }));
    assert.ok(
      ["artifacts", "envs", "http", "wheels"].every((bucket) => (removed as string[]).includes(bucket)),
    );
    assertPrinted(await sandbox.posy(["run", "-q", "--", "one-cli"], { cwd: project }), "one\n");
  });

  test("frees space down to a size, and tells if that is impossible", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    await makeProject(sandbox, index.url);
    const { excess } = await prune(sandbox, { maxSize: 1 });
    assert.ok(excess !== undefined && excess > 100);
    assert.equal(envsOf(sandbox).length, 1);
    const told = await sandbox.posy(["cache", "prune", "--max-size", "1B"]);
    assert.equal(told.status, 0);
    assert.match(told.stderr, /larger than `1B`: it is in use/);
  });

  test("lists reasons, and paths with -v, and removes nothing with --dry-run", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    await makeProject(sandbox, index.url, keeping);
    const archives = join(sandbox.home, "cache", "artifacts-v2");
    const [name = ""] = readdirSync(archives);
    const run = await sandbox.posy(["cache", "prune", "--dry-run", "-v"]);
    assert.match(run.stdout, /1 archive +[\d.]+ kB {2}unpacked in the store\nwould free [\d.]+ kB\n$/);
    assert.ok(run.stdout.includes(join(archives, name)));
    const json = await sandbox.posy(["cache", "prune", "--dry-run", "--json"]);
    const { removed } = JSON.parse(json.stdout) as PrunedStore;
    assert.deepEqual(
      removed.map(({ bucket, reason }) => [bucket, reason]),
      [["artifacts", "unpacked"]],
    );
    assert.ok(existsSync(join(archives, name)));
  });

  test("removes what was not used for long", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    await makeProject(sandbox, index.url);
    const http = join(sandbox.home, "cache", "http-v2");
    const long = Date.now() / 1000 - 40 * 24 * 3600;
    for (const name of readdirSync(http)) utimesSync(join(http, name), long, long);
    const run = await sandbox.posy(["cache", "prune"]);
    assert.match(run.stdout, /index pages? +[\d.]+ k?B {2}not used for long\n/);
    assert.deepEqual(readdirSync(http), []);
  });

  for (const [options, message] of [
    [["--older-than", "30"], /`--older-than` takes no `30`/],
    [["--older-than", "soon"], /`--older-than` takes no `soon`/],
    [["--max-size", "much"], /`--max-size` takes no `much`/],
    [["--max-size", "-1GB"], /--max-size/],
  ] as const) {
    test(`refuses ${options.join(" ")}`, async () => {
      using sandbox = await newSandbox({ interpreter: false });
      assertFailed(await sandbox.posy(["cache", "prune", ...options]), 2, message);
    });
  }
});

describe("the archive of a wheel", () => {
  test("is not kept once it is unpacked, unless POSY_KEEP_ARCHIVES is set", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const archives = () => {
      const folder = join(sandbox.home, "cache", "artifacts-v2");
      return existsSync(folder) ? readdirSync(folder).length : 0;
    };
    await makeProject(sandbox, index.url);
    assert.equal(archives(), 0);
    const command = ["run", "-q", "--default-index", index.url, "--with", "two", "--", "two-cli"];
    assertPrinted(await sandbox.posy(command, { env: keeping }), "two\n");
    assert.equal(archives(), 1);
  });
});

describe("POSY_CACHE_MAX_SIZE", () => {
  test("prunes in the background, at most once a day, and a warm start does not", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const stamp = join(sandbox.home, "cache", "pruned");
    const command = ["run", "-q", "--default-index", index.url, "--with", "two", "--", "two-cli"];
    const large = { POSY_CACHE_MAX_SIZE: "100GB" };
    assertPrinted(await sandbox.posy(command, { env: large }), "two\n");
    rmSync(stamp);
    assertPrinted(await sandbox.posy(command, { env: large }), "two\n");
    assert.equal(existsSync(stamp), false);
    const env = { POSY_CACHE_MAX_SIZE: "1B" };
    const pages = join(sandbox.home, "cache", "http-v2");
    const old = join(pages, `${"0".repeat(40)}.page`);
    writeFileSync(old, "");
    assert.equal((await sandbox.posy(["resolve", "--default-index", index.url, "one"], { env })).status, 0);
    assert.ok(existsSync(stamp));
    for (let waited = 0; existsSync(old); waited += 50) {
      assert.ok(waited < 20_000, "the background prune has removed nothing");
      await setTimeout(50);
    }
    writeFileSync(old, "");
    assert.equal((await sandbox.posy(["resolve", "--default-index", index.url, "one"], { env })).status, 0);
    await setTimeout(1000);
    assert.ok(existsSync(old));
  });

  test("is the limit of a prune without --max-size, and must be a size", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    await makeProject(sandbox, index.url);
    const told = await sandbox.posy(["cache", "prune"], { env: { POSY_CACHE_MAX_SIZE: "1B" } });
    assert.match(told.stderr, /larger than `1 B`: it is in use/);
    const env = { POSY_CACHE_MAX_SIZE: "much" };
    for (const command of [["cache", "prune"], ["lock"]]) {
      const run = await sandbox.posy(command, { env });
      assertFailed(run, 2, /`POSY_CACHE_MAX_SIZE` is `much`, which is no size/);
    }
  });
});
