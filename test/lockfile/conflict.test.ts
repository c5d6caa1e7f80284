import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { PackagePin } from "../../src/model/blueprint.ts";
import { isConflicted, sidesOf } from "../../src/text/conflict-markers.ts";
import { formatPylock } from "../../src/lockfile/from-blueprint/format-pylock.ts";
import { lockOfBlueprint } from "../../src/lockfile/from-blueprint/lock-of-blueprint.ts";
import { preferencesOfConflicted } from "../../src/lockfile/to-blueprint/preferences-of-conflicted.ts";
import { blueprint, pin, target } from "./blueprints.ts";

const lockWith = async (fingerprint: string, ...packages: PackagePin[]) =>
  formatPylock(
    await lockOfBlueprint(
      blueprint(target("linux-x86_64", "3.12.1", packages), target("macos-arm64", "3.12.1", packages)),
      { folder: "/project", fingerprint },
    ),
  );

/** Returns what git writes if two branches changed `pylock.toml`. */
function merged(base: string, ours: string, theirs: string, style: "merge" | "diff3"): string {
  const folder = mkdtempSync(join(tmpdir(), "posy-merge-"));
  try {
    for (const [name, text] of Object.entries({ base, ours, theirs }))
      writeFileSync(join(folder, name), text);
    const options = style === "diff3" ? ["--diff3"] : [];
    try {
      execFileSync("git", ["merge-file", ...options, "ours", "base", "theirs"], {
        cwd: folder,
        stdio: "ignore",
      });
    } catch {
      // The exit status of git is the number of conflicts.
    }
    return readFileSync(join(folder, "ours"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const style of ["merge", "diff3"] as const) {
  test(`returns the pins of both sides of a merge conflict (${style}), and ours overrides theirs`, async () => {
    const shared = pin("m", "1.0");
    const base = await lockWith("base", shared, pin("z", "1.0"));
    const ours = await lockWith("ours", pin("b", "1.0"), shared, pin("z", "1.1"));
    const theirs = await lockWith("theirs", pin("a", "1.0"), pin("c", "2.0"), shared, pin("z", "1.2"));
    const text = merged(base, ours, theirs, style);
    assert.ok(isConflicted(text));
    const { targets } = await preferencesOfConflicted(text, "pylock.toml", "/project");
    assert.deepEqual(
      targets.map(({ platform }) => platform),
      ["linux-x86_64", "macos-arm64", "linux-x86_64", "macos-arm64"],
    );
    // A later target overrides an earlier one, as in resolving.
    const versions = new Map(
      targets.flatMap(({ packages }) => packages.map(({ name, version }) => [name, version] as const)),
    );
    assert.deepEqual(Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1))), {
      a: "1.0",
      b: "1.0",
      c: "2.0",
      m: "1.0",
      z: "1.1",
    });
  });
}

test("sidesOf returns the text of each branch", () => {
  const text = "a\n<<<<<<< HEAD\nours\n||||||| base\nbase\n=======\ntheirs\n>>>>>>> branch\nz\n";
  assert.deepEqual(sidesOf(text), ["a\nours\nz\n", "a\ntheirs\nz\n"]);
  assert.deepEqual(sidesOf(text.replaceAll("\n", "\r\n")), ["a\r\nours\r\nz\r\n", "a\r\ntheirs\r\nz\r\n"]);
});

test("returns no pins of a side that can't be read", async () => {
  const good = await lockWith("x", pin("a", "1.0"));
  const text = `<<<<<<< HEAD\n${good}=======\nno lock\n>>>>>>> branch\n`;
  const { targets } = await preferencesOfConflicted(text, "pylock.toml", "/project");
  assert.equal(targets.length, 2);
});

test("isConflicted ignores text that only looks like a conflict marker", () => {
  assert.ok(!isConflicted('text = "<<<<<<<"\n=======\n'));
});
