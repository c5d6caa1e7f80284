import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Blueprint } from "../../src/model/blueprint.ts";
import type { FakeIndex } from "../support/fake-package-db.ts";
import { failing, resolving, type Scene } from "./resolving.ts";

const pythons = ["3.14.2", "3.13.5", "3.12.4", "3.12.1", "3.11.3", "3.10.8"];
const more = (...list: readonly string[]) => list.map((python) => ({ python }));
const told = ({ targets }: Blueprint) =>
  targets.map(({ platform, python, packages }) =>
    [
      platform.split("-")[0],
      python.version,
      ...packages.map(({ name, version }) => `${name} ${version}`),
    ].join(" "),
  );

/** `2.0` supports Python 3.12 and newer; `1.5` supports all. */
const index: FakeIndex = {
  a: { "1.0": {}, "1.5": {}, "2.0": { requiresPython: ">=3.12" } },
};

const asked = (first: string | undefined, rest: readonly string[], scene: Partial<Scene> = {}) =>
  resolving(index, {
    with: ["a"],
    pythons,
    ...scene,
    brief: { python: first, morePythons: more(...rest), ...scene.brief },
  });

describe("resolving for several Pythons", () => {
  test("solves each Python on every platform, in the requested order", async () => {
    const { blueprint } = await asked("3.12", ["3.10", "3.14"], {
      brief: {
        python: "3.12",
        morePythons: more("3.10", "3.14"),
        platforms: ["linux-x86_64", "windows-x86_64"],
      },
    });
    assert.deepEqual(told(blueprint), [
      "linux 3.12.4 a 2.0",
      "windows 3.12.4 a 2.0",
      "linux 3.10.8 a 1.5",
      "windows 3.10.8 a 1.5",
      "linux 3.14.2 a 2.0",
      "windows 3.14.2 a 2.0",
    ]);
  });

  test("does not let an old Python hold back the newest, whichever comes first", async () => {
    const { blueprint } = await asked("3.10", ["3.14"]);
    assert.deepEqual(told(blueprint), ["linux 3.10.8 a 1.5", "linux 3.14.2 a 2.0"]);
  });

  test("does not let a new Python raise the lowest versions of the oldest", async () => {
    const rising: FakeIndex = { a: { "1.0": { requiresPython: "<3.12" }, "1.5": {}, "2.0": {} } };
    const { blueprint } = await resolving(rising, {
      with: ["a"],
      pythons,
      brief: { python: "3.14", morePythons: more("3.10"), prefer: "lowest" },
    });
    assert.deepEqual(told(blueprint), ["linux 3.14.2 a 1.5", "linux 3.10.8 a 1.0"]);
  });

  const once: readonly [first: string | undefined, rest: readonly string[], found: readonly string[]][] = [
    ["3.12", ["==3.12.*"], ["3.12.4"]],
    ["3.12", [">=3.10"], ["3.12.4"]],
    [">=3.10", ["3.12"], ["3.14.2", "3.12.4"]],
    ["3.12.1", ["3.12"], ["3.12.1"]],
    ["3.12", ["3.12.1"], ["3.12.4", "3.12.1"]],
    [undefined, ["3.14", "3.11"], ["3.14.2", "3.11.3"]],
  ];
  for (const [first, rest, found] of once) {
    test(`adds no second target for a request that a chosen Python meets: ${first ?? "any"} and ${rest.join(", ")}`, async () => {
      const { blueprint } = await asked(first, rest);
      assert.deepEqual(
        blueprint.targets.map(({ python }) => python.version),
        found,
      );
    });
  }

  test("adds no second target if the first request fell back to a Python that meets the second", async () => {
    const { blueprint } = await resolving(
      { a: { "1.0": { requiresPython: "<3.14" } } },
      { with: ["a"], pythons, brief: { python: ">=3.13", morePythons: more("3.13") } },
    );
    assert.deepEqual(told(blueprint), ["linux 3.13.5 a 1.0"]);
  });

  test("leaves out an optional Python that is not available, with a warning", async () => {
    const { blueprint, reporter } = await resolving(index, {
      with: ["a"],
      pythons,
      brief: {
        python: "3.12",
        morePythons: [
          { python: "3.8", pythonOrigin: "pyproject.toml:7", optional: true },
          { python: "3.10", optional: true },
        ],
      },
    });
    assert.deepEqual(told(blueprint), ["linux 3.12.4 a 2.0", "linux 3.10.8 a 1.5"]);
    assert.deepEqual(reporter.warnings(), [
      "no Python that meets `3.8` (`pyproject.toml:7`) is available for `linux-x86_64`: it is left out there",
    ]);
  });

  test("names the origin of a Python that is not available or that has no solution", async () => {
    const absent = await failing(index, {
      with: ["a"],
      pythons,
      brief: { python: "3.12", morePythons: [{ python: "3.8", pythonOrigin: "pyproject.toml:7" }] },
    });
    assert.match(absent.message, /^no Python that meets `3\.8` \(`pyproject\.toml:7`\) is available/);
    const unfit = await failing(index, {
      with: ["a>=2"],
      pythons,
      brief: { python: "3.12", morePythons: [{ python: "3.11", pythonOrigin: "pyproject.toml:7" }] },
    });
    assert.match(
      unfit.message,
      /\(Python 3\.11\.3, linux-x86_64\)[^]*`pyproject\.toml:7` asks for Python `3\.11`/,
    );
    assert.equal(unfit.hint, "`pyproject.toml:7` could ask for another Python: `>=3.12`");
  });
});

test("resolving checks a Python that is named by its path against `requires-python`", async () => {
  const brief = { python: "./python", pythonOrigin: "pyproject.toml:7" };
  const { python } = await resolving(index, {
    with: ["a"],
    pythons: ["3.12.1"],
    brief: { ...brief, requiresPython: ">=3.12" },
  });
  assert.equal(python, "3.12.1");
  const error = await failing(index, {
    with: ["a"],
    pythons: ["3.12.1"],
    brief: { ...brief, requiresPython: ">=3.13" },
  });
  assert.match(
    error.message,
    /^`\.\/python` is Python 3\.12\.1, and `requires-python` is `>=3\.13` \(`pyproject\.toml:7` asks for/,
  );
});

describe("an earlier Blueprint for several Pythons", () => {
  const before: FakeIndex = { a: { "1.0": {}, "1.5": { requiresPython: ">=3.12" } } };
  const now: FakeIndex = { a: { ...before["a"], "2.0": {} } };
  const earlier = async (first: string, ...rest: readonly string[]) =>
    (await resolving(before, { with: ["a"], pythons, brief: { python: first, morePythons: more(...rest) } }))
      .blueprint;
  const again = async (preferences: Blueprint, first: string, ...rest: readonly string[]) =>
    told(
      (
        await resolving(now, {
          with: ["a"],
          pythons: ["3.14.9", ...pythons],
          preferences,
          brief: { python: first, morePythons: more(...rest) },
        })
      ).blueprint,
    );

  test("keeps the interpreter and the pins of each Python", async () => {
    const preferences = await earlier("3.14", "3.11");
    assert.deepEqual(await again(preferences, "3.14", "3.11"), ["linux 3.14.2 a 1.5", "linux 3.11.3 a 1.0"]);
    assert.deepEqual(await again(preferences, "3.11", "3.14"), ["linux 3.11.3 a 1.0", "linux 3.14.2 a 1.5"]);
  });

  test("gives a new Python the pins of the nearest version", async () => {
    const preferences = await earlier("3.14", "3.11");
    assert.deepEqual(await again(preferences, "3.14", "3.11", "3.10", "3.13"), [
      "linux 3.14.2 a 1.5",
      "linux 3.11.3 a 1.0",
      "linux 3.10.8 a 1.0",
      "linux 3.13.5 a 1.5",
    ]);
    assert.deepEqual(await again(preferences, "3.10"), ["linux 3.10.8 a 1.0"]);
    assert.deepEqual(await again(preferences, "3.13"), ["linux 3.13.5 a 1.5"]);
  });

  test("is matched to requests for one minor version before requests for a range", async () => {
    const preferences = await earlier("3.11");
    assert.deepEqual(await again(preferences, ">=3.11", "3.11"), [
      "linux 3.14.9 a 1.0",
      "linux 3.11.3 a 1.0",
    ]);
    assert.deepEqual(await again(await earlier(">=3.11", "3.11"), ">=3.11", "3.11"), [
      "linux 3.14.2 a 1.5",
      "linux 3.11.3 a 1.0",
    ]);
  });
});
