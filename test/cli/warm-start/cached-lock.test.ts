import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lockEntryLocation } from "../../../src/cli/warm-start/entry-path.ts";
import { type LockAnswer, readLockEntry, writeLockEntry } from "../../../src/cli/warm-start/lock-entry.ts";
import { fingerprint } from "../../../src/system/fs/fingerprint.ts";
import { newWarmFixture, type WarmFixture } from "./warm-fixture.ts";

interface Recipe {
  /** The options of `posy lock`. */
  readonly args?: readonly string[];
  /** The name of the lock, and whether it is in place and up to date. */
  readonly locks?: Readonly<Record<string, "in place" | "missing" | "unanswered">>;
  readonly warnings?: readonly string[];
  readonly answer?: Partial<LockAnswer>;
}

interface Locked extends Disposable {
  readonly fixture: WarmFixture;
  lock(args?: readonly string[], variables?: NodeJS.ProcessEnv): ReturnType<WarmFixture["run"]>;
  path(name: string): string;
}

const text = 'lock-version = "1.0"\n';

async function newLocks({ args = [], locks = {}, warnings = [], answer = {} }: Recipe): Promise<Locked> {
  const fixture = await newWarmFixture();
  const path = (name: string) => join(fixture.cwd, name);
  const found = Object.entries(locks).map(([name, state]) => {
    if (state === "in place") writeFileSync(path(name), text);
    const settled = state === "in place" ? fingerprint(path(name)) : "";
    const changes = [{ name: "six", before: [], after: ["1.0"] }];
    const made = { files: [], made: Date.now(), freshUntil: Date.now() + 600_000, changes, text, ...answer };
    return { path: path(name), settled, ...(state === "unanswered" ? {} : { answer: made }) };
  });
  const before = process.cwd();
  process.chdir(fixture.cwd);
  const location = lockEntryLocation(args, fixture.home, fixture.environment);
  process.chdir(before);
  assert.ok(location !== undefined);
  await writeLockEntry(location, { inputs: [], warnings }, found, undefined);
  return {
    fixture,
    path,
    lock: (more = [], variables = {}) => fixture.run("lock", [...args, ...more], variables),
    [Symbol.dispose]: () => fixture[Symbol.dispose](),
  };
}

const name = "pylock.toml";
const answered = "returned true\n";
const refused = "returned false\n";
// Without Bun nothing is cached.
const skip = typeof Bun === "undefined";

describe("`posy lock` from the cache", { skip }, () => {
  test("says that locks are up to date, relative to the current folder", async () => {
    using locked = await newLocks({ locks: { [name]: "in place", "sub.toml": "in place" } });
    const { stdout, stderr } = locked.lock();
    assert.equal(stdout, `${name} is up to date\nsub.toml is up to date\n${answered}`);
    assert.equal(stderr, "");
  });

  test("writes nothing if all locks are up to date", async () => {
    using locked = await newLocks({ locks: { [name]: "in place" } });
    const folder = locked.fixture.home.briefs;
    const before = readdirSync(folder).map((file) => fingerprint(join(folder, file)));
    assert.ok(before.length > 0);
    locked.lock();
    assert.deepEqual(
      readdirSync(folder).map((file) => fingerprint(join(folder, file))),
      before,
    );
  });

  for (const option of ["-q", "-qq", "--quiet"]) {
    test(`says nothing with \`${option}\``, async () => {
      using locked = await newLocks({ args: [option], locks: { [name]: "in place" }, warnings: ["careful"] });
      assert.deepEqual({ ...locked.lock(), status: 0 }, { status: 0, stdout: answered, stderr: "" });
    });
  }

  test("shows the warnings about the project each time", async () => {
    using single = await newLocks({ locks: { [name]: "in place" }, warnings: ["careful"] });
    assert.match(single.lock().stderr, /careful/);
    using locked = await newLocks({ locks: { [name]: "in place" }, warnings: ["careful", "mind"] });
    for (let time = 0; time < 2; time++) {
      const { stdout, stderr } = locked.lock();
      assert.equal(stdout, `${name} is up to date\n${answered}`);
      assert.match(stderr, /careful[^]*mind/);
      // There are no colours, since this is no terminal.
      assert.ok(!stderr.includes("\u001B"), JSON.stringify(stderr));
    }
  });

  test("writes a missing lock again, shows what is in it, and knows it the next time", async () => {
    using locked = await newLocks({ locks: { [name]: "missing", "other.toml": "in place" } });
    assert.equal(locked.lock().stdout, `made ${name}\n+ six 1.0\nother.toml is up to date\n${answered}`);
    assert.equal(readFileSync(locked.path(name), "utf8"), text);
    assert.equal(locked.lock().stdout, `${name} is up to date\nother.toml is up to date\n${answered}`);
    unlinkSync(locked.path(name));
    assert.match(locked.lock().stdout, /^made pylock\.toml\n/);
  });

  test("leaves a missing lock to the whole program with `--check`", async () => {
    using locked = await newLocks({ args: ["--check"], locks: { [name]: "missing" } });
    assert.equal(locked.lock().stdout, refused);
    assert.ok(!existsSync(locked.path(name)));
    using inPlace = await newLocks({ args: ["--check"], locks: { [name]: "in place" } });
    assert.equal(inPlace.lock().stdout, `${name} is up to date\n${answered}`);
  });

  const stale: readonly (readonly [string, Recipe])[] = [
    ["has no answer", { locks: { [name]: "unanswered" } }],
    ["has expired", { locks: { [name]: "missing" }, answer: { freshUntil: Date.now() - 1 } }],
    ["has a date in the future", { locks: { [name]: "missing" }, answer: { made: Date.now() + 600_000 } }],
    [
      "depends on an index page that has changed",
      { locks: { [name]: "missing" }, answer: { files: [[import.meta.filename, "before"]] } },
    ],
  ];
  for (const [title, recipe] of stale) {
    test(`leaves a missing lock to the whole program if its entry ${title}`, async () => {
      using locked = await newLocks(recipe);
      assert.equal(locked.lock().stdout, refused);
      assert.ok(!existsSync(locked.path(name)));
    });
  }

  test("does not take the answer that an earlier entry had for another lock", async () => {
    using locked = await newLocks({ locks: { [name]: "missing" } });
    const before = process.cwd();
    process.chdir(locked.fixture.cwd);
    const location = lockEntryLocation([], locked.fixture.home, locked.fixture.environment);
    process.chdir(before);
    assert.ok(location !== undefined);
    const other = { path: locked.path("other.toml"), settled: "" };
    await writeLockEntry(location, { inputs: [], warnings: [] }, [other], readLockEntry(location));
    assert.equal(locked.lock().stdout, refused);
    assert.ok(!existsSync(other.path));
  });

  test("leaves a lock that was changed to the whole program, and a link without a target", async () => {
    using locked = await newLocks({ locks: { [name]: "in place" } });
    writeFileSync(locked.path(name), `${text}# changed\n`);
    assert.equal(locked.lock().stdout, refused);
    unlinkSync(locked.path(name));
    symlinkSync("nowhere", locked.path(name));
    assert.equal(locked.lock().stdout, refused);
  });

  test("writes no lock if another one has to be resolved", async () => {
    using locked = await newLocks({ locks: { [name]: "missing", "other.toml": "unanswered" } });
    assert.equal(locked.lock().stdout, refused);
    assert.ok(!existsSync(locked.path(name)));
  });

  test("does nothing without an entry, and for options that it can't serve", async () => {
    using locked = await newLocks({ locks: { [name]: "in place" } });
    assert.equal(locked.lock(["--json"]).stdout, refused);
    assert.equal(locked.lock(["--env", "docs"]).stdout, refused);
    assert.equal(locked.lock([], { UV_INDEX: "https://index.example" }).stdout, refused);
  });

  test("keeps the answer of the entry that it updates", async () => {
    using locked = await newLocks({ locks: { [name]: "missing" } });
    locked.lock();
    const before = process.cwd();
    process.chdir(locked.fixture.cwd);
    const location = lockEntryLocation([], locked.fixture.home, locked.fixture.environment);
    process.chdir(before);
    const entry = location && readLockEntry(location);
    assert.deepEqual(entry?.locks, [
      { path: locked.path(name), settled: fingerprint(locked.path(name)), answered: true },
    ]);
  });

  test("fails if the lock can't be written", async () => {
    using locked = await newLocks({ locks: { "gone/pylock.toml": "missing" } });
    rmSync(join(locked.fixture.cwd, "gone"), { recursive: true, force: true });
    mkdirSync(locked.fixture.cwd, { recursive: true });
    writeFileSync(join(locked.fixture.cwd, "gone"), "");
    assert.match(locked.lock().stdout, /^returned .*gone/);
  });
});
