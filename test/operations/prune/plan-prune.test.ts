import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { CacheEntry } from "../../../src/operations/prune/cache-facts.ts";
import { planPrune, type PruneFacts, type PruneRules } from "../../../src/operations/prune/plan-prune.ts";

const rules: PruneRules = { unusedSince: 100, ci: false, archives: false };

/**
 * Two wheels and an interpreter. `a` is an Env that is kept, `b` one that a run used at 150, `c` one that nothing
 * needs.
 */
const facts: PruneFacts = {
  store: {
    envs: [
      { path: "envs/a", isKept: true, entries: ["wheels/1", "pythons/p"], lastUsed: undefined },
      { path: "envs/b", isKept: false, entries: ["wheels/1", "wheels/2", "pythons/p"], lastUsed: 150 },
      { path: "envs/c", isKept: false, entries: ["wheels/3", "pythons/q"], lastUsed: undefined },
    ],
    wheels: ["wheels/1", "wheels/2", "wheels/3"].map((path) => ({ path, isKept: false })),
    pythons: [
      { path: "pythons/p", isKept: false },
      { path: "pythons/q", isKept: false },
      { path: "pythons/asked", isKept: true },
    ],
  },
  runs: [{ path: "briefs/b", prefix: "envs/b", lastUsed: 150, isCurrent: true }],
  cache: [],
};

function cached(
  bucket: CacheEntry["bucket"],
  name: string,
  lastUsed: number,
  sha256s: readonly string[] = [],
): CacheEntry {
  return { bucket, path: `${bucket}/${name}`, lastUsed, sha256s };
}

function planned(given: PruneFacts, changes: Partial<PruneRules> = {}): Readonly<Record<string, string>> {
  const { removals } = planPrune(given, { ...rules, ...changes }, () => 10);
  return Object.fromEntries(removals.map(({ path, reason }) => [path, reason]));
}

describe("pruning", () => {
  test("removes the Envs that nothing needs, and the wheels and interpreters that only they need", () => {
    assert.deepEqual(planned(facts), { "envs/c": "unused", "wheels/3": "unused", "pythons/q": "unused" });
  });

  test("removes remembered runs that are old or outdated", () => {
    const runs = [
      { path: "briefs/old", prefix: "envs/x", lastUsed: 99, isCurrent: true },
      { path: "briefs/outdated", prefix: "envs/x", lastUsed: 200, isCurrent: false },
      { path: "briefs/good", prefix: "envs/b", lastUsed: 100, isCurrent: true },
    ];
    const removed = planned({ ...facts, runs });
    assert.equal(removed["briefs/old"], "old");
    assert.equal(removed["briefs/outdated"], "old");
    assert.equal(removed["briefs/good"], undefined);
  });

  test("removes archives that stay unpacked in the store, unless they are wanted", () => {
    const cache = [cached("artifacts", "1", 200, ["1"]), cached("artifacts", "sdist", 200, ["sdist"])];
    assert.equal(planned({ ...facts, cache })["artifacts/1"], "unpacked");
    assert.equal(planned({ ...facts, cache })["artifacts/sdist"], undefined);
    assert.equal(planned({ ...facts, cache }, { archives: true })["artifacts/1"], undefined);
  });

  test("keeps an archive that was used lately if its unpacked form is removed", () => {
    const cache = [cached("artifacts", "3", 200, ["3"])];
    assert.equal(planned({ ...facts, cache })["artifacts/3"], undefined);
  });

  test("removes what was not used for long from the cache, but no build whose wheel is in use", () => {
    const cache = [
      cached("http", "old", 99),
      cached("http", "new", 100),
      cached("builds", "old", 99, ["3"]),
      cached("builds", "used", 99, ["other", "1"]),
    ];
    const removed = planned({ ...facts, cache });
    assert.equal(removed["http/old"], "old");
    assert.equal(removed["builds/old"], "old");
    assert.equal(removed["http/new"] ?? removed["builds/used"], undefined);
  });

  test("for CI keeps builds and what is kept, and removes what is quick to get", () => {
    const cache = [
      cached("artifacts", "sdist", 200, ["sdist"]),
      cached("http", "page", 200),
      cached("builds", "b", 200, ["2"]),
      cached("git", "g", 200),
    ];
    const removed = planned({ ...facts, cache }, { ci: true });
    assert.deepEqual(Object.keys(removed).sort(), [
      "artifacts/sdist",
      "briefs/b",
      "envs/b",
      "envs/c",
      "http/page",
      "pythons/q",
      "wheels/2",
      "wheels/3",
    ]);
    assert.ok(Object.values(removed).every((reason) => reason === "quick"));
  });

  test("down to a size begins with what was used least recently", () => {
    const cache = [cached("http", "newest", 300), cached("http", "oldest", 120)];
    // After what nothing needs: Envs a and b, wheels 1 and 2, two interpreters, a run, two pages. Each has 10 bytes.
    const given = { ...facts, cache };
    const limited = (maxSize: number) =>
      Object.keys(planned(given, { maxSize })).filter((path) => !/[3cq]$/.test(path));
    assert.deepEqual(limited(90), []);
    assert.deepEqual(limited(89), ["http/oldest"]);
    assert.deepEqual(limited(79).sort(), ["briefs/b", "envs/b", "http/oldest", "wheels/2"]);
    assert.deepEqual(limited(49).sort(), ["briefs/b", "envs/b", "http/newest", "http/oldest", "wheels/2"]);
  });

  test("tells by how much the rest is too large", () => {
    const { excess } = planPrune(facts, { ...rules, maxSize: 25 }, () => 10);
    // An Env, a wheel and two interpreters stay.
    assert.equal(excess, 15);
    assert.equal(planPrune(facts, { ...rules, maxSize: 1000 }, () => 10).excess, undefined);
  });

  test("never removes what is kept, nor what an Env that stays needs", () => {
    const names = ["1", "2", "3", "4", "5"];
    const entry = fc.record({ path: fc.constantFrom(...names), isKept: fc.boolean() });
    const entries = (bucket: string) =>
      fc
        .uniqueArray(entry, { selector: ({ path }) => path })
        .map((all) => all.map((each) => ({ ...each, path: `${bucket}/${each.path}` })));
    const env = fc.record({
      path: fc.constantFrom(...names.map((name) => `envs/${name}`)),
      isKept: fc.boolean(),
      entries: fc.subarray([
        ...names.map((name) => `wheels/${name}`),
        ...names.map((name) => `pythons/${name}`),
      ]),
      lastUsed: fc.option(fc.nat(300), { nil: undefined }),
    });
    const store = fc.record({
      envs: fc.uniqueArray(env, { selector: ({ path }) => path }),
      wheels: entries("wheels"),
      pythons: entries("pythons"),
    });
    const given = fc.record({
      unusedSince: fc.nat(300),
      ci: fc.boolean(),
      archives: fc.boolean(),
      maxSize: fc.option(fc.nat(200), { nil: undefined }),
    });
    fc.assert(
      fc.property(store, given, (anyStore, anyRules) => {
        const { removals } = planPrune({ store: anyStore, runs: [], cache: [] }, anyRules, () => 10);
        const removed = new Set(removals.map(({ path }) => path));
        assert.equal(removed.size, removals.length);
        const all = [...anyStore.envs, ...anyStore.wheels, ...anyStore.pythons];
        for (const { path, isKept } of all) assert.ok(!isKept || !removed.has(path), path);
        for (const { path, entries: needed } of anyStore.envs) {
          if (!removed.has(path))
            for (const each of needed) assert.ok(!removed.has(each), `${path}: ${each}`);
        }
      }),
    );
  });
});
