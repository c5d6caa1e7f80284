import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatPylock } from "../../src/lockfile/from-blueprint/format-pylock.ts";
import { lockOfBlueprint } from "../../src/lockfile/from-blueprint/lock-of-blueprint.ts";
import { type LockedList, type LockedLists, withLists } from "../../src/lockfile/locked-lists.ts";
import { reachablePins } from "../../src/lockfile/reachable-pins.ts";
import { selectPackages } from "../../src/lockfile/select-packages.ts";
import { blueprintOfPylock, contentOfPylock } from "../../src/lockfile/to-blueprint/blueprint-of-pylock.ts";
import { parsePylock } from "../../src/lockfile/to-blueprint/parse-pylock.ts";
import type { Blueprint, PackagePin } from "../../src/model/blueprint.ts";
import { markerEnvironment } from "../../src/pythons/compatibility/interpreter-markers.ts";
import { parseRequirement } from "../../src/vocab/requirement/requirement.ts";
import { blueprint, pin, target } from "./blueprints.ts";

const folder = "/project";
const list = (kind: LockedList["kind"], name: string, ...texts: readonly string[]): LockedList => ({
  kind,
  name,
  requirements: texts.map((text) => parseRequirement(text)),
});
const names = (pins: readonly { readonly name: string }[]) => pins.map(({ name }) => name).join(" ");

/** Returns the part of `whole` that some requirements need, as the environment of a lock. */
function baseOf(whole: Blueprint, ...roots: readonly string[]): Blueprint {
  const requirements = roots.map((text) => parseRequirement(text));
  const targets = whole.targets.map((each) => ({
    ...each,
    packages: reachablePins(each.packages, each.python, requirements),
  }));
  return { ...whole, targets };
}

const textOf = async (base: Blueprint, lists: LockedLists) =>
  formatPylock(await lockOfBlueprint(base, { folder, fingerprint: "f", lists }));

describe("reachablePins", () => {
  const linux = target("linux-x86_64", "3.12.1", [
    pin("a", "1.0", { requires: ["b[x]", 'c; sys_platform == "win32"', 'd; extra == "y"'] }),
    pin("b", "1.0", { requires: ['e; extra == "x"', "f>1"] }),
    pin("c", "1.0"),
    pin("d", "1.0", { requires: ["a"] }),
    pin("e", "1.0"),
    pin("f", "2.0"),
  ]);
  const cases: readonly [root: string, found: string][] = [
    ["a", "a b e f"],
    ["a[y]", "a b d e f"],
    ["b", "b f"],
    ["d", "a b d e f"],
    ["a; sys_platform == 'win32'", ""],
    ["unknown", ""],
  ];
  for (const [root, found] of cases) {
    test(`finds what \`${root}\` needs`, () => {
      assert.equal(names(reachablePins(linux.packages, linux.python, [parseRequirement(root)])), found);
    });
  }

  test("computes `extras`, `requested` and `requiredBy` for the given requirements only", () => {
    const pins = reachablePins(linux.packages, linux.python, [parseRequirement("a[y]")]);
    assert.deepEqual(
      pins.map(({ name, extras, requested, requiredBy }) => [name, extras, requested, requiredBy]),
      [
        ["a", ["y"], true, ["d"]],
        ["b", ["x"], false, ["a"]],
        ["d", [], false, ["a"]],
        ["e", [], false, ["b"]],
        ["f", [], false, ["b"]],
      ],
    );
  });
});

describe("a lock with extras and groups", () => {
  const pins = (version: string): readonly PackagePin[] => [
    pin("app", "1.0", { requires: ["base", 'web; extra == "web"'] }),
    pin("base", "1.0"),
    pin("docs", version, { requires: ["base", "tool"] }),
    pin("tool", "1.0"),
    pin("web", "1.0", { requires: ["tool"] }),
  ];
  const whole = blueprint(
    target("linux-x86_64", "3.12.1", pins("1.0")),
    target(
      "windows-x86_64",
      "3.12.1",
      pins("1.0").filter(({ name }) => name !== "docs"),
    ),
  );
  const lists: LockedLists = {
    whole,
    lists: [
      list("extra", "web", "app[web] @ file:///project"),
      list("group", "docs", "docs>=1; sys_platform == 'linux'"),
    ],
    missing: [{ kind: "group", name: "old", reason: "unsatisfiable" }],
    fingerprint: "l",
  };

  test("separates their packages by markers, also on single platforms", async () => {
    const text = await textOf(baseOf(whole, "app"), lists);
    const markers = Object.fromEntries(
      [...text.matchAll(/name = "(\w+)"\nversion = "([\d.]+)"(?:\nmarker = "(.*)")?/g)].map(
        ([, name, version, marker]) => [`${name} ${version}`, marker],
      ),
    );
    assert.deepEqual(markers, {
      "app 1.0": undefined,
      "base 1.0": undefined,
      "docs 1.0": "sys_platform == 'linux' and 'docs' in dependency_groups",
      "tool 1.0":
        "sys_platform == 'linux' and ('web' in extras or 'docs' in dependency_groups) or sys_platform == 'win32' and 'web' in extras",
      "web 1.0": "'web' in extras",
    });
    assert.match(text, /^extras = \["web"\]\ndependency-groups = \["docs"\]\n/m);
    assert.ok(!text.includes("file:///"));
  });

  test("installs the same default environment as a lock without them, and reads each selection back", async () => {
    const base = baseOf(whole, "app");
    const lock = await parsePylock(await textOf(base, lists), "pylock.toml");
    assert.deepEqual(await blueprintOfPylock(lock, folder), base);
    const read = (await contentOfPylock(lock, folder))?.lists;
    assert.ok(read);
    assert.deepEqual(read.missing, lists.missing);
    assert.equal(read.fingerprint, "l");
    const chosen = withLists(base, read, [{ kind: "extra", name: "web" }]);
    assert.deepEqual(chosen, baseOf(whole, "app[web]"));
    const both = withLists(base, read, read.lists);
    assert.deepEqual(
      both.targets.map(({ packages }) => names(packages)),
      ["app base docs tool web", "app base tool web"],
    );
  });

  test("of an older Posy has no lists", async () => {
    const text = formatPylock(await lockOfBlueprint(baseOf(whole, "app"), { folder, fingerprint: "f" }));
    const content = await contentOfPylock(await parsePylock(text, "pylock.toml"), folder);
    assert.ok(content);
    assert.equal(content.lists, undefined);
  });

  test("whose lists are malformed is rejected", async () => {
    const text = (await textOf(baseOf(whole, "app"), lists)).replace(
      'requires = ["app[web]"]',
      "requires = 1",
    );
    const lock = await parsePylock(text, "pylock.toml");
    await assert.rejects(contentOfPylock(lock, folder), { code: "invalid-lock" });
  });
});

test("the markers of any lock select what each combination of extras and groups needs", async () => {
  const all = ["a", "b", "c", "d", "e", "f"];
  const some = fc.subarray(all, { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(some, { minLength: 6, maxLength: 6 }),
      fc.array(some, { minLength: 6, maxLength: 6 }),
      some,
      fc.array(some, { minLength: 3, maxLength: 3 }),
      async (onLinux, onWindows, roots, requirements) => {
        const pinsOf = (edges: readonly (readonly string[])[]) =>
          all.map((name, index) => pin(name, "1.0", { requires: edges[index] ?? [] }));
        const whole = blueprint(
          target("linux-x86_64", "3.12.1", pinsOf(onLinux)),
          target("windows-x86_64", "3.12.1", pinsOf(onWindows)),
        );
        const lists = requirements.map((texts, index) =>
          list(index === 0 ? "extra" : "group", `l${index}`, ...texts),
        );
        const used = baseOf(whole, ...roots, ...requirements.flat());
        const base = baseOf(used, ...roots);
        const lock = await lockOfBlueprint(base, {
          folder,
          lists: { whole: used, lists, missing: [], fingerprint: "l" },
        });
        for (const chosen of [[], lists.slice(0, 1), lists.slice(1, 2), lists.slice(1), lists]) {
          const wanted = withLists(base, { whole: used, lists }, chosen);
          for (const [index, { python }] of used.targets.entries()) {
            const namesOf = (kind: LockedList["kind"]) =>
              chosen.filter((each) => each.kind === kind).map(({ name }) => name);
            const choice = { extras: namesOf("extra"), groups: namesOf("group") };
            assert.equal(
              names(selectPackages(lock, markerEnvironment(python), choice)),
              names(wanted.targets[index]?.packages ?? []),
            );
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
