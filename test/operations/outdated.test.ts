import assert from "node:assert/strict";
import { test } from "node:test";
import { PosyError } from "../../src/errors/posy-error.ts";
import type { HeldBack } from "../../src/resolve/explain/held-back.ts";
import { type Outdated, outdatedPackages } from "../../src/operations/outdated/outdated-packages.ts";
import type { Machine } from "../../src/system/machine/machine.ts";
import { resolving, type Scene } from "../resolve/resolving.ts";
import { briefOf } from "../support/brief.ts";
import { type FakeIndex, fakePackageDB } from "../support/fake-package-db.ts";

interface Case extends Omit<Scene, "with"> {
  readonly with: readonly string[];
  /** The index at the time of locking. */
  readonly old: FakeIndex;
  /** Releases since then. The versions of `old` stay. */
  readonly now: FakeIndex;
  /** The Python of the lock. */
  readonly lockedPython?: string;
  readonly shows: readonly string[];
}

const machine: Machine = {
  platform: "linux-x86_64",
  platformTags: ["manylinux_2_36_x86_64"],
  markers: { platform_release: "6.1", platform_version: "#1 SMP", platform_machine: "x86_64" },
};

const merged = (old: FakeIndex, now: FakeIndex): FakeIndex =>
  Object.fromEntries(
    [...new Set([...Object.keys(old), ...Object.keys(now)])].map((name) => [
      name,
      { ...old[name], ...now[name] },
    ]),
  );

/** `a 1.0 → 1.5 of 2.0: a<2`, a line for each target of each package. */
async function shown({ old, now, lockedPython, ...scene }: Case): Promise<readonly string[]> {
  const index = merged(old, now);
  const pythons = lockedPython === undefined ? {} : { pythons: [lockedPython] };
  const { blueprint: before } = await resolving(old, { ...scene, ...pythons });
  const { blueprint: after } = await resolving(index, scene);
  const rows = await outdatedPackages([
    {
      env: "default",
      brief: briefOf(scene.with, scene.brief),
      before,
      after,
      db: scene.db ?? fakePackageDB(index),
      machine,
    },
  ]);
  return rows.flatMap(linesOf);
}

function linesOf({ name, newest, targets }: Outdated): readonly string[] {
  return targets.map(({ platform, python, locked, allowed, heldBack }) => {
    const on = targets.length > 1 ? ` on ${platform} ${python}` : "";
    const why = heldBack.length > 0 ? `: ${heldBack.map(textOf).join("; ")}` : "";
    return `${name} ${locked} → ${allowed ?? "none"} of ${newest}${on}${why}`;
  });
}

function textOf(reason: HeldBack): string {
  switch (reason.kind) {
    case "written":
      return `written ${reason.requirement}`;
    case "package":
      return `${reason.name} ${reason.version} needs ${reason.requirement}`;
    case "needs":
      return `needs ${reason.requirement}, has ${reason.has}`;
    case "files":
    case "conflict":
      return reason.says;
    default:
      return reason.kind;
  }
}

const cases: Record<string, Case> = {
  "nothing if there are no new releases": { with: ["a"], old: { a: { "1.0": {} } }, now: {}, shows: [] },
  "the version that an upgrade would take": {
    with: ["a>=1"],
    old: { a: { "1.0": {} } },
    now: { a: { "1.1": {} } },
    shows: ["a 1.0 → 1.1 of 1.1"],
  },
  "a bound in a requirement": {
    with: ["a>=1,<2"],
    old: { a: { "1.0": {} } },
    now: { a: { "1.5": {}, "2.0": {} } },
    shows: ["a 1.0 → 1.5 of 2.0: written a>=1,<2"],
  },
  "a constraint and an override": {
    with: ["a", "b<3"],
    brief: { constraints: ["a<2"], overrides: ["b==1.0"] },
    old: { a: { "1.0": {} }, b: { "1.0": {} } },
    now: { a: { "2.0": {} }, b: { "2.0": {} } },
    shows: ["a 1.0 → 1.0 of 2.0: written a<2", "b 1.0 → 1.0 of 2.0: written b==1.0"],
  },
  "the requirement of another package after its upgrade": {
    with: ["a"],
    old: { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {} } },
    now: { a: { "1.1": { requires: ["b<2"] } }, b: { "2.0": {} } },
    shows: ["a 1.0 → 1.1 of 1.1", "b 1.0 → 1.0 of 2.0: a 1.1 needs b<2"],
  },
  "the requirement of an extra": {
    with: ["a[x]"],
    old: {
      a: { "1.0": { requires: ["b<2; extra == 'x'", "b<1; extra == 'y'"], extras: ["x", "y"] } },
      b: { "1.0": {} },
    },
    now: { b: { "2.0": {} } },
    shows: ["b 1.0 → 1.0 of 2.0: a 1.0 needs b<2"],
  },
  "no requirement of another platform": {
    with: ["a", "b; sys_platform == 'win32'", "b<2; sys_platform == 'linux'"],
    brief: { platforms: ["linux-x86_64", "windows-x86_64"] },
    old: { a: { "1.0": { requires: ["b<2; sys_platform == 'win32'"] } }, b: { "1.0": {} } },
    now: { b: { "2.0": {} } },
    shows: [
      "b 1.0 → 1.0 of 2.0 on linux-x86_64 3.12.1: written b<2",
      "b 1.0 → 1.0 of 2.0 on windows-x86_64 3.12.1: a 1.0 needs b<2",
    ],
  },
  "a requirement of the newest version itself": {
    with: ["a", "b<2"],
    old: { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {} } },
    now: { a: { "2.0": { requires: ["b>=2"] } }, b: { "2.0": {} } },
    shows: ["a 1.0 → 1.0 of 2.0: needs b>=2, has 1.0", "b 1.0 → 1.0 of 2.0: written b<2"],
  },
  "a `requires-python` that only the metadata have": {
    with: ["a", "b"],
    old: { a: { "1.0": {} }, b: { "1.0": {} } },
    now: {
      a: { "2.0": { metadataRequiresPython: ">=3.13" } },
      b: { "2.0": { metadataRequiresPython: ">=3.8" } },
    },
    shows: ["a 1.0 → 1.0 of 2.0: needs Python `>=3.13` (this is 3.12.1)", "b 1.0 → 2.0 of 2.0"],
  },
  "a target that has no file of the new version, and so holds back the others": {
    with: ["a"],
    brief: { platforms: ["linux-x86_64", "windows-x86_64"] },
    old: { a: { "1.0": {} } },
    now: { a: { "2.0": { wheels: ["py3-none-win_amd64"] } } },
    shows: [
      "a 1.0 → 1.0 of 2.0 on linux-x86_64 3.12.1: has no wheel for Python 3.12 on linux-x86_64 (its wheels are for Windows x86_64)",
      "a 1.0 → 1.0 of 2.0 on windows-x86_64 3.12.1: together",
    ],
  },
  "a conflict without a simple reason": {
    with: ["a", "b<2"],
    old: { a: { "1.0": {} }, b: { "1.0": {} } },
    now: { a: { "2.0": { requires: ["c"] } }, c: { "1.0": { requires: ["b>=2"] } }, b: { "2.0": {} } },
    shows: ["a 1.0 → 1.0 of 2.0: other", "b 1.0 → 1.0 of 2.0: written b<2"],
  },
  "a package that is no longer needed": {
    with: ["a"],
    old: { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {} } },
    now: { a: { "1.1": {} }, b: { "2.0": {} } },
    shows: ["a 1.0 → 1.1 of 1.1", "b 1.0 → none of 2.0: other"],
  },
  "no version that is yanked, a pre-release, or without a usable file": {
    with: ["a"],
    old: { a: { "1.0": {} } },
    now: { a: { "2.0": { yanked: "no" }, "3.0rc1": {}, "4.0": { wheels: ["cp27-none-win_amd64"] } } },
    shows: [],
  },
  "pre-releases if they are allowed": {
    with: ["a", "b>=1.0a1", "c", "d>=1.0a1"],
    brief: { prereleases: { a: "allow" } },
    old: { a: { "1.0": {} }, b: { "1.0": {} }, c: { "1.0": {} }, d: { "1.0a1": {} } },
    now: { a: { "2.0rc1": {} }, b: { "2.0rc1": {} }, c: { "2.0rc1": {} }, d: { "1.0a2": {} } },
    shows: ["a 1.0 → 2.0rc1 of 2.0rc1", "d 1.0a1 → 1.0a2 of 1.0a2"],
  },
  "no package that comes from a URL": {
    with: ["a @ https://h/a-1.0-py3-none-any.whl"],
    db: fakePackageDB(
      { a: { "2.0": {} } },
      { direct: { "https://h/a-1.0-py3-none-any.whl": ["a", "1.0", {}] } },
    ),
    old: {},
    now: {},
    shows: [],
  },
  "each of several Pythons separately": {
    with: ["a"],
    pythons: ["3.12.1", "3.10.8"],
    brief: { python: "3.12", morePythons: [{ python: "3.10" }] },
    old: { a: { "1.0": {} } },
    now: { a: { "1.1": {}, "2.0": { requiresPython: ">=3.12" } } },
    shows: [
      "a 1.0 → 2.0 of 2.0 on linux-x86_64 3.12.1",
      "a 1.0 → 1.1 of 2.0 on linux-x86_64 3.10.8: needs Python `>=3.12` (this is 3.10.8)",
    ],
  },
  "the version that an upgrade takes with another Python": {
    with: ["a"],
    lockedPython: "3.11.3",
    old: { a: { "1.0": {} } },
    now: { a: { "2.0": { requiresPython: ">=3.12" } } },
    shows: ["python 3.11.3 → 3.12.1 of 3.12.1", "a 1.0 → 2.0 of 2.0"],
  },
};
for (const [title, each] of Object.entries(cases)) {
  test(`outdatedPackages shows ${title}`, async () => {
    assert.deepEqual(await shown(each), each.shows);
  });
}

test("outdatedPackages shows the other packages if the metadata of one are invalid", async () => {
  const old: FakeIndex = { a: { "1.0": {} }, b: { "1.0": {} } };
  const now: FakeIndex = {
    a: { "2.0": { broken: new PosyError("invalid-metadata", "it is broken") } },
    b: { "2.0": {} },
  };
  assert.deepEqual(await shown({ with: ["a", "b"], old, now, shows: [] }), [
    "a 1.0 → 1.0 of 2.0: other",
    "b 1.0 → 2.0 of 2.0",
  ]);
});

test("outdatedPackages names the packages that require a package", async () => {
  const index: FakeIndex = { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {} } };
  const { blueprint } = await resolving(index, { with: ["a", "b"] });
  const brief = briefOf(["a"]);
  const asked = {
    ...brief,
    requirements: brief.requirements.map((each) => ({ ...each, origin: "pyproject.toml:7" })),
  };
  const db = fakePackageDB(merged(index, { b: { "2.0": {} } }));
  const env = { env: "default", brief: asked, before: blueprint, after: blueprint, db, machine };
  const [row, ...others] = await outdatedPackages([env]);
  assert.deepEqual(others, []);
  assert.deepEqual([row?.name, row?.askedBy], ["b", ["a 1.0"]]);
});
