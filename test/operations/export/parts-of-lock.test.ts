import assert from "node:assert/strict";
import { test } from "node:test";
import { indexOfLock } from "../../../src/operations/export/index-of-lock.ts";
import { movedLock } from "../../../src/operations/export/moved-lock.ts";
import {
  isFolder,
  withoutEditables,
  withoutPackages,
} from "../../../src/operations/export/without-packages.ts";
import { parsePylock } from "../../../src/lockfile/to-blueprint/parse-pylock.ts";
import { preferencesOfForeign } from "../../../src/lockfile/to-blueprint/preferences-of-foreign.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";

const hashes = `hashes = {sha256 = "${"ab".repeat(32)}"}`;
const text = `lock-version = "1.0"
created-by = "other"
extras = ["x"]
requires-python = ">=3.12"
[[packages]]
name = "app"
directory = {path = ".", editable = true}
dependencies = [{name = "dep"}, {name = "near"}]
[[packages]]
name = "dep"
version = "1.0"
index = "https://index.example/simple"
sdist = {url = "https://files.example/dep-1.0.tar.gz", ${hashes}}
wheels = [{url = "https://files.example/dep-1.0-py3-none-any.whl", size = 3, ${hashes}}]
[[packages]]
name = "extra"
version = "2.0"
marker = "'x' in extras and python_version < '3.13'"
wheels = [{path = "wheels/extra-2.0-py3-none-any.whl", ${hashes}}]
[[packages]]
name = "near"
version = "3.0"
archive = {path = "../near-3.0.tar.gz", ${hashes}}
`;
const lock = await parsePylock(text, "pylock.toml");

test("withoutPackages also removes packages from dependencies, and isFolder knows a project by its folder", () => {
  const rest = withoutPackages(lock, ({ name }) => name === "dep");
  assert.deepEqual(
    rest.packages.map(({ name, dependencies }) => [name, dependencies.map((each) => each["name"])]),
    [
      ["app", ["near"]],
      ["extra", []],
      ["near", []],
    ],
  );
  const [app, dep] = lock.packages;
  assert.ok(app && dep);
  assert.deepEqual(
    [
      isFolder(app, "/project", "/project"),
      isFolder(app, "/project", "/other"),
      isFolder(dep, "/project", "/project"),
    ],
    [true, false, false],
  );
  const [plain] = withoutEditables(lock).packages;
  assert.equal(plain?.source.kind === "directory" && plain.source.editable, false);
});

test("movedLock makes paths relative to the new folder", () => {
  const moved = movedLock(lock, "/project", "/project/out");
  const paths = moved.packages.map(({ source }) =>
    source.kind === "files" ? source.wheels[0]?.path : source.path,
  );
  assert.deepEqual(paths, ["..", undefined, "../wheels/extra-2.0-py3-none-any.whl", "../../near-3.0.tar.gz"]);
  assert.equal(movedLock(lock, "/project", "/project"), lock);
});

test("indexOfLock lists the files of a lock as an index", async () => {
  const index = indexOfLock(lock, "/project");
  const found = await index.project(parsePackageName("dep"));
  assert.deepEqual(
    found.releases.flatMap(({ artifacts }) => artifacts.map(({ filename, size }) => [filename, size])),
    [
      ["dep-1.0-py3-none-any.whl", 3],
      ["dep-1.0.tar.gz", undefined],
    ],
  );
  assert.deepEqual(
    [
      (await index.project(parsePackageName("absent"))).found,
      (await index.project(parsePackageName("app"))).found,
    ],
    [false, false],
  );
});

test("preferencesOfForeign gives the versions for the Pythons that the lock allows, else for all", () => {
  const pythons = ["3.14.0", "3.12.1", "3.11.2"].map((each) =>
    describeInterpreter(parseVersion(each), "linux-x86_64"),
  );
  const versions = (which: typeof pythons) =>
    preferencesOfForeign(lock, which, "/project").targets.map(({ python, packages }) => [
      python.version,
      packages.map(({ name, version }) => `${name} ${version}`).join(),
    ]);
  assert.deepEqual(versions(pythons), [
    ["3.14.0", "dep 1.0"],
    ["3.12.1", "dep 1.0,extra 2.0"],
  ]);
  assert.deepEqual(versions(pythons.slice(2)), [["3.11.2", "dep 1.0,extra 2.0"]]);
});
