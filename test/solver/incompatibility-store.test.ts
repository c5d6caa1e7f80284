import assert from "node:assert/strict";
import { test } from "node:test";
import { BitSet } from "../../src/solver/bit-set.ts";
import { dependencyIncompatibility } from "../../src/solver/dependency-incompatibility.ts";
import type { Incompatibility } from "../../src/solver/incompatibility.ts";
import { IncompatibilityStore } from "../../src/solver/incompatibility-store.ts";

const length = 40;

/** `app` at one version requires versions of `library`. */
function dependency(version: number, library: BitSet, forbids = false) {
  const app = BitSet.single(length, version);
  const added = dependencyIncompatibility<string, BitSet, string>("app", app, {
    package: "library",
    versions: library,
    forbids,
    reason: "",
  });
  assert.ok(added !== undefined);
  return added;
}

function versionsOf(incompatibility: Incompatibility<string, BitSet, string> | undefined): readonly number[] {
  return [...(incompatibility?.terms.get("app")?.versions.members() ?? [])];
}

test("versions with the same dependency share one incompatibility", () => {
  const store = new IncompatibilityStore<string, BitSet, string>();
  for (let version = 0; version < length; version++)
    store.addDependency(dependency(version, BitSet.range(length, version % 4, length)));
  assert.equal(store.of("app").length, 4);
  assert.deepEqual(
    store.of("library").map((each) => versionsOf(each)[1]),
    [4, 5, 6, 7],
  );
});

test("a requirement and a ban of the same versions are two incompatibilities", () => {
  const store = new IncompatibilityStore<string, BitSet, string>();
  const versions = BitSet.single(length, 3);
  store.addDependency(dependency(0, versions));
  store.addDependency(dependency(1, versions, true));
  assert.deepEqual(store.of("app").map(versionsOf), [[0], [1]]);
});
