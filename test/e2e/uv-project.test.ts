import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const wheel = (name: string, version = "1.0") =>
  makeWheel({ name, version, files: { [`${name}.py`]: `where = "index ${version}"\n` } });

/** Returns the files of a package with its build backend in the folder. */
function packageFiles(name: string, dependencies: readonly string[], pyproject = ""): Record<string, string> {
  const module = name.replaceAll("-", "_");
  const project = `[project]\nname = "${name}"\nversion = "1.0"\ndependencies = ${JSON.stringify(dependencies)}\n`;
  return {
    ...treeFiles({ name, dependencies, pyproject: project + pyproject }),
    [`${module}.py`]: `where = "${name} in its folder"\n`,
  };
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [join(folder, path), text]));
}

const workspace = {
  "pyproject.toml": `[project]
name = "root"
version = "1"
dependencies = ["one"]
[dependency-groups]
dev = ["tool"]
[tool.uv]
default-groups = ["dev"]
constraint-dependencies = ["tool<2"]
environments = ["sys_platform == 'linux' and platform_machine == 'x86_64'"]
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
one = { workspace = true }
`,
  ...below("packages/one", packageFiles("one", ["two"], "[tool.uv.sources]\ntwo = { workspace = true }\n")),
  ...below("packages/two", packageFiles("two", [])),
};

test("a uv workspace runs unchanged, with its members, groups and constraints", async () => {
  using sandbox = await newSandbox();
  // The index has packages with the names of the members.
  await using index = await startIndex({
    files: [wheel("one"), wheel("two"), wheel("tool", "1.5"), wheel("tool", "2.0"), wheel("more")],
  });
  write(sandbox.cwd, workspace);
  const run = (code: string, cwd = sandbox.cwd, ...options: string[]) =>
    sandbox.posy(["run", "--default-index", index.url, ...options, "--", "python", "-c", code], { cwd });
  const all = "import one, two, tool; print(one.where, two.where, tool.where, sep='; ')";
  const lockPath = join(sandbox.cwd, "pylock.toml");
  const first = await run(all);
  assertPrinted(first, "one in its folder; two in its folder; index 1.5\n");
  assert.equal(first.stderr, "");
  const lock = readFileSync(lockPath, "utf8");
  assert.match(lock, /directory = \{path = "packages\/two", editable = true\}/);
  assert.doesNotMatch(lock, /darwin/);
  assert.equal(index.count("/simple/two/"), 0);

  // In the folder of a member, that member is the project.
  assertPrinted(
    await run("import two; print(two.where)", join(sandbox.cwd, "packages", "one")),
    "two in its folder\n",
  );

  // The sources of a folder apply even outside of all projects.
  const member = ["--no-project", "--with-editable", join(sandbox.cwd, "packages", "one")];
  assertPrinted(await run("import two; print(two.where)", sandbox.root, ...member), "two in its folder\n");

  // A new dependency of a member is locked.
  write(sandbox.cwd, below("packages/two", packageFiles("two", ["more"])));
  assertPrinted(await run("import more; print(more.where)"), "index 1.0\n");
  assert.match(readFileSync(lockPath, "utf8"), /name = "more"/);

  // The lock works in a copy of the workspace, with the members that it contains.
  cpSync(sandbox.cwd, join(sandbox.root, "copy"), { recursive: true });
  const copied = await run(all, join(sandbox.root, "copy"), "--offline");
  assertPrinted(copied, "one in its folder; two in its folder; index 1.5\n");
});

test("a uv project gets packages from its indexes, with a warning about settings that are not honoured", async () => {
  using sandbox = await newSandbox();
  await using main = await startIndex({ files: [wheel("lib", "9.0"), wheel("other")] });
  await using own = await startIndex({ files: [wheel("lib", "1.0")] });
  write(sandbox.cwd, {
    "pyproject.toml": `[project]
name = "app"
version = "1"
dependencies = ["lib", "other"]
[tool.uv]
torch-backend = "cpu"
[tool.uv.sources]
lib = { index = "own" }
[[tool.uv.index]]
name = "own"
url = "${own.url}"
explicit = true
[tool.posy]
platforms = ["linux-x86_64"]
`,
  });
  const code = "import lib, other; print(lib.where, other.where)";
  const run = await sandbox.posy(["run", "--default-index", main.url, "--", "python", "-c", code]);
  assertPrinted(run, "index 1.0 index 1.0\n");
  assert.match(run.stderr, /`tool\.uv\.torch-backend` in `.*` is not honoured: name the index/);
  assert.equal(main.count("/simple/lib/"), 0);
  assert.equal(own.count("/simple/other/"), 0);
});
