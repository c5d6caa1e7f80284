import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { envEntryPath, lockEntryLocation } from "../../../src/cli/warm-start/entry-path.ts";
import { newWarmFixture, type WarmFixture } from "./warm-fixture.ts";

/** Does something in another current folder. */
function inFolder<T>(folder: string, task: () => T): T {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return task();
  } finally {
    process.chdir(before);
  }
}

// Hashing without loading modules needs Bun. On Node nothing is cached.
const skip = typeof Bun === "undefined";

describe("the cache entry of `posy run`", { skip }, () => {
  const pathOf = (
    { home, environment }: WarmFixture,
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ) => envEntryPath(args, home, { ...environment, ...more });

  test("has a path for each set of options and variables", async () => {
    using fixture = await newWarmFixture();
    const path = pathOf(fixture, ["--with", "a"]) ?? "";
    assert.equal(dirname(path), fixture.home.briefs);
    assert.match(basename(path), /^[0-9a-f]{64}$/);
    assert.equal(pathOf(fixture, ["--with", "a"]), path);
    assert.notEqual(pathOf(fixture, ["--with", "b"]), path);
    assert.notEqual(pathOf(fixture, ["--with", "a"], { UV_INDEX: "https://index.example" }), path);
  });

  test("does not exist with `--refresh`", async () => {
    using fixture = await newWarmFixture();
    assert.equal(pathOf(fixture, ["--refresh"]), undefined);
  });

  test("does not exist for root if others can change the store", {
    skip: process.geteuid?.() !== 0,
  }, async () => {
    using fixture = await newWarmFixture();
    const { data } = fixture.home;
    mkdirSync(data, { recursive: true });
    const isCached = (uid: number, mode: number, trusted?: string) => {
      chmodSync(data, mode);
      chownSync(data, uid, uid);
      const before = { ...process.env };
      delete process.env["CI"];
      if (trusted !== undefined) process.env["POSY_TRUSTED_STORES"] = trusted;
      try {
        return pathOf(fixture, ["--with", "a"]) !== undefined;
      } finally {
        process.env = before;
      }
    };
    assert.equal(isCached(0, 0o755), true);
    assert.equal(isCached(12345, 0o755), false);
    assert.equal(isCached(0, 0o775), false);
    assert.equal(isCached(0, 0o757), false);
    assert.equal(isCached(12345, 0o777, data), true);
    chownSync(data, 0, 0);
  });

  test("depends on the configuration files of the current folder, and not on the folder itself", async () => {
    using fixture = await newWarmFixture();
    const [one = "", other = ""] = ["one", "other"].map((name) => join(fixture.cwd, name));
    [one, other].forEach((folder) => mkdirSync(folder));
    const pathIn = (folder: string) => inFolder(folder, () => pathOf(fixture, ["--with", "a"]));
    assert.equal(pathIn(one), pathIn(other));
    writeFileSync(join(other, "uv.toml"), "");
    assert.notEqual(pathIn(one), pathIn(other));
  });
});

describe("the cache entry of `posy lock`", { skip }, () => {
  const locationOf = (
    { home, environment }: WarmFixture,
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ) => lockEntryLocation(args, home, { ...environment, ...more });

  test("has a path for each folder and set of options", async () => {
    using fixture = await newWarmFixture();
    const location = locationOf(fixture, []);
    assert.equal(dirname(location?.path ?? ""), fixture.home.briefs);
    assert.deepEqual(locationOf(fixture, []), location);
    // The key has the values of variables, which may be secret, so the entry has only its hash.
    assert.match(location?.identity ?? "", /^[0-9a-f]{64}$/);
    assert.notEqual(locationOf(fixture, ["--env", "docs"])?.path, location?.path);
    assert.notEqual(inFolder(fixture.cwd, () => locationOf(fixture, []))?.path, location?.path);
  });

  test("has another identity with other variables, at the same path", async () => {
    using fixture = await newWarmFixture();
    const location = locationOf(fixture, []);
    const other = locationOf(fixture, [], { UV_INDEX: "https://index.example" });
    assert.equal(other?.path, location?.path);
    assert.notEqual(other?.identity, location?.identity);
  });

  for (const option of [
    "--upgrade",
    "--upgrade-package=six",
    "--json",
    "--verbose",
    "-v",
    "-qv",
    "--color=always",
    "--refresh",
  ]) {
    test(`does not exist with \`${option}\``, async () => {
      using fixture = await newWarmFixture();
      assert.equal(locationOf(fixture, [option]), undefined);
    });
  }

  test("exists with options that the cached answer can serve", async () => {
    using fixture = await newWarmFixture();
    for (const option of ["--check", "-q", "--env"])
      assert.notEqual(locationOf(fixture, [option]), undefined);
  });
});
