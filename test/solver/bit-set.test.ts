import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { BitSet } from "../../src/solver/bit-set.ts";

const length = 100;
const members = fc.uniqueArray(fc.integer({ min: 0, max: length - 1 }));
const of = (indexes: readonly number[]) => BitSet.where(length, (index) => indexes.includes(index));
const sorted = (indexes: Iterable<number>) => [...indexes].sort((a, b) => a - b);

test("a bit set behaves like a set of numbers", () => {
  fc.assert(
    fc.property(members, members, (a, b) => {
      const [left, right] = [of(a), of(b)];
      assert.deepEqual([...left.members()], sorted(a));
      assert.equal(left.first(), a.length === 0 ? -1 : Math.min(...a));
      assert.equal(left.last(), a.length === 0 ? -1 : Math.max(...a));
      assert.deepEqual([...left.union(right).members()], sorted(new Set([...a, ...b])));
      assert.deepEqual([...left.intersection(right).members()], sorted(a.filter((each) => b.includes(each))));
      assert.deepEqual([...left.difference(right).members()], sorted(a.filter((each) => !b.includes(each))));
      assert.equal(
        left.isSubsetOf(right),
        a.every((each) => b.includes(each)),
      );
      assert.equal(left.isDisjointFrom(right), !a.some((each) => b.includes(each)));
      assert.equal(left.equals(right), left.isSubsetOf(right) && right.isSubsetOf(left));
      assert.equal(left.isEmpty(), a.length === 0);
      assert.equal(left.hash, of(a.toReversed()).hash);
    }),
    { seed: 1 },
  );
});

test("full, single and empty sets are right at the edges of a word", () => {
  for (const size of [0, 1, 31, 32, 33, 64]) {
    assert.equal([...BitSet.full(size).members()].length, size);
    assert.ok(BitSet.empty(size).isEmpty());
    if (size > 0) assert.deepEqual([...BitSet.single(size, size - 1).members()], [size - 1]);
    assert.equal(BitSet.full(size).has(size), false);
  }
});

test("a range has exactly its members, even if it crosses the edge of a word", () => {
  const end = fc.integer({ min: 0, max: length });
  fc.assert(
    fc.property(end, end, (from, to) => {
      const lies = (index: number) => index >= from && index < to;
      assert.ok(BitSet.range(length, from, to).equals(BitSet.where(length, lies)), `${from} to ${to}`);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test("the sets of one version have different hashes", () => {
  const hashes = Array.from({ length: 3000 }, (_, index) => BitSet.single(3000, index).hash);
  assert.equal(new Set(hashes).size, 3000);
});
