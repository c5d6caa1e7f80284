import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOfBrief } from "../../src/operations/session/brief-fingerprint.ts";
import { type BriefRecipe, briefOf } from "../support/brief.ts";

const of = (recipe: BriefRecipe) => fingerprintOfBrief(briefOf(["a"], recipe), "/project");

test("a fingerprint depends on the requested Pythons and their order, not on where the requests are written", () => {
  const pythons = (python: string, ...more: readonly string[]) =>
    of({
      python,
      morePythons: more.map((each) => ({ python: each, pythonOrigin: `pyproject.toml:${each}` })),
    });
  const all = [
    of({}),
    pythons("3.12"),
    pythons("3.10"),
    pythons("3.12", "3.10"),
    pythons("3.10", "3.12"),
    of({ python: "3.12", requiresPython: ">=3.10" }),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(of({ python: "3.12", pythonOrigin: ".python-version" }), pythons("3.12"));
  assert.equal(
    of({ python: "3.12", morePythons: [{ python: "3.10", optional: true }] }),
    pythons("3.12", "3.10"),
  );
});
