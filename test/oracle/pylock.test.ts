import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "smol-toml";
import fc from "fast-check";
import { formatPylock } from "../../src/lockfile/from-blueprint/format-pylock.ts";
import { lockOfBlueprint } from "../../src/lockfile/from-blueprint/lock-of-blueprint.ts";
import { tomlKey, tomlLines, TomlTime } from "../../src/toml/write-toml.ts";
import { markerEnvironment } from "../../src/pythons/compatibility/interpreter-markers.ts";
import { wheelTagsOf } from "../../src/pythons/compatibility/wheel-tags-of.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";
import { blueprint, pin, target } from "../lockfile/blueprints.ts";
import { fakePackageDB } from "../support/fake-package-db.ts";
import { askPython } from "../support/oracle.ts";

const tomllib = `
import json, sys, tomllib
def plain(value):
    if isinstance(value, dict): return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list): return [plain(each) for each in value]
    return value if isinstance(value, (str, int, bool)) else {"time": value.timestamp()}
print(json.dumps([plain(tomllib.loads(text)) for text in json.load(sys.stdin)]))
`;

const plain = (value: unknown): unknown => {
  if (value instanceof Date) return { time: value.getTime() / 1000 };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
};

test("Python's tomllib and smol-toml read the same from a written lock", async () => {
  const text = fc.string({
    unit: fc.constantFrom("a", '"', "'", "\\", "\n", "\t", "é", "\u0000", "\u007f", "\u{1f40d}", " ", "#"),
  });
  const scalar = fc.oneof(
    text,
    fc.integer(),
    fc.boolean(),
    fc.integer({ min: 0, max: 2 ** 41 }).map((ms) => new TomlTime(ms)),
  );
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value;
  const tables = fc.sample(fc.dictionary(text, value, { maxKeys: 4, noNullPrototype: true }), {
    numRuns: 300,
    seed: 7,
  });
  const texts = tables.map((table) => tomlLines(table));
  assert.deepEqual(await askPython(tomllib, texts), tables.map(plain));
  assert.deepEqual(
    texts.map((each) => plain(parse(each))),
    tables.map(plain),
  );
  assert.equal(tomlKey("a b"), '"a b"');
});

const packaging = `
import json, sys, tomllib
from packaging.pylock import Pylock
from packaging.tags import parse_tag
asked = json.load(sys.stdin)
lock = Pylock.from_dict(tomllib.loads(asked["lock"]))
lock.validate()
def chosen(world):
    tags = [tag for text in world["tags"] for tag in parse_tag(text)]
    return sorted(f.name if getattr(f, "name", None) else (f.url or f.path).rsplit("/", 1)[-1] for _, f in lock.select(environment=world["environment"], tags=tags))
print(json.dumps([chosen(world) for world in asked["worlds"]]))
`;

test("packaging's reader accepts our locks, and selects the files that are pinned for every target", async () => {
  const own: Partial<Record<PlatformName, string>> = {
    "linux-x86_64": "manylinux_2_17_x86_64",
    "linux-aarch64": "manylinux_2_17_aarch64",
    "macos-arm64": "macosx_11_0_arm64",
    "macos-x86_64": "macosx_10_15_x86_64",
    "windows-x86_64": "win_amd64",
  };
  const platforms = Object.keys(own) as PlatformName[];
  const pythons = ["3.10.4", "3.12.1", "3.14.3"];
  const tagsOf = (python: string, platform: PlatformName) => {
    const cp = `cp${python.split(".").slice(0, 2).join("")}`;
    return `${cp}-${cp}-${own[platform]}`;
  };
  const native = pythons.flatMap((python) => platforms.map((platform) => tagsOf(python, platform)));
  const db = fakePackageDB({
    pure: { "1.0": { sdist: true }, "2.0": { sdist: true } },
    native: { "1.0": { wheels: native, sdist: true } },
    win: { "1.0": {} },
    old: { "1.0": {} },
    odd: { "1.0": {} },
  });
  const targets = pythons.flatMap((python) =>
    platforms.map((platform) =>
      target(platform, python, [
        pin("native", "1.0", { tags: tagsOf(python, platform) }),
        ...(python === "3.14.3" || platform === "macos-arm64" ? [pin("odd", "1.0")] : []),
        ...(python === "3.10.4" ? [pin("old", "1.0")] : []),
        pin("pure", python === "3.10.4" ? "1.0" : "2.0"),
        ...(platform === "windows-x86_64" ? [pin("win", "1.0")] : []),
      ]),
    ),
  );
  const lock = formatPylock(await lockOfBlueprint(blueprint(...targets), { folder: "/project", db }));
  const worlds = targets.map(({ python }) => ({
    environment: markerEnvironment(python),
    tags: wheelTagsOf(python),
  }));
  const chosen = await askPython<string[][]>(packaging, { lock, worlds });
  assert.deepEqual(
    chosen,
    targets.map(({ packages }) => packages.map(({ artifact }) => artifact.filename).sort()),
  );
});
