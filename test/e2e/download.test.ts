import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { newRepository } from "../support/git-repository.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { testArchive } from "../support/standalone-archive.ts";
import { treeFiles } from "../support/tree-backend.ts";

const tool = makeWheel({ name: "tool", files: { "tool.py": "" }, requires: ["native", "built"] });
const wheelFor = (platform: string) =>
  makeWheel({ name: "native", tags: `py3-none-${platform}`, files: { "native.py": "" } });
const linux = wheelFor("manylinux_2_17_x86_64");
const windows = wheelFor("win_amd64");
const built = sdistOf(
  { name: "built", requires: ["backend-helper"], asks: ["asked-for"] },
  { isStatic: true },
);
const askedFor = makeWheel({ name: "asked-for", files: { "asked_for.py": "" } });
const helper = makeWheel({ name: "backend-helper", files: { "backend_helper.py": "" } });
const tester = makeWheel({ name: "tester", files: { "tester.py": "" } });
const files = [tool, linux, windows, built, helper, askedFor, tester];

const pyproject = `[project]
name = "app"
version = "1.0"
dependencies = ["tool"]
[dependency-groups]
dev = ["tester"]
[tool.posy]
platforms = ["linux-x86_64", "windows-x86_64"]
`;

const common = [built, helper, askedFor, tester, tool].map(({ filename }) => filename);
const forLinux = [...common, linux.filename].sort();

describe("`posy download`", { skip: process.platform !== "linux" || process.arch !== "x64" }, () => {
  let index: TestIndex;
  let sandbox: Sandbox;

  before(async () => {
    index = await startIndex({ files });
    sandbox = await newSandbox();
    writeTree(sandbox.cwd);
    assert.equal((await posy(["lock", "-q"])).status, 0);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const writeTree = (cwd: string) => {
    const tree = treeFiles({ name: "app", dependencies: ["tool"], requires: ["backend-helper"], pyproject });
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
  };
  const posy = (args: readonly string[], options: Parameters<Sandbox["posy"]>[1] = {}) =>
    sandbox.posy(args, { ...options, env: { UV_DEFAULT_INDEX: index.url, ...options.env } });
  /** Downloads into a new folder, and returns the names of the files in it. */
  const downloaded = async (name: string, args: readonly string[]): Promise<readonly string[]> => {
    const run = await posy(["download", "--no-python", "-o", name, ...args]);
    assert.equal(run.status, 0, run.stderr);
    return readdirSync(join(sandbox.cwd, name)).sort();
  };

  test("writes what the lock needs here, with the build requirements of sources and of the project", async () => {
    const run = await posy(["download", "--no-python", "--locked"]);
    assert.equal(run.status, 0, run.stderr);
    const folder = join(sandbox.cwd, "wheelhouse");
    assert.deepEqual(readdirSync(folder).sort(), forLinux);
    for (const { filename, bytes } of [tool, built, helper])
      assert.ok(readFileSync(join(folder, filename)).equals(bytes));
    assert.match(run.stdout, /^wheelhouse\/tool-1\.0-py3-none-any\.whl {2}\d+ B$/m);
    assert.match(run.stderr, /left out `app`, which is a folder of this machine/);
    assert.match(run.stderr, /wrote 6 files, [\d.]+ kB, to `wheelhouse` for linux-x86_64/);
    assert.match(run.stderr, /`posy run --frozen --offline --no-index --find-links wheelhouse`/);
  });

  for (const [title, args, expected] of [
    ["another platform", ["--platform", "windows-x86_64"], [...common, windows.filename]],
    ["all platforms of the lock", ["--frozen", "--all-platforms"], [...forLinux, windows.filename]],
    ["a lock file", ["-r", "pylock.toml", "--all-platforms"], [...forLinux, windows.filename]],
    ["a part of the project", ["--no-dev"], forLinux.filter((name) => name !== tester.filename)],
    ["one group", ["--only-group", "dev"], [tester.filename]],
    ["requirements", ["tester"], [tester.filename]],
  ] as const) {
    test(`downloads for ${title}`, async () => {
      assert.deepEqual(await downloaded(title.replaceAll(" ", "-"), args), [...expected].sort());
    });
  }

  test("makes a folder that a lock and requirements can use without the index and with an empty store", async () => {
    await downloaded("offline", []);
    const folder = join(sandbox.cwd, "offline");
    const asked = index.requests.length;
    using other = await newSandbox();
    writeTree(other.cwd);
    writeFileSync(join(other.cwd, "pylock.toml"), readFileSync(join(sandbox.cwd, "pylock.toml")));
    const code = "import app, tool, native, built, tester; print('works')";
    const flags = ["--offline", "--find-links", folder];
    assertPrinted(
      await other.posy(["run", "-q", "--frozen", ...flags, "--", "python", "-c", code]),
      "works\n",
    );
    const requirement = ["--no-project", "--no-index", "--with", "tool", "--", "python", "-c"];
    assertPrinted(await other.posy(["run", "-q", ...flags, ...requirement, "import built"]), "");
    assert.equal(index.requests.length, asked);
  });

  test("keeps right files, replaces wrong ones with a warning, and removes what a killed process left", async () => {
    await downloaded("again", []);
    const folder = join(sandbox.cwd, "again");
    writeFileSync(join(folder, tool.filename), "another file");
    rmSync(join(folder, built.filename));
    const left = join(folder, ".download-999999999-00000000-00000000-0000");
    writeFileSync(left, "half");
    // What another machine left counts as abandoned after a day.
    utimesSync(left, 0, 0);
    writeFileSync(join(folder, "mine.txt"), "");
    const run = await posy(["download", "--no-python", "-o", "again", "--json"]);
    const { files: listed } = JSON.parse(run.stdout) as { files: { path: string; state: string }[] };
    const stateOf = ({ filename }: { readonly filename: string }) =>
      listed.find(({ path }) => path.endsWith(filename))?.state;
    assert.deepEqual([tool, built, helper].map(stateOf), ["replaced", "written", "kept"]);
    assert.match(run.stderr, /tool-1\.0-py3-none-any\.whl` was another file than the index has/);
    assert.ok(readFileSync(join(folder, tool.filename)).equals(tool.bytes));
    const others = readdirSync(folder).filter((name) => !forLinux.includes(name));
    assert.deepEqual(others, ["mine.txt"]);
  });

  test("leaves whole files and nothing else if one can't be downloaded, and completes them the next time", async () => {
    using other = await newSandbox();
    writeTree(other.cwd);
    writeFileSync(join(other.cwd, "pylock.toml"), readFileSync(join(sandbox.cwd, "pylock.toml")));
    index.script(`/files/${tool.filename}`, { status: 404 });
    const args = ["download", "--no-python", "--frozen", "-o", "broken"];
    const options = { env: { UV_DEFAULT_INDEX: index.url } };
    const failed = await other.posy(args, options);
    assertFailed(failed, 69, /404/);
    const folder = join(other.cwd, "broken");
    assert.deepEqual(
      readdirSync(folder).sort(),
      forLinux.filter((name) => name !== tool.filename),
    );
    assert.equal((await other.posy(args, options)).status, 0);
    assert.deepEqual(readdirSync(folder).sort(), forLinux);
    const again = await other.posy(args, options);
    assertPrinted(again, "");
    assert.match(again.stderr, /`broken` for linux-x86_64 is complete: 6 files/);
  });

  test("builds the wheel of a package from a repository, which a lock takes without a network", async () => {
    using other = await newSandbox();
    const path = join(other.root, "repository");
    const repository = newRepository(path);
    repository.commit(treeFiles({ name: "fromgit" }));
    const options = { env: { UV_DEFAULT_INDEX: index.url } };
    const source = `{ git = "file://${path}" }`;
    const manifest = `[project]\nname = "p"\nversion = "1.0"\nrequires-python = ">=3.9"\ndependencies = ["fromgit"]\n`;
    writeFileSync(
      join(other.cwd, "pyproject.toml"),
      `${manifest}[tool.posy]\nplatforms = ["linux-x86_64"]\n[tool.posy.sources]\nfromgit = ${source}\n`,
    );
    const made = await other.posy(["download", "--no-python", "-o", "files"], options);
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stderr, /built the wheel of `fromgit`/);
    const folder = join(other.cwd, "files");
    assert.deepEqual(readdirSync(folder).sort(), ["fromgit-1.0-py3-none-any.whl", "posy-built.json"]);
    rmSync(path, { recursive: true });
    using empty = await newSandbox();
    const run = (...flags: string[]) =>
      empty.posy(["run", "-q", "--frozen", "--no-index", "--find-links", folder, ...flags], {
        cwd: other.cwd,
      });
    const code = "import fromgit; print('works')";
    // With a network, a package from a repository comes from the repository.
    assertFailed(await run("--", "python", "-c", code), 1, /there is no repository/);
    assertPrinted(await run("--offline", "--", "python", "-c", code), "works\n");
    writeFileSync(join(folder, "fromgit-1.0-py3-none-any.whl"), "another file");
    using last = await newSandbox();
    const refused = await last.posy(["env", "--frozen", "--offline", "--find-links", folder], {
      cwd: other.cwd,
    });
    assertFailed(refused, 1, /there is no repository/);
  });

  test("writes the archives of interpreters, which `--python-index` takes with an empty store", async () => {
    const archive = testArchive("3.13.5+20250612");
    const mirror = join(sandbox.root, "mirror");
    mkdirSync(mirror);
    writeFileSync(join(mirror, archive.filename), archive.bytes);
    const args = ["--no-project", "--python-only", "-p", "3.13", "--python-mirror", mirror, "-o", "pythons"];
    const run = await posy(["download", ...args]);
    assert.equal(run.status, 0, run.stderr);
    const folder = join(sandbox.cwd, "pythons", "pythons");
    assert.deepEqual(readdirSync(folder).sort(), ["SHA256SUMS", archive.filename]);
    assert.equal(
      readFileSync(join(folder, "SHA256SUMS"), "utf8"),
      `${archive.sha256}  ${archive.filename}\n`,
    );
    using other = await newSandbox({ interpreter: false });
    const offline = ["run", "-q", "--offline", "--python-index", folder, "--", "python"];
    assertPrinted(await other.posy(offline), "fake 3.13.5+20250612\n");
  });

  test("refuses contradictions, and options of a project without one", async () => {
    for (const [args, says] of [
      [["--no-python", "--python-only"], /exclude each other/],
      [["--all-platforms", "--platform", "linux-x86_64"], /exclude each other/],
      [["--all-platforms", "tool"], /needs a lock/],
      [["--python-version", "3.12"], /only describes an interpreter/],
      [["--python-only", "tool"], /leaves out all packages/],
      [["--frozen", "tool"], /`--frozen` is for the lock of a project/],
      [["--no-project"], /nothing to download/],
      [["--dest", "x"], /--dest/],
    ] as const) {
      assertFailed(await posy(["download", ...args]), 2, says);
    }
    assertFailed(await posy(["download", "--platform", "macos-arm64"]), 2, /the lock has nothing for/);
    assert.ok(!existsSync(join(sandbox.cwd, "x")));
  });

  test("says that an installed Python can't be downloaded", async () => {
    const python = (await posy(["python", "find"])).stdout.trim();
    const run = await posy(["download", "--no-project", "-p", python, "-o", "installed", "tester"]);
    assertFailed(run, 1, /no source has a Python/, /--no-python/);
    assert.ok(!existsSync(join(sandbox.cwd, "installed")));
  });
});
