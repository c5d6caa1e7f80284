import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { EntryLocation } from "../../../src/cli/warm-start/entry-path.ts";
import {
  type FoundLock,
  readLockAnswer,
  readLockEntry,
  writeLockEntry,
} from "../../../src/cli/warm-start/lock-entry.ts";
import { fingerprint, variableInput } from "../../../src/system/fs/fingerprint.ts";
import { newWarmFixture, type WarmFixture } from "./warm-fixture.ts";

const locationIn = ({ home }: WarmFixture): EntryLocation => ({
  path: join(home.briefs, "entry"),
  identity: "options",
});
const answer = {
  files: [["/index/page", "1"]] as const,
  made: 500,
  freshUntil: 1_000,
  changes: [{ name: "six", before: [], after: ["1.0"] }],
  text: 'lock-version = "1.0"\n\n# end\n',
};
const locks: readonly FoundLock[] = [
  { path: "/project/pylock.toml", settled: "1", answer },
  { path: "/project/pylock.docs.toml", settled: "" },
];
const about = { inputs: [], warnings: ["careful"] };

describe("a cache entry of `posy lock`", () => {
  test("has the locks, the warnings and the inputs", async () => {
    using fixture = await newWarmFixture();
    const location = locationIn(fixture);
    await writeLockEntry(location, about, locks, undefined);
    assert.deepEqual(readLockEntry(location), {
      lockMemoVersion: 1,
      identity: "options",
      ...about,
      locks: [
        { path: "/project/pylock.toml", settled: "1", answered: true },
        { path: "/project/pylock.docs.toml", settled: "", answered: false },
      ],
    });
    assert.deepEqual(readLockAnswer(location, 0), answer);
    assert.equal(readLockAnswer(location, 1), undefined);
  });

  test("keeps the answer for a lock if the next command has no new one", async () => {
    using fixture = await newWarmFixture();
    const location = locationIn(fixture);
    await writeLockEntry(location, about, locks, undefined);
    const next = locks.map(({ path, settled }) => ({ path, settled }));
    await writeLockEntry(location, about, next, readLockEntry(location));
    const answered = () => readLockEntry(location)?.locks.map((lock) => lock.answered);
    assert.deepEqual(answered(), [true, false]);
    // Another lock at the same position has no answer.
    await writeLockEntry(location, about, [...next].reverse(), readLockEntry(location));
    assert.deepEqual(answered(), [false, false]);
    await writeLockEntry(location, about, [...next].reverse(), undefined);
    assert.deepEqual(answered(), [false, false]);
  });

  test("is not used for other options, or after one of its inputs has changed", async () => {
    using fixture = await newWarmFixture();
    const location = locationIn(fixture);
    const file = join(fixture.cwd, "pyproject.toml");
    writeFileSync(file, "1");
    const variable = variableInput("POSY_TEST_INPUT", process.env);
    await writeLockEntry(
      location,
      { inputs: [[file, fingerprint(file)], variable], warnings: [] },
      [],
      undefined,
    );
    assert.notEqual(readLockEntry(location), undefined);
    assert.equal(readLockEntry({ ...location, identity: "others" }), undefined);
    process.env["POSY_TEST_INPUT"] = "1";
    try {
      assert.equal(readLockEntry(location), undefined);
    } finally {
      delete process.env["POSY_TEST_INPUT"];
    }
    writeFileSync(file, "22");
    assert.equal(readLockEntry(location), undefined);
  });

  const damages: readonly (readonly [title: string, change: (text: string) => string])[] = [
    ["is no JSON", (text) => text.slice(0, -5)],
    ["has another version", (text) => text.replace('"lockMemoVersion":1', '"lockMemoVersion":2')],
    ["has no inputs", (text) => text.replace('"inputs":[]', '"inputs":""')],
    ["has no locks", (text) => text.replace('"locks":[', '"others":[')],
    ["has no warnings", (text) => text.replace('"warnings":["careful"]', '"warnings":"careful"')],
  ];
  for (const [title, change] of damages) {
    test(`is not used if it ${title}`, async () => {
      using fixture = await newWarmFixture();
      const location = locationIn(fixture);
      await writeLockEntry(location, about, locks, undefined);
      const text = readFileSync(location.path, "utf8");
      assert.notEqual(change(text), text);
      writeFileSync(location.path, change(text));
      assert.equal(readLockEntry(location), undefined);
    });
  }

  test("has no answer for a lock whose file is damaged", async () => {
    using fixture = await newWarmFixture();
    const location = locationIn(fixture);
    await writeLockEntry(location, about, locks, undefined);
    writeFileSync(`${location.path}.0`, "{\n");
    assert.equal(readLockAnswer(location, 0), undefined);
  });

  test("that can't be written is no error", async () => {
    using fixture = await newWarmFixture();
    rmSync(fixture.home.briefs, { recursive: true });
    writeFileSync(fixture.home.briefs, "");
    await writeLockEntry(locationIn(fixture), about, locks, undefined);
    assert.equal(readLockEntry(locationIn(fixture)), undefined);
  });

  test("is not written without the answers that it names", async () => {
    using fixture = await newWarmFixture();
    const location = locationIn(fixture);
    mkdirSync(join(`${location.path}.0`, "folder"), { recursive: true });
    await writeLockEntry(location, about, locks, undefined);
    assert.equal(readLockEntry(location), undefined);
  });
});
