import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newRepository } from "../support/git-repository.ts";
import { startGitServer } from "../support/git-server.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newPlace, type Place } from "../support/posy.ts";
import { treeFiles, writeTree } from "../support/tree-backend.ts";

const pyproject = [
  "[project]",
  'name = "app"',
  'version = "0.1"',
  "dependencies = [] # none yet",
  "",
  "[tool.posy]",
  'platforms = ["linux-x86_64"]',
  "",
].join("\n");

function project(place: Place, text = pyproject): void {
  writeFileSync(join(place.cwd, "pyproject.toml"), text);
}

const textOf = (place: Place) => readFileSync(join(place.cwd, "pyproject.toml"), "utf8");
const lockOf = (place: Place) => readFileSync(join(place.cwd, "pylock.toml"), "utf8");
const noIndex = { UV_NO_INDEX: "1" };
const wheel = (name: string, version = "1.0", metadata: readonly string[] = []) =>
  makeWheel({ name, version, files: { [`${name}.py`]: `version = "${version}"\n` }, metadata });

describe("posy add", () => {
  test("adds to a project that is a package, and locks the package with its new requirement", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [wheel("lib")] });
    const files = treeFiles({ name: "app", version: "0.1", dependencies: ["lib>=1.0"], pyproject });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(place.cwd, path, ".."), { recursive: true });
      writeFileSync(join(place.cwd, path), text);
    }
    const common = ["--default-index", index.url];
    assert.equal((await place.posy(["add", "lib", ...common])).status, 0);
    assert.match(lockOf(place), /requires-dist = \["lib>=1\.0"\]/);
    const run = await place.posy(["run", ...common, "--", "python", "-c", "import lib"]);
    assert.deepEqual([run.status, run.stderr], [0, ""]);
  });

  test("to a group leads to a hint when a command of the group is run without it", async () => {
    using place = await newPlace();
    const tool = makeWheel({
      name: "rough",
      files: { "rough.py": "def main():\n    print('fine')\n" },
      entryPoints: { rough: "rough:main" },
    });
    await using index = await startIndex({ files: [tool] });
    project(place);
    const env = { UV_DEFAULT_INDEX: index.url };
    assert.equal((await place.posy(["add", "--group", "lint", "rough"], { env })).status, 0);
    assertFailed(
      await place.posy(["run", "rough", "check"], { env }),
      127,
      /no command `rough`/,
      /the dependency group `lint` has it: `posy run --group lint rough`/,
    );
    assertPrinted(await place.posy(["run", "--group", "lint", "rough"], { env }), "fine\n");
    writeFileSync(
      join(place.cwd, "pyproject.toml"),
      `${textOf(place)}\n[tool.posy.envs.lint]\ngroups = ["lint"]\n[tool.posy.commands]\ncheck = "rough"\n`,
    );
    const hint = /the environment `lint` has it: `posy run --env lint rough`/;
    assertFailed(await place.posy(["run", "rough"], { env }), 127, /no command `rough`/, hint);
    assertFailed(await place.posy(["check"], { env }), 127, /no command `rough`/, hint);
  });

  test("explains why an added package is not locked at its newest version, and says nothing of a bound as typed", async () => {
    using place = await newPlace();
    const built = (version: string, tags: string) =>
      makeWheel({ name: "torchy", version, tags, files: { "torchy.py": "" } });
    await using index = await startIndex({
      files: [
        built("2.2", "cp37-abi3-manylinux_2_17_x86_64"),
        built("2.2", "cp37-abi3-macosx_11_0_x86_64"),
        built("2.9", "cp37-abi3-manylinux_2_17_x86_64"),
        wheel("calm", "1.0"),
        wheel("calm", "2.0"),
      ],
    });
    project(place, pyproject.replace('["linux-x86_64"]', '["macos-x86_64", "linux-x86_64"]'));
    const env = { UV_DEFAULT_INDEX: index.url };
    const added = await place.posy(["add", "torchy"], { env });
    assert.equal(added.status, 0, added.stderr);
    assert.match(
      added.stderr,
      /^torchy is locked at 2\.2, though there is 2\.9: it has no wheel for .*macos-x86_64.*\nhint: without `macos-x86_64` in `platforms` of `\[tool\.posy\]`, torchy can be 2\.9\n$/,
    );
    const bounded = await place.posy(["add", "calm<2"], { env });
    assert.deepEqual([bounded.status, bounded.stderr], [0, ""]);
    const newest = await place.posy(["add", "calm>=1"], { env });
    assert.deepEqual(
      [newest.status, newest.stderr],
      [0, "calm is locked at 1.0, though there is 2.0: `posy upgrade calm` upgrades it\n"],
    );
  });

  test("explains a pre-release that nobody asked for", async () => {
    using place = await newPlace();
    await using index = await startIndex({
      files: [
        wheel("flow", "1.0", ["Requires-Python: <3"]),
        wheel("flow", "1.1rc1"),
        wheel("only", "0.1a1"),
        wheel("named", "1.0rc1"),
      ],
    });
    project(place);
    const env = { UV_DEFAULT_INDEX: index.url };
    const added = await place.posy(["add", "flow", "only", "named>=1.0rc1"], { env });
    assert.equal(added.status, 0, added.stderr);
    assert.match(
      added.stderr,
      /^flow is locked at the pre-release 1\.1rc1: the newest final release is 1\.0, held back: it needs Python `<3` .*\nonly is locked at the pre-release 0\.1a1: there is no final release\n$/,
    );
  });

  test("adds to an extra that no environment has, with a bound from the index, and refuses what no index has", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [wheel("lib", "1.5")] });
    project(place);
    const common = ["--extra", "more", "--default-index", index.url];
    const added = await place.posy(["add", "lib", ...common]);
    assert.equal(added.status, 0, added.stderr);
    assert.match(textOf(place), /^more = \[\n {4}"lib>=1\.5",\n\]$/m);
    const before = textOf(place);
    assertFailed(await place.posy(["add", "absent", ...common]), 1, /`absent`/);
    assertFailed(await place.posy(["add", "lib>2", ...common]), 1, /lib>2/);
    assert.equal(textOf(place), before);
  });

  test("adds a folder under the name of its package, and `remove` takes the source away again", async () => {
    using place = await newPlace();
    project(place);
    await writeTree(join(place.root, "lib"), { name: "my-lib", files: { "my_lib/value.py": "n = 1\n" } });
    const value = ["run", "--", "python", "-c", "import my_lib.value; print(my_lib.value.n)"];
    const added = await place.posy(["add", "../lib"], { env: noIndex });
    assert.equal(added.status, 0, added.stderr);
    assert.match(textOf(place), /^dependencies = \[\n {4}"my-lib",\n\] # none yet$/m);
    assert.match(textOf(place), /^\[tool\.posy\.sources\]\nmy-lib = \{ path = "\.\.\/lib" \}$/m);
    assert.match(lockOf(place), /^directory = \{path = "\.\.\/lib"\}$/m);
    assertPrinted(await place.posy(value, { env: noIndex }), "1\n");

    assert.equal((await place.posy(["add", "--editable", "../lib"], { env: noIndex })).status, 0);
    assert.match(textOf(place), /^my-lib = \{ path = "\.\.\/lib", editable = true \}$/m);
    assert.match(lockOf(place), /editable = true/);

    assert.equal((await place.posy(["remove", "my-lib"], { env: noIndex })).status, 0);
    assert.equal(textOf(place), pyproject);
  });

  test("adds a folder from a subfolder with an extra to a group, and keeps its source until the last requirement goes", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [wheel("more")] });
    project(place);
    const tree = '[project]\nname = "lib"\nversion = "1.0"\n[project.optional-dependencies]\nx = ["more"]\n';
    await writeTree(join(place.cwd, "lib"), { name: "lib", pyproject: tree });
    mkdirSync(join(place.cwd, "sub"));
    const run = (...args: string[]) =>
      place.posy([...args, "--default-index", index.url], { cwd: join(place.cwd, "sub") });
    const added = await run("add", "--dev", "../lib[x]");
    assert.equal(added.status, 0, added.stderr);
    assert.match(textOf(place), /^dev = \[\n {4}"lib\[x\]",\n\]$/m);
    assert.match(textOf(place), /^lib = \{ path = "lib" \}$/m);
    assert.match(lockOf(place), /name = "more"/);
    assert.equal((await run("add", "lib")).status, 0);
    // A package that comes from a path gets no lower bound.
    assert.match(textOf(place), /^ {4}"lib",$/m);
    assert.equal((await run("remove", "lib")).status, 0);
    assert.match(textOf(place), /^lib = \{ path = "lib" \}$/m);
    assert.equal((await run("remove", "--group", "dev", "lib")).status, 0);
    assert.doesNotMatch(textOf(place), /sources/);
  });

  test("adds a repository at a tag as a direct reference (PEP 508)", async () => {
    using place = await newPlace();
    project(place);
    const repository = newRepository(join(place.root, "git", "lib"));
    const commit = repository.commit(treeFiles({ name: "lib", files: { "lib/value.py": "n = 1\n" } }));
    repository.git("tag", "v1");
    repository.commit(treeFiles({ name: "lib", files: { "lib/value.py": "n = 2\n" } }));
    await using server = await startGitServer(join(place.root, "git"));
    const url = `git+${server.url}lib/.git`;
    const run = (...args: string[]) => place.posy(args, { env: noIndex });
    const added = await run("add", url, "--tag", "v1");
    assert.equal(added.status, 0, added.stderr);
    assert.ok(textOf(place).includes(`"lib @ ${url}@v1"`), textOf(place));
    assert.match(lockOf(place), new RegExp(`commit-id = "${commit}"`));
    const value = ["run", "--", "python", "-c", "import lib.value; print(lib.value.n)"];
    assertPrinted(await run(...value), "1\n");

    assert.equal((await run("add", `lib @ ${url}`, "--branch", "main")).status, 0);
    assert.ok(textOf(place).includes(`"lib @ ${url}@main"`), textOf(place));
    const before = textOf(place);
    assertFailed(await run("add", `${url}@v9`), 1, /no branch, tag or commit `v9`/);
    assertFailed(await run("add", `other @ ${url}`), 2, /is `lib`, not `other`/);
    assertFailed(await run("add", `${url}@v1`, "--rev", "v1"), 2, /are both given/);
    assertFailed(await run("add", "lib", "--rev", "v1"), 2, /need a git repository/);
    const asked = server.requests.length;
    assertFailed(await run("add", url.replace("://", "://me:secret@")), 2, /has a login/);
    assert.equal(server.requests.length, asked);
    assert.equal(textOf(place), before);
    assert.equal((await run("remove", "lib")).status, 0);
    assert.match(textOf(place), /^dependencies = \[\s*\] # none yet$/m);
  });

  test("adds a wheel by its URL and a wheel by its path", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [wheel("lib", "1.5")] });
    project(place);
    const added = await place.posy(["add", index.fileUrl("lib-1.5-py3-none-any.whl")], { env: noIndex });
    assert.equal(added.status, 0, added.stderr);
    assert.ok(textOf(place).includes(`"lib @ ${index.fileUrl("lib-1.5-py3-none-any.whl")}"`));
    writeFileSync(join(place.cwd, "lib-1.6-py3-none-any.whl"), wheel("lib", "1.6").bytes);
    assert.equal((await place.posy(["add", "./lib-1.6-py3-none-any.whl"], { env: noIndex })).status, 0);
    assert.match(textOf(place), /^ {4}"lib",$/m);
    assert.match(textOf(place), /^lib = \{ path = "lib-1\.6-py3-none-any\.whl" \}$/m);
    assert.match(lockOf(place), /path = "\.?\/?lib-1\.6-py3-none-any\.whl"/);
  });

  test("adds a requirements file with its folders and nested files, and warns about lines that are not requirements", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [wheel("one", "1.2"), wheel("two"), wheel("three")] });
    project(place);
    await writeTree(join(place.cwd, "req", "lib"), { name: "lib" });
    const hash = `sha256:${"0".repeat(64)}`;
    const login = "-i https://me:secret@h.example/simple";
    const lines = [
      "one",
      `two==1.0 --hash=${hash} # why`,
      "-e ./lib",
      "-r more.txt",
      "--no-binary three",
      login,
    ];
    writeFileSync(join(place.cwd, "req", "all.txt"), lines.join("\n"));
    writeFileSync(join(place.cwd, "req", "more.txt"), "three ; python_version > '3'\n");
    const common = ["--default-index", index.url];
    const added = await place.posy(["add", "-r", "req/all.txt", "--bounds", "major", ...common]);
    assert.equal(added.status, 0, added.stderr);
    assert.match(added.stderr, /req\/all\.txt:5: `--no-binary three` is ignored/);
    assert.match(added.stderr, /req\/all\.txt:6: `--index-url https:\/\/h\.example\/simple` is ignored/);
    writeFileSync(join(place.cwd, "req", "bad.txt"), "one\ntwo=1\n");
    assertFailed(await place.posy(["add", "-r", "req/bad.txt", ...common]), 2, /req\/bad\.txt:2: /);
    const list = ['"lib"', '"one>=1.2,<2.0"', "\"three>=1.0,<2.0 ; python_version > '3'\"", '"two==1.0"'];
    for (const line of list) assert.ok(textOf(place).includes(`    ${line},\n`), textOf(place));
    assert.match(textOf(place), /^lib = \{ path = "req\/lib", editable = true \}$/m);
    assertFailed(await place.posy(["add", ...common]), 2, /there is nothing to add/);
    assertFailed(await place.posy(["add", "app", ...common]), 2, /is the project itself/);
  });

  test("adds with a marker and from a named index, and writes the index into `pyproject.toml`", async () => {
    using place = await newPlace();
    await using main = await startIndex({ files: [wheel("lib", "9.0"), wheel("other")] });
    await using own = await startIndex({ files: [wheel("lib", "1.0")] });
    project(place);
    const common = ["--default-index", main.url];
    const marker = ["--marker", "sys_platform == 'linux'"];
    const added = await place.posy(["add", "lib", "--index", `own=${own.url}`, ...marker, ...common]);
    assert.equal(added.status, 0, added.stderr);
    assert.ok(textOf(place).includes(`"lib>=1.0 ; sys_platform == 'linux'"`), textOf(place));
    assert.ok(textOf(place).includes(`[[tool.posy.indexes]]\nname = "own"\nurl = "${own.url}"\n`));
    assert.match(textOf(place), /^lib = \{ index = "own" \}$/m);
    assert.ok(lockOf(place).includes(`index = "${own.url}"`));

    const again = await place.posy(["add", "other", "--index", main.url, ...common]);
    assert.equal(again.status, 0, again.stderr);
    assert.ok(textOf(place).includes(`[[tool.posy.indexes]]\nurl = "${main.url}"\n`), textOf(place));
    const before = textOf(place);
    assert.equal((await place.posy(["add", "lib", "--index", "own", ...marker, ...common])).status, 0);
    assert.equal(textOf(place), before);
    assertFailed(await place.posy(["add", "lib", "--index", "absent", ...common]), 2, /`absent`/, /own/);
    assertFailed(
      await place.posy(["add", "lib", "--index", `own=${main.url}`, ...common]),
      2,
      /has another URL/,
    );
    assert.equal(textOf(place), before);
  });
});

test("new, init, add, lock, upgrade and remove print nothing with `--quiet`", async () => {
  using place = await newPlace();
  await using index = await startIndex({ files: [wheel("lib")] });
  const indexed = ["--default-index", index.url];
  const cwd = join(place.cwd, "app");
  for (const [args, options] of [
    [["new", "app"], {}],
    [["init"], { cwd }],
    [["add", "lib", ...indexed], { cwd }],
    [["lock", ...indexed], { cwd }],
    [["upgrade", ...indexed], { cwd }],
    [["remove", "lib", ...indexed], { cwd }],
  ] as const) {
    const { status, stdout, stderr } = await place.posy([...args, "--quiet"], options);
    assert.deepEqual([status, stdout, stderr], [0, "", ""], args.join(" "));
  }
});
