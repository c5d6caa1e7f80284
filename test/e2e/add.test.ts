import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newRepository } from "../support/git-repository.ts";
import { startGitServer } from "../support/git-server.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
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

function project(sandbox: Sandbox, text = pyproject): void {
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
}

const textOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8");
const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
const noIndex = { UV_NO_INDEX: "1" };
const wheel = (name: string, version = "1.0", metadata: readonly string[] = []) =>
  makeWheel({ name, version, files: { [`${name}.py`]: `version = "${version}"\n` }, metadata });

describe("posy add", () => {
  test("adds to a project that is a package, and locks the package with its new requirement", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [wheel("lib")] });
    const files = treeFiles({ name: "app", version: "0.1", dependencies: ["lib>=1.0"], pyproject });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(sandbox.cwd, path, ".."), { recursive: true });
      writeFileSync(join(sandbox.cwd, path), text);
    }
    const common = ["--default-index", index.url];
    assert.equal((await sandbox.posy(["add", "lib", ...common])).status, 0);
    assert.match(lockOf(sandbox), /requires-dist = \["lib>=1\.0"\]/);
    const run = await sandbox.posy(["run", ...common, "--", "python", "-c", "import lib"]);
    assert.deepEqual([run.status, run.stderr], [0, ""]);
  });

  test("adds to a group, and a hint names the group when its command is run without it", async () => {
    using sandbox = await newSandbox();
    const tool = makeWheel({
      name: "rough",
      files: { "rough.py": "def main():\n    print('fine')\n" },
      entryPoints: { rough: "rough:main" },
    });
    await using index = await startIndex({ files: [tool] });
    project(sandbox);
    const env = { UV_DEFAULT_INDEX: index.url };
    assert.equal((await sandbox.posy(["add", "--group", "lint", "rough"], { env })).status, 0);
    assertFailed(
      await sandbox.posy(["run", "rough", "check"], { env }),
      127,
      /no command `rough`/,
      /the dependency group `lint` has it: `posy run --group lint rough`/,
    );
    assertPrinted(await sandbox.posy(["run", "--group", "lint", "rough"], { env }), "fine\n");
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `${textOf(sandbox)}\n[tool.posy.envs.lint]\ngroups = ["lint"]\n[tool.posy.commands]\ncheck = "rough"\n`,
    );
    const hint = /the environment `lint` has it: `posy run --env lint rough`/;
    assertFailed(await sandbox.posy(["run", "rough"], { env }), 127, /no command `rough`/, hint);
    assertFailed(await sandbox.posy(["check"], { env }), 127, /no command `rough`/, hint);
  });

  test("explains why an added package is not locked at its newest version, unless the user typed a bound", async () => {
    using sandbox = await newSandbox();
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
    project(sandbox, pyproject.replace('["linux-x86_64"]', '["macos-x86_64", "linux-x86_64"]'));
    const env = { UV_DEFAULT_INDEX: index.url };
    const added = await sandbox.posy(["add", "torchy"], { env });
    assert.equal(added.status, 0, added.stderr);
    assert.match(
      added.stderr,
      /^torchy is locked at 2\.2, though there is 2\.9: it has no wheel for .*macos-x86_64.*\nhint: without `macos-x86_64` in `platforms` of `\[tool\.posy\]`, torchy can be 2\.9\n$/,
    );
    const bounded = await sandbox.posy(["add", "calm<2"], { env });
    assert.deepEqual([bounded.status, bounded.stderr], [0, ""]);
    const newest = await sandbox.posy(["add", "calm>=1"], { env });
    assert.deepEqual(
      [newest.status, newest.stderr],
      [0, "calm is locked at 1.0, though there is 2.0: `posy upgrade calm` upgrades it\n"],
    );
  });

  test("explains why a pre-release is locked that nobody asked for", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({
      files: [
        wheel("flow", "1.0", ["Requires-Python: <3"]),
        wheel("flow", "1.1rc1"),
        wheel("only", "0.1a1"),
        wheel("named", "1.0rc1"),
      ],
    });
    project(sandbox);
    const env = { UV_DEFAULT_INDEX: index.url };
    const added = await sandbox.posy(["add", "flow", "only", "named>=1.0rc1"], { env });
    assert.equal(added.status, 0, added.stderr);
    assert.match(
      added.stderr,
      /^flow is locked at the pre-release 1\.1rc1: the newest final release is 1\.0, held back: it needs Python `<3` .*\nonly is locked at the pre-release 0\.1a1: there is no final release\n$/,
    );
  });

  test("adds to an extra that no environment has, with a bound from the index, and rejects a package or version that no index has", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [wheel("lib", "1.5")] });
    project(sandbox);
    const common = ["--extra", "more", "--default-index", index.url];
    const added = await sandbox.posy(["add", "lib", ...common]);
    assert.equal(added.status, 0, added.stderr);
    assert.match(textOf(sandbox), /^more = \[\n {4}"lib>=1\.5",\n\]$/m);
    const before = textOf(sandbox);
    assertFailed(await sandbox.posy(["add", "absent", ...common]), 1, /`absent`/);
    assertFailed(await sandbox.posy(["add", "lib>2", ...common]), 1, /lib>2/);
    assert.equal(textOf(sandbox), before);
  });

  test("adds a folder under the name of its package, and `posy remove` removes its source too", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    await writeTree(join(sandbox.root, "lib"), { name: "my-lib", files: { "my_lib/value.py": "n = 1\n" } });
    const value = ["run", "--", "python", "-c", "import my_lib.value; print(my_lib.value.n)"];
    const added = await sandbox.posy(["add", "../lib"], { env: noIndex });
    assert.equal(added.status, 0, added.stderr);
    assert.match(textOf(sandbox), /^dependencies = \[\n {4}"my-lib",\n\] # none yet$/m);
    assert.match(textOf(sandbox), /^\[tool\.posy\.sources\]\nmy-lib = \{ path = "\.\.\/lib" \}$/m);
    assert.match(lockOf(sandbox), /^directory = \{path = "\.\.\/lib"\}$/m);
    assertPrinted(await sandbox.posy(value, { env: noIndex }), "1\n");

    assert.equal((await sandbox.posy(["add", "--editable", "../lib"], { env: noIndex })).status, 0);
    assert.match(textOf(sandbox), /^my-lib = \{ path = "\.\.\/lib", editable = true \}$/m);
    assert.match(lockOf(sandbox), /editable = true/);

    assert.equal((await sandbox.posy(["remove", "my-lib"], { env: noIndex })).status, 0);
    assert.equal(textOf(sandbox), pyproject);
  });

  test("adds a folder from a subfolder with an extra to a group, and keeps its source until its last requirement is removed", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [wheel("more")] });
    project(sandbox);
    const tree = '[project]\nname = "lib"\nversion = "1.0"\n[project.optional-dependencies]\nx = ["more"]\n';
    await writeTree(join(sandbox.cwd, "lib"), { name: "lib", pyproject: tree });
    mkdirSync(join(sandbox.cwd, "sub"));
    const run = (...args: string[]) =>
      sandbox.posy([...args, "--default-index", index.url], { cwd: join(sandbox.cwd, "sub") });
    const added = await run("add", "--dev", "../lib[x]");
    assert.equal(added.status, 0, added.stderr);
    assert.match(textOf(sandbox), /^dev = \[\n {4}"lib\[x\]",\n\]$/m);
    assert.match(textOf(sandbox), /^lib = \{ path = "lib" \}$/m);
    assert.match(lockOf(sandbox), /name = "more"/);
    assert.equal((await run("add", "lib")).status, 0);
    // A package that comes from a path gets no lower bound.
    assert.match(textOf(sandbox), /^ {4}"lib",$/m);
    assert.equal((await run("remove", "lib")).status, 0);
    assert.match(textOf(sandbox), /^lib = \{ path = "lib" \}$/m);
    assert.equal((await run("remove", "--group", "dev", "lib")).status, 0);
    assert.doesNotMatch(textOf(sandbox), /sources/);
  });

  test("adds a repository at a tag as a direct reference (PEP 508)", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    const repository = newRepository(join(sandbox.root, "git", "lib"));
    const commit = repository.commit(treeFiles({ name: "lib", files: { "lib/value.py": "n = 1\n" } }));
    repository.git("tag", "v1");
    repository.commit(treeFiles({ name: "lib", files: { "lib/value.py": "n = 2\n" } }));
    await using server = await startGitServer(join(sandbox.root, "git"));
    const url = `git+${server.url}lib/.git`;
    const run = (...args: string[]) => sandbox.posy(args, { env: noIndex });
    const added = await run("add", url, "--tag", "v1");
    assert.equal(added.status, 0, added.stderr);
    assert.ok(textOf(sandbox).includes(`"lib @ ${url}@v1"`), textOf(sandbox));
    assert.match(lockOf(sandbox), new RegExp(`commit-id = "${commit}"`));
    const value = ["run", "--", "python", "-c", "import lib.value; print(lib.value.n)"];
    assertPrinted(await run(...value), "1\n");

    assert.equal((await run("add", `lib @ ${url}`, "--branch", "main")).status, 0);
    assert.ok(textOf(sandbox).includes(`"lib @ ${url}@main"`), textOf(sandbox));
    const before = textOf(sandbox);
    assertFailed(await run("add", `${url}@v9`), 1, /no branch, tag or commit `v9`/);
    assertFailed(await run("add", `other @ ${url}`), 2, /is `lib`, not `other`/);
    assertFailed(await run("add", `${url}@v1`, "--rev", "v1"), 2, /are both given/);
    assertFailed(await run("add", "lib", "--rev", "v1"), 2, /need a git repository/);
    const asked = server.requests.length;
    assertFailed(await run("add", url.replace("://", "://me:secret@")), 2, /has a login/);
    assert.equal(server.requests.length, asked);
    assert.equal(textOf(sandbox), before);
    assert.equal((await run("remove", "lib")).status, 0);
    assert.match(textOf(sandbox), /^dependencies = \[\s*\] # none yet$/m);
  });

  test("adds a wheel by its URL and a wheel by its path", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [wheel("lib", "1.5")] });
    project(sandbox);
    const added = await sandbox.posy(["add", index.fileUrl("lib-1.5-py3-none-any.whl")], { env: noIndex });
    assert.equal(added.status, 0, added.stderr);
    assert.ok(textOf(sandbox).includes(`"lib @ ${index.fileUrl("lib-1.5-py3-none-any.whl")}"`));
    writeFileSync(join(sandbox.cwd, "lib-1.6-py3-none-any.whl"), wheel("lib", "1.6").bytes);
    assert.equal((await sandbox.posy(["add", "./lib-1.6-py3-none-any.whl"], { env: noIndex })).status, 0);
    assert.match(textOf(sandbox), /^ {4}"lib",$/m);
    assert.match(textOf(sandbox), /^lib = \{ path = "lib-1\.6-py3-none-any\.whl" \}$/m);
    assert.match(lockOf(sandbox), /path = "\.?\/?lib-1\.6-py3-none-any\.whl"/);
  });

  test("adds a requirements file with its folders and nested files, and warns about lines that are not requirements", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [wheel("one", "1.2"), wheel("two"), wheel("three")] });
    project(sandbox);
    await writeTree(join(sandbox.cwd, "req", "lib"), { name: "lib" });
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
    writeFileSync(join(sandbox.cwd, "req", "all.txt"), lines.join("\n"));
    writeFileSync(join(sandbox.cwd, "req", "more.txt"), "three ; python_version > '3'\n");
    const common = ["--default-index", index.url];
    const added = await sandbox.posy(["add", "-r", "req/all.txt", "--bounds", "major", ...common]);
    assert.equal(added.status, 0, added.stderr);
    assert.match(added.stderr, /req\/all\.txt:5: `--no-binary three` is ignored/);
    assert.match(added.stderr, /req\/all\.txt:6: `--index-url https:\/\/h\.example\/simple` is ignored/);
    writeFileSync(join(sandbox.cwd, "req", "bad.txt"), "one\ntwo=1\n");
    assertFailed(await sandbox.posy(["add", "-r", "req/bad.txt", ...common]), 2, /req\/bad\.txt:2: /);
    const list = ['"lib"', '"one>=1.2,<2.0"', "\"three>=1.0,<2.0 ; python_version > '3'\"", '"two==1.0"'];
    for (const line of list) assert.ok(textOf(sandbox).includes(`    ${line},\n`), textOf(sandbox));
    assert.match(textOf(sandbox), /^lib = \{ path = "req\/lib", editable = true \}$/m);
    assertFailed(await sandbox.posy(["add", ...common]), 2, /there is nothing to add/);
    assertFailed(await sandbox.posy(["add", "app", ...common]), 2, /is the project itself/);
  });

  test("adds with a marker and from a named index, and writes the index into `pyproject.toml`", async () => {
    using sandbox = await newSandbox();
    await using main = await startIndex({ files: [wheel("lib", "9.0"), wheel("other")] });
    await using own = await startIndex({ files: [wheel("lib", "1.0")] });
    project(sandbox);
    const common = ["--default-index", main.url];
    const marker = ["--marker", "sys_platform == 'linux'"];
    const added = await sandbox.posy(["add", "lib", "--index", `own=${own.url}`, ...marker, ...common]);
    assert.equal(added.status, 0, added.stderr);
    assert.ok(textOf(sandbox).includes(`"lib>=1.0 ; sys_platform == 'linux'"`), textOf(sandbox));
    assert.ok(textOf(sandbox).includes(`[[tool.posy.indexes]]\nname = "own"\nurl = "${own.url}"\n`));
    assert.match(textOf(sandbox), /^lib = \{ index = "own" \}$/m);
    assert.ok(lockOf(sandbox).includes(`index = "${own.url}"`));

    const again = await sandbox.posy(["add", "other", "--index", main.url, ...common]);
    assert.equal(again.status, 0, again.stderr);
    assert.ok(textOf(sandbox).includes(`[[tool.posy.indexes]]\nurl = "${main.url}"\n`), textOf(sandbox));
    const before = textOf(sandbox);
    assert.equal((await sandbox.posy(["add", "lib", "--index", "own", ...marker, ...common])).status, 0);
    assert.equal(textOf(sandbox), before);
    assertFailed(await sandbox.posy(["add", "lib", "--index", "absent", ...common]), 2, /`absent`/, /own/);
    assertFailed(
      await sandbox.posy(["add", "lib", "--index", `own=${main.url}`, ...common]),
      2,
      /has another URL/,
    );
    assert.equal(textOf(sandbox), before);
  });
});

test("new, init, add, lock, upgrade and remove print nothing with `--quiet`", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files: [wheel("lib")] });
  const indexed = ["--default-index", index.url];
  const cwd = join(sandbox.cwd, "app");
  for (const [args, options] of [
    [["new", "app"], {}],
    [["init"], { cwd }],
    [["add", "lib", ...indexed], { cwd }],
    [["lock", ...indexed], { cwd }],
    [["upgrade", ...indexed], { cwd }],
    [["remove", "lib", ...indexed], { cwd }],
  ] as const) {
    const { status, stdout, stderr } = await sandbox.posy([...args, "--quiet"], options);
    assert.deepEqual([status, stdout, stderr], [0, "", ""], args.join(" "));
  }
});
