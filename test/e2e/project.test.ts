import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const files = [
  makeWheel({ name: "lib", version: "1.0", files: { "lib.py": "version = '1.0'\n" } }),
  makeWheel({ name: "tool", version: "2.0", files: { "tool.py": "" }, metadata: ["Requires-Dist: lib"] }),
  makeWheel({ name: "docs", version: "3.0", files: { "docs.py": "" } }),
];
const newer = makeWheel({ name: "lib", version: "1.1", files: { "lib.py": "version = '1.1'\n" } });

const pyproject = [
  "[project]",
  'name = "app"',
  'version = "0.1"',
  "dependencies = [",
  '    "tool", # what it needs',
  "]",
  "",
  "[tool.posy]",
  'platforms = ["linux-x86_64", "windows-x86_64"]',
  "",
  "[dependency-groups]",
  'docs = ["docs"]',
  "",
].join("\n");

function project(sandbox: Sandbox, text = pyproject): void {
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
}

const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
const show = ["python", "-c", "import lib; print(lib.version)"];

describe("posy run in a project", () => {
  test("locks for all platforms and runs, and asks no index the next time", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    const run = ["run", "--default-index", index.url, "--", ...show];
    assertPrinted(await sandbox.posy(run), "1.0\n");
    assert.match(lockOf(sandbox), /name = "tool"[\s\S]*windows-x86_64/);
    const asked = index.requests.length;
    assertPrinted(await sandbox.posy(run), "1.0\n");
    assert.equal(index.requests.length, asked);
  });

  test("keeps a subfolder as the current folder", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    mkdirSync(join(sandbox.cwd, "deep", "er"), { recursive: true });
    const code = "import lib, os; print(os.path.basename(os.getcwd()))";
    const run = ["run", "--default-index", index.url, "--", "python", "-c", code];
    assertPrinted(await sandbox.posy(run, { cwd: join(sandbox.cwd, "deep", "er") }), "er\n");
    assert.deepEqual(readdirSync(join(sandbox.cwd, "deep", "er")), []);
  });

  test("keeps locked versions when newer ones appear, until an upgrade", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    {
      await using index = await startIndex({ files });
      assertPrinted(await sandbox.posy(["run", "--default-index", index.url, "--", ...show]), "1.0\n");
    }
    await using index = await startIndex({ files: [...files, newer] });
    const common = ["--default-index", index.url, "--refresh"];
    assertPrinted(await sandbox.posy(["run", ...common, "--", ...show]), "1.0\n");
    assertPrinted(await sandbox.posy(["lock", ...common]), "pylock.toml is up to date\n");
    const upgraded = await sandbox.posy(["lock", ...common, "--upgrade-package", "lib"]);
    assert.equal(upgraded.stdout, "wrote pylock.toml\n~ lib 1.0 → 1.1\n");
    assertPrinted(await sandbox.posy(["run", ...common, "--", ...show]), "1.1\n");
  });

  test("runs a copied project without network", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    {
      await using index = await startIndex({ files });
      assertPrinted(await sandbox.posy(["run", "--default-index", index.url, "--", ...show]), "1.0\n");
    }
    cpSync(sandbox.cwd, join(sandbox.root, "copy"), { recursive: true });
    assertPrinted(
      await sandbox.posy(["run", "--offline", "--", ...show], { cwd: join(sandbox.root, "copy") }),
      "1.0\n",
    );
  });

  test("accepts the lock of a project that was copied together with its path dependency", async () => {
    using sandbox = await newSandbox();
    const tree = treeFiles({ name: "beside" });
    const app =
      '[project]\nname = "app"\nversion = "1"\ndependencies = ["beside"]\n[tool.posy.sources]\nbeside = { path = "../beside" }\n';
    for (const [path, text] of [
      ...Object.entries(tree).map(([path, text]) => [`beside/${path}`, text] as const),
      ["app/pyproject.toml", app] as const,
    ]) {
      mkdirSync(dirname(join(sandbox.cwd, path)), { recursive: true });
      writeFileSync(join(sandbox.cwd, path), text);
    }
    const locked = await sandbox.posy(["lock", "--no-index"], { cwd: join(sandbox.cwd, "app") });
    assert.equal(locked.status, 0, locked.stderr);
    cpSync(sandbox.cwd, join(sandbox.root, "copy"), { recursive: true });
    const check = ["lock", "--check", "--offline", "--no-index"];
    assertPrinted(
      await sandbox.posy(check, { cwd: join(sandbox.root, "copy", "app") }),
      "pylock.toml is up to date\n",
    );
  });

  test("adds the packages of `--with` and `--group`, locks the groups, and ignores the project with `--no-project`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    const found = "import importlib.util as u; print([n for n in ('tool', 'docs') if u.find_spec(n)])";
    const run = (...args: string[]) =>
      sandbox.posy(["run", "--default-index", index.url, ...args, "--", "python", "-c", found]);
    assertPrinted(await run("--with", "docs"), "['tool', 'docs']\n");
    assertPrinted(await run("--group", "docs"), "['tool', 'docs']\n");
    assert.match(lockOf(sandbox), /name = "docs"\nversion = ".*"\nmarker = "'docs' in dependency_groups"/);
    assertPrinted(await run("--no-project", "--with", "docs"), "['docs']\n");
  });

  test("uses the lock unchanged with `--frozen`, and fails without one", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    const run = (...args: string[]) =>
      sandbox.posy(["run", "--default-index", index.url, ...args, "--", ...show]);
    assertFailed(await run("--frozen"), 1, /pylock\.toml/);
    assertPrinted(await run(), "1.0\n");
    project(sandbox, pyproject.replace('"tool"', '"tool", "nowhere-to-be-had"'));
    assertPrinted(await run("--frozen"), "1.0\n");
    assertFailed(await run(), 1, /nowhere-to-be-had` \(pyproject\.toml:5\)/);
  });

  test("reports an unknown key with its line and a suggestion", async () => {
    using sandbox = await newSandbox();
    project(sandbox, pyproject.replace("platforms", "platfroms"));
    const run = await sandbox.posy(["run", "--no-index", "--", ...show]);
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /line 9, is not a key[\s\S]*did you mean `platforms`/);
  });

  test("installs a project that is a package as editable", async () => {
    using sandbox = await newSandbox();
    const tree = treeFiles({
      name: "app",
      pyproject: '[project]\nname = "app"\nversion = "1.0"\n[tool.posy]\nplatforms = ["linux-x86_64"]',
    });
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(sandbox.cwd, path)), { recursive: true });
      writeFileSync(join(sandbox.cwd, path), text);
    }
    writeFileSync(join(sandbox.cwd, "live.py"), "n = 1\n");
    const run = ["run", "--no-index", "--", "python", "-c", "import live; print(live.n)"];
    assertPrinted(await sandbox.posy(run), "1\n");
    writeFileSync(join(sandbox.cwd, "live.py"), "n = 22\n");
    assertPrinted(await sandbox.posy(run), "22\n");
    // The lock contains no absolute path.
    assert.doesNotMatch(lockOf(sandbox), new RegExp(sandbox.root));
  });
});

describe("posy add and remove", () => {
  test("keep comments and layout, write a lower bound, and lock", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    const added = await sandbox.posy(["add", "--default-index", index.url, "lib"]);
    assert.equal(added.status, 0, added.stderr);
    const text = pyproject.replace('    "tool",', '    "lib>=1.0",\n    "tool",');
    assert.equal(readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"), text);
    const removed = await sandbox.posy(["remove", "--default-index", index.url, "lib"]);
    assert.equal(removed.status, 0, removed.stderr);
    assert.equal(readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"), pyproject);
  });

  test("add to a group", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    const added = await sandbox.posy(["add", "--default-index", index.url, "--group", "docs", "lib==1.0"]);
    assert.equal(added.status, 0, added.stderr);
    assert.match(
      readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"),
      /^docs = \["docs", "lib==1\.0"\]$/m,
    );
  });

  test("leave both files unchanged when they fail", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    await sandbox.posy(["lock", "--default-index", index.url]);
    const before = lockOf(sandbox);
    assertFailed(await sandbox.posy(["add", "--default-index", index.url, "lib>=9"]), 1, /lib>=9/);
    assertFailed(await sandbox.posy(["remove", "--default-index", index.url, "absent"]), 1, /`absent`/);
    const elsewhere = await sandbox.posy(["remove", "--default-index", index.url, "docs"]);
    assert.match(elsewhere.stderr, /remove it with `--group docs`/);
    assert.equal(readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"), pyproject);
    assert.equal(lockOf(sandbox), before);
  });

  test("fail outside of a project", async () => {
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["add", "lib"]), 1, /is in no project/);
  });
});

describe("the links for editors", () => {
  test("`.posy/env` always leads to the Env of the lock, and is a venv", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    const through = () => {
      const python = join(sandbox.cwd, ".posy", "env", "bin", "python");
      const run = spawnSync(python, ["-c", "import lib, sys; print(lib.version, sys.prefix)"], {
        encoding: "utf8",
      });
      return run.stdout;
    };
    await using index = await startIndex({ files: [...files, newer] });
    const common = ["--default-index", index.url];
    project(sandbox, pyproject.replace('"tool"', '"tool", "lib<1.1"'));
    assert.equal((await sandbox.posy(["run", ...common, "--", ...show])).status, 0);
    assert.equal(through(), `1.0 ${join(sandbox.cwd, ".posy", "env")}\n`);
    project(sandbox);
    await sandbox.posy(["lock", ...common, "--upgrade"]);
    const path = await sandbox.posy(["env", ...common, "--path"]);
    assert.equal(readlinkSync(join(sandbox.cwd, ".posy", "env")), path.stdout.trim());
    assert.match(through(), /^1\.1 /);
    assert.equal(readFileSync(join(sandbox.cwd, ".posy", ".gitignore"), "utf8"), "*\n");
    // An Env with additional packages is not the one of the lock.
    await sandbox.posy(["run", ...common, "--with", "docs", "--", ...show]);
    assert.equal(readlinkSync(join(sandbox.cwd, ".posy", "env")), path.stdout.trim());
  });

  test("are made again by the next run after they were removed", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, pyproject.replace("platforms", "venv = true\nplatforms"));
    const run = () => sandbox.posy(["run", "--default-index", index.url, "--", ...show]);
    assertPrinted(await run(), "1.0\n");
    for (const gone of [".posy", ".venv"]) {
      rmSync(join(sandbox.cwd, gone), { recursive: true });
      assertPrinted(await run(), "1.0\n");
      assert.ok(existsSync(join(sandbox.cwd, gone)), gone);
    }
    assert.ok(existsSync(join(sandbox.cwd, ".posy", "env", "bin", "python")));
  });

  test("`.venv` is made by default, but not beside a lock of Poetry or with `venv = false`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const run = () => sandbox.posy(["run", "--default-index", index.url, "--", ...show]);
    writeFileSync(join(sandbox.cwd, "poetry.lock"), "");
    project(sandbox, pyproject);
    assertPrinted(await run(), "1.0\n");
    assert.equal(existsSync(join(sandbox.cwd, ".venv")), false);
    rmSync(join(sandbox.cwd, "poetry.lock"));
    project(sandbox, pyproject.replace("platforms", "\nplatforms"));
    assertPrinted(await run(), "1.0\n");
    assert.equal(existsSync(join(sandbox.cwd, ".venv", "pyvenv.cfg")), true);
    rmSync(join(sandbox.cwd, ".venv"), { recursive: true });
    project(sandbox, pyproject.replace("platforms", "venv = false\nplatforms"));
    assertPrinted(await run(), "1.0\n");
    assert.equal(existsSync(join(sandbox.cwd, ".venv")), false);
  });

  test("a `.venv` of another tool stays as it is by default, and the first run says so", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const run = () => sandbox.posy(["run", "--default-index", index.url, "--refresh", "--", ...show]);
    project(sandbox, pyproject);
    mkdirSync(join(sandbox.cwd, ".venv", "bin"), { recursive: true });
    assert.match((await run()).stderr, /\.venv` was not made by Posy, and stays as it is/);
    assert.doesNotMatch((await run()).stderr, /not made by Posy/);
  });

  test("`.venv` is made with `venv = true`, and never replaces an existing folder", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const run = () => sandbox.posy(["run", "--default-index", index.url, "--", ...show]);
    project(sandbox, pyproject.replace("platforms", "venv = true\nplatforms"));
    assertPrinted(await run(), "1.0\n");
    assert.equal(existsSync(join(sandbox.cwd, ".venv", "pyvenv.cfg")), true);
    rmSync(join(sandbox.cwd, ".venv"), { recursive: true });
    mkdirSync(join(sandbox.cwd, ".venv", "lib"), { recursive: true });
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      pyproject.replace("platforms", "venv = true\n\nplatforms"),
    );
    assertFailed(await run(), 73, /\.venv` is in the way/);
    // The error is repeated while the folder is there.
    assertFailed(await run(), 73, /\.venv` is in the way/);
  });
});

describe("posy tree and why", () => {
  test("show which packages are needed, by which package, on which platform", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, pyproject.replace('"tool"', "\"tool; sys_platform == 'linux'\""));
    await sandbox.posy(["lock", "--default-index", index.url]);
    assertPrinted(await sandbox.posy(["tree"]), "tool 2.0\n└── lib 1.0\n");
    assertPrinted(await sandbox.posy(["tree", "--depth", "0"]), "tool 2.0\n");
    assertPrinted(await sandbox.posy(["why", "LIB"]), "lib 1.0\n└── tool 2.0 (requires any) ← the project\n");
    assertPrinted(await sandbox.posy(["tree", "--platform", "windows-x86_64", "--json"]), "[]\n");
    assertFailed(await sandbox.posy(["why", "absent"]), 1, /`absent` is not among/);
  });

  test("fail without a lock", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    assertFailed(await sandbox.posy(["tree"]), 1, /pylock\.toml/);
  });
});

describe("posy lock", () => {
  test("--check fails without a lock and succeeds with one", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox);
    const lock = (...args: string[]) => sandbox.posy(["lock", "--default-index", index.url, ...args]);
    assertFailed(await lock("--check"), 1, /is not what `pyproject\.toml` asks for/);
    assert.equal((await lock()).status, 0);
    assertPrinted(await lock("--check"), "pylock.toml is up to date\n");
  });

  test("does not depend on the machine: it prefers a wheel that older systems can load", async () => {
    using sandbox = await newSandbox();
    const [plain, recent] = ["manylinux_2_17_x86_64", "manylinux_2_31_x86_64"].map((tag) =>
      makeWheel({ name: "native", tags: `py3-none-${tag}`, files: { "native.py": `tag = "${tag}"\n` } }),
    );
    assert.ok(plain && recent);
    await using index = await startIndex({ files: [plain, recent] });
    project(
      sandbox,
      '[project]\nname = "app"\nversion = "1"\ndependencies = ["native"]\n[tool.posy]\nplatforms = ["linux-x86_64"]\n',
    );
    const common = ["--default-index", index.url];
    const code = ["--", "python", "-c", "import native; print(native.tag)"];
    assertPrinted(
      await sandbox.posy(["run", ...common, "--no-project", "--with", "native", ...code]),
      "manylinux_2_31_x86_64\n",
    );
    assertPrinted(await sandbox.posy(["run", ...common, ...code]), "manylinux_2_17_x86_64\n");
    assert.doesNotMatch(lockOf(sandbox), /artifacts/);
  });

  test("locks a source that can't be built here with a warning, and running it reports the failed build", async () => {
    using sandbox = await newSandbox();
    const raises = { get_requires_for_build_wheel: "the client library is missing" };
    const source = sdistOf({ name: "native", requires: ["lib"], raises }, { isStatic: true });
    await using index = await startIndex({ files: [...files, source] });
    project(sandbox, pyproject.replace('"tool"', '"native"'));
    const locked = await sandbox.posy(["lock", "--default-index", index.url]);
    assert.equal(locked.status, 0, locked.stderr);
    assert.match(locked.stderr, /^warning: `native 1\.0` could not be built: .*; it is locked with what it/m);
    assert.match(lockOf(sandbox), /unasked = true/);
    const run = ["run", "--default-index", index.url, "--", "python", "-c", "import native"];
    assertFailed(
      await sandbox.posy(run),
      1,
      /`native 1\.0` could not be built[^]*the client library is missing/,
    );
  });

  test("does not run a backend that can't ask for more build requirements", async () => {
    using sandbox = await newSandbox();
    // This wheel of setuptools is empty, so a build that runs it fails.
    const setuptools = makeWheel({ name: "setuptools", version: "80.0" });
    const source = (setupPy: string) =>
      makeSdist({
        name: "native",
        version: "1.0",
        files: {
          "pyproject.toml":
            '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
          "setup.py": setupPy,
        },
      });
    const lock = async (setupPy: string) => {
      await using index = await startIndex({ files: [...files, setuptools, source(setupPy)] });
      return await sandbox.posy(["lock", "--default-index", index.url]);
    };
    project(sandbox, pyproject.replace('"tool"', '"native"'));
    const told = /`native 1\.0` could not be built/;
    assert.match((await lock('setup(setup_requires=["lib"])')).stderr, told);
    rmSync(join(sandbox.cwd, "pylock.toml"));
    const quiet = await lock("setup()");
    assert.equal(quiet.status, 0, quiet.stderr);
    assert.doesNotMatch(quiet.stderr, told);
    assert.match(lockOf(sandbox), /unasked = true/);
  });

  test("takes the metadata of a source that can't be built from its PKG-INFO, with a warning", async () => {
    using sandbox = await newSandbox();
    const raises = { get_requires_for_build_wheel: "the client library is missing" };
    const tree = { name: "native", dependencies: ["lib"], raises };
    const packed = (metadataVersion: string) =>
      makeSdist({
        name: "native",
        version: "1.0",
        files: treeFiles(tree),
        metadataVersion,
        requires: ["lib"],
        ...(metadataVersion === "2.1" ? {} : { dynamic: ["requires-dist"] }),
      });
    const lock = async (metadataVersion: string) => {
      await using index = await startIndex({ files: [...files, packed(metadataVersion)] });
      return await sandbox.posy(["lock", "--default-index", index.url]);
    };
    project(sandbox, pyproject.replace('"tool"', '"native"'));
    // PKG-INFO before version 2.2 may be incomplete, so it is used only when nothing else has the metadata.
    for (const metadataVersion of ["2.1", "2.2"]) {
      rmSync(join(sandbox.cwd, "pylock.toml"), { force: true });
      const locked = await lock(metadataVersion);
      assert.equal(locked.status, 0, locked.stderr);
      assert.match(
        locked.stderr,
        /^warning: what `native 1\.0` needs is taken from its `PKG-INFO`, since it can't be built here: `native 1\.0` could not be built/m,
      );
      assert.match(locked.stdout, /^\+ lib /m);
    }
  });

  test("resolves a merge conflict in the lock after two branches added packages", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    // git can merge the two changes of `pyproject.toml`, but not those of the locks.
    const git = (...args: string[]) => {
      const name = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"];
      return spawnSync("git", [...name, ...args], { cwd: sandbox.cwd, encoding: "utf8" });
    };
    const posy = async (...args: string[]) => {
      const run = await sandbox.posy([...args, "--default-index", index.url]);
      assert.equal(run.status, 0, run.stderr);
    };
    project(
      sandbox,
      pyproject.replace('    "tool", # what it needs\n', "").replace('docs = ["docs"]', "dev = []"),
    );
    await posy("lock");
    git("init", "--quiet", "--initial-branch=main");
    git("add", "pyproject.toml", "pylock.toml");
    git("commit", "--quiet", "--message=start");
    for (const [branch, add] of [
      ["one", ["add", "tool"]],
      ["two", ["add", "--group", "dev", "docs"]],
    ] as const) {
      git("checkout", "--quiet", "-b", branch, "main");
      await posy(...add);
      git("commit", "--quiet", "--all", `--message=${branch}`);
    }
    assert.match(git("merge", "one").stdout, /CONFLICT \(content\): Merge conflict in pylock\.toml/);
    assert.equal(git("diff", "--name-only", "--diff-filter=U").stdout, "pylock.toml\n");
    await posy("lock");
    const show = ["run", "--default-index", index.url, "--", "python", "-c"];
    assertPrinted(await sandbox.posy([...show, "import tool, lib, docs; print('all')"]), "all\n");
    assertPrinted(
      await sandbox.posy(["lock", "--check", "--default-index", index.url]),
      "pylock.toml is up to date\n",
    );
  });

  test("replaces a lock with conflict markers by one with the packages of both sides", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [...files, newer] });
    const lock = async (text: string) => {
      project(sandbox, text);
      const run = await sandbox.posy(["lock", "--default-index", index.url]);
      assert.equal(run.status, 0, run.stderr);
      return lockOf(sandbox);
    };
    const ours = await lock(pyproject.replace('"tool"', '"tool", "lib==1.0"'));
    const theirs = await lock(pyproject.replace('"tool"', '"tool", "docs"'));
    project(sandbox, pyproject.replace('"tool"', '"tool", "lib", "docs"'));
    const conflict = `<<<<<<< ours\n${ours}=======\n${theirs}>>>>>>> theirs\n`;
    writeFileSync(join(sandbox.cwd, "pylock.toml"), conflict);
    const healed = await sandbox.posy(["lock", "--default-index", index.url]);
    assert.equal(healed.status, 0, healed.stderr);
    assert.match(lockOf(sandbox), /name = "docs"/);
    assert.match(lockOf(sandbox), /name = "lib"/);
    assert.doesNotMatch(lockOf(sandbox), /<<<<<<<|>>>>>>>/);
  });
});
