import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { hasNoSources } from "../../../src/builder/sources/missing-modules.ts";
import { projectInputs } from "../../../src/builder/sources/project-inputs.ts";

/** Makes a project with these files, and passes its folder on. */
async function inProject(files: readonly string[], work: (folder: string) => unknown): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "posy-missing-"));
  try {
    writeFileSync(join(folder, "pyproject.toml"), '[project]\nname = "My-App"\nversion = "1.0"\n');
    for (const path of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), "");
    }
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a project without modules is built again when they appear: its inputs have", () => {
  const candidates = ["src", "My_App", "My_App.py", "my_app", "my_app.py"];
  for (const [files, expected] of [
    [[], candidates],
    [["README.md"], candidates],
    [["src/my_app/__init__.py"], []],
    [["my_app/__init__.py"], []],
    [["my_app.py"], []],
  ] as const) {
    test(`${expected.length} missing paths with ${files.join(", ") || "no files"}`, () =>
      inProject(files, async (folder) => {
        const { paths } = await projectInputs(folder);
        assert.deepEqual(
          candidates.filter((name) => paths.includes(join(folder, name))),
          expected,
        );
      }));
  }
});

describe("a folder has no sources yet", () => {
  for (const [files, expected] of [
    [[], true],
    [["pylock.toml", "README.md", "LICENSE", "setup.py", ".git/config", "my_app.egg-info/PKG-INFO"], true],
    [["main.py"], false],
    [["src/my_app/__init__.py"], false],
    [["module.c"], false],
  ] as const) {
    test(`with ${files.join(", ") || "its manifest"}: ${expected}`, () =>
      inProject(files, (folder) => assert.equal(hasNoSources(folder), expected)));
  }

  test("is not said of a folder that does not exist", () =>
    assert.equal(hasNoSources("/nowhere/at/all"), false));
});
