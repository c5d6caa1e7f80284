import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { BuildDispatch } from "../../../src/builder/build-dispatch.ts";
import { BuildFailure } from "../../../src/builder/diagnose/build-failure.ts";
import {
  createFailures,
  type Failures,
  forgetFailures,
  isKnownToFail,
  unlessKnownToFail,
} from "../../../src/builder/store/known-failures.ts";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { newStoreFixture, type StoreFixture } from "./store-fixture.ts";

const failure = new BuildFailure("it does not compile", { hint: "install gcc" });
const dispatchWith = (failures: Failures) => ({ failures }) as unknown as BuildDispatch;

/** Runs a build in a run of the program, and returns its result or its failure, and whether the build was run. */
async function attempt(
  fixture: StoreFixture,
  failures: Failures,
  result: unknown,
  what: unknown = "wheel",
): Promise<{ readonly result: unknown; readonly ran: boolean }> {
  let ran = false;
  const build = async () => {
    ran = true;
    // A build takes its time.
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (result instanceof Error) throw result;
    return result;
  };
  const ended = await unlessKnownToFail(fixture.entry(), what, dispatchWith(failures), build).catch(
    (error: unknown) => error,
  );
  return { result: ended, ran };
}

const stored = (fixture: StoreFixture) => {
  const { indexFolder } = fixture.entry();
  return existsSync(indexFolder) ? readdirSync(indexFolder) : [];
};

describe("a build that failed", () => {
  test("is not tried again in this run and in later ones, and fails with the same message and hint", async () => {
    await using fixture = await newStoreFixture();
    const failures = createFailures(false);
    const first = await attempt(fixture, failures, failure);
    assert.equal(first.result, failure);
    assert.match(stored(fixture).join(), /^failed-[0-9a-f]{32}\.json$/);
    for (const run of [failures, createFailures(false)]) {
      const { result, ran } = await attempt(fixture, run, "made");
      assert.ok(!ran && result instanceof BuildFailure);
      assert.deepEqual([result.message, result.hint], ["it does not compile", "install gcc"]);
      assert.equal(result.transient, false);
    }
  });

  test("says nothing about another build of the same source", async () => {
    await using fixture = await newStoreFixture();
    await attempt(fixture, createFailures(false), failure, ["wheel", "one tool"]);
    const { result, ran } = await attempt(fixture, createFailures(false), "made", ["wheel", "another tool"]);
    assert.deepEqual({ result, ran }, { result: "made", ran: true });
  });

  test("is tried again once with `--refresh`", async () => {
    await using fixture = await newStoreFixture();
    await attempt(fixture, createFailures(false), failure);
    const failures = createFailures(true);
    assert.deepEqual(await attempt(fixture, failures, failure), { result: failure, ran: true });
    assert.equal((await attempt(fixture, failures, "made")).ran, false);
  });

  for (const [title, error] of [
    ["may succeed later", new BuildFailure("no memory", { hint: "wait", transient: true })],
    ["has another cause", new PosyError("network", "no connection", { hint: "connect" })],
    ["is a bug of Posy", new TypeError("a bug")],
  ] as const) {
    test(`is tried again if the failure ${title}`, async () => {
      await using fixture = await newStoreFixture();
      const failures = createFailures(false);
      assert.deepEqual(await attempt(fixture, failures, error), { result: error, ran: true });
      assert.deepEqual(stored(fixture), []);
      assert.deepEqual(await attempt(fixture, failures, "made"), { result: "made", ran: true });
    });
  }

  test("is tried again if its file is damaged, and an unreadable file is an error", async () => {
    await using fixture = await newStoreFixture();
    await attempt(fixture, createFailures(false), failure);
    const { indexFolder } = fixture.entry();
    const [name = ""] = readdirSync(indexFolder);
    writeFileSync(join(indexFolder, name), "{");
    assert.deepEqual(await attempt(fixture, createFailures(false), "made"), { result: "made", ran: true });
    await using unreadable = await newStoreFixture();
    mkdirSync(join(unreadable.entry().indexFolder, name), { recursive: true });
    assert.ok((await attempt(unreadable, createFailures(false), "made")).result instanceof PosyError);
  });

  test("is forgotten after another build of the source succeeded, also by two processes at once", async () => {
    await using fixture = await newStoreFixture();
    const entry = fixture.entry();
    await forgetFailures(entry);
    await attempt(fixture, createFailures(false), failure, "one");
    await attempt(fixture, createFailures(false), failure, "two");
    await entry.keepMetadata("Name: lib\n");
    await Promise.all([forgetFailures(entry), forgetFailures(entry)]);
    assert.deepEqual(stored(fixture), ["METADATA"]);
  });
});

describe("resolving once more without the failures of earlier runs", () => {
  test("is worth it if one was used, and only once", async () => {
    await using fixture = await newStoreFixture();
    await attempt(fixture, createFailures(false), failure);
    const failures = createFailures(false);
    assert.equal(failures.retry(), false);
    const later = createFailures(false);
    await attempt(fixture, later, "made");
    assert.equal(later.retry(), true);
    assert.equal(later.retry(), false);
    assert.deepEqual(await attempt(fixture, later, "made"), { result: "made", ran: true });
    assert.equal(later.retry(), false);
  });

  test("is not worth it with `--refresh`, or if only this run failed", async () => {
    await using fixture = await newStoreFixture();
    await attempt(fixture, createFailures(false), failure);
    const refreshing = createFailures(true);
    await attempt(fixture, refreshing, "made");
    assert.equal(refreshing.retry(), false);
    await using other = await newStoreFixture();
    const failures = createFailures(false);
    await attempt(other, failures, failure);
    await attempt(other, failures, failure);
    assert.equal(failures.retry(), false);
  });

  test("starts without the failures of packages", () => {
    const name = parsePackageName("lib");
    const failures = createFailures(false);
    const isKnown = (packageName = name, version = "3.13.5") =>
      isKnownToFail({ name: packageName }, { version } as never, dispatchWith(failures));
    assert.equal(isKnown(), false);
    failures.first.set(name, new Map([["3.13.5", failure]]));
    assert.equal(isKnown(), true);
    assert.equal(isKnown(name, "3.12.1"), false);
    assert.equal(isKnown(parsePackageName("other")), false);
    failures.retry();
    assert.equal(isKnown(), false);
  });
});
