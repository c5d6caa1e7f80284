import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { fakePython } from "../pythons/sandbox.ts";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makePybi } from "../support/make-pybi.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type PosyRun, type Sandbox } from "../support/posy.ts";

const here = process.platform === "linux" && process.arch === "x64";

function project(
  sandbox: Sandbox,
  dependencies: readonly string[],
  python: string,
  platforms: readonly string[],
) {
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    `dependencies = ${JSON.stringify(dependencies)}`,
    "[tool.posy]",
    `python = ${JSON.stringify(python)}`,
    `platforms = ${JSON.stringify(platforms)}`,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
}

const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
const lockedNames = (sandbox: Sandbox) =>
  [...lockOf(sandbox).matchAll(/^\[\[packages\]\]\nname = "([a-z]+)"/gm)].map(([, name]) => name);
const succeeded = (run: PosyRun) => assert.equal(run.status, 0, run.stderr);

/** Installs a Python of this version, and of no other. Returns the PATH on which it is. */
function install(sandbox: Sandbox, version: string | undefined): string {
  const bin = join(sandbox.root, "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  if (version !== undefined) {
    const python = join(bin, "python3.90");
    const library = "lib/python3.90";
    const paths = {
      stdlib: library,
      platstdlib: library,
      purelib: `${library}/site-packages`,
      platlib: `${library}/site-packages`,
      include: "include/python3.90",
      platinclude: "include/python3.90",
      scripts: "bin",
      data: ".",
    };
    const change = { executable: python, prefix: sandbox.root, paths };
    writeFileSync(python, fakePython(version, join(sandbox.root, "count"), change));
    chmodSync(python, 0o755);
  }
  return `${bin}:/usr/bin:/bin`;
}

describe("a lock for a platform whose Python no source has", () => {
  const files = [makeWheel({ name: "lib", version: "1.0" })];
  const both = ["linux-x86_64", "linux-aarch64"];

  test("is made, says that the interpreter is open, and warns", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const env = { UV_DEFAULT_INDEX: index.url };
    project(sandbox, [], "3.13", both);
    const added = await sandbox.posy(["add", "lib"], { env });
    succeeded(added);
    assert.equal(
      added.stderr,
      "warning: no source that can be reached has Python 3.13 for `linux-aarch64`, so the lock leaves the interpreter open there and assumes Python 3.13.5\n" +
        "hint: `posy run` uses a Python 3.13 that it finds on `linux-aarch64`; `platforms` in `[tool.posy]` can leave out what nobody needs\n",
    );
    assert.match(
      lockOf(sandbox),
      /platform = "linux-aarch64"\n\n\[tool\.posy\.targets\.python\]\nversion = "3\.13\.5"\nsource = \{kind = "open", request = "3\.13"\}\n/,
    );
    for (const args of [["lock"], ["lock", "--check"], ["tree"], ["tree", "--platform", "linux-aarch64"]]) {
      const run = await sandbox.posy(args, { env });
      assert.deepEqual([run.status, run.stderr], [0, ""], args.join(" "));
    }
    for (const format of ["requirements", "pylock", "cyclonedx"]) {
      const run = await sandbox.posy(["export", "--frozen", "--format", format], { env });
      assert.deepEqual([run.status, run.stderr], [0, ""], format);
      if (format === "cyclonedx")
        assert.match(run.stdout, /pkg:generic\/cpython@3\.13\?platform=linux-aarch64/);
    }
  });

  test("keeps an interpreter that is locked already, when its source can no longer be reached", async () => {
    using sandbox = await newSandbox();
    const pybi: IndexFile = {
      ...makePybi({ version: "3.90.2", platformTag: "manylinux_2_17_x86_64" }),
      project: "cpython-unofficial",
    };
    const newer = makeWheel({ name: "lib", version: "2.0" });
    await using index = await startIndex({ files: [...files, newer, pybi] });
    const env = { UV_DEFAULT_INDEX: index.url };
    project(sandbox, ["lib<2"], "3.90", ["linux-x86_64"]);
    succeeded(await sandbox.posy(["lock"], { env: { ...env, POSY_PYTHON_INDEX: index.url } }));
    project(sandbox, ["lib>=2"], "3.90", ["linux-x86_64"]);
    const again = await sandbox.posy(["lock"], { env });
    assert.deepEqual([again.status, again.stderr], [0, ""]);
    assert.match(lockOf(sandbox), /source = \{kind = "pybi"/);
  });

  test("is an error for a Python that does not exist, and for PyPy, whose error names the platform", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const env = { UV_DEFAULT_INDEX: index.url };
    project(sandbox, ["lib"], "3.99", both);
    assertFailed(await sandbox.posy(["lock"], { env }), 1, /no Python that meets `3\.99` .*`linux-x86_64`/);
    project(sandbox, ["lib"], "pypy3.11", both);
    assertFailed(
      await sandbox.posy(["lock"], { env }),
      1,
      /no Python that meets `pypy3\.11` .*`linux-x86_64`/,
    );
  });
});

describe("an interpreter that the lock leaves open", { skip: !here }, () => {
  const files = [
    makeWheel({ name: "lib", version: "1.0" }),
    makeWheel({
      name: "picky",
      version: "1.0",
      metadata: ["Requires-Dist: lib; python_full_version >= '3.90.6'"],
    }),
  ];
  /** Prints the prefix of the Env: its name has the version of its Python. */
  const tell = ["--", "sh", "-c", 'echo "$VIRTUAL_ENV"'];
  const versionIn = (stdout: string) => basename(stdout.trim()).split("-")[1];

  test("is the installed one that fits, also after it was replaced, and an error if there is none", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const env = { UV_DEFAULT_INDEX: index.url };
    project(sandbox, ["picky"], "3.90", ["linux-x86_64"]);
    const run = (path: string, ...own: string[]) =>
      sandbox.posy(["run", ...own, ...tell], { env: { ...env, PATH: path } });
    const first = await run(install(sandbox, "3.90.2"));
    succeeded(first);
    assert.match(first.stderr, /assumes Python 3\.90\.2\n/);
    assert.equal(versionIn(first.stdout), "3.90.2");
    const lock = lockOf(sandbox);
    assert.match(lock, /version = "3\.90\.2"\nsource = \{kind = "open", request = "3\.90"\}/);
    assert.doesNotMatch(lock, new RegExp(sandbox.root));
    const again = await run(`${sandbox.root}/bin:/usr/bin:/bin`);
    assert.deepEqual([again.stderr, again.stdout], ["", first.stdout]);
    const path = install(sandbox, "3.90.4");
    const program = join(sandbox.root, "bin", "python3.90");
    for (const own of [
      [],
      ["--frozen"],
      ["--locked"],
      ["--python", "3.90"],
      ["--frozen", "--python", "3.90.4"],
      ["--frozen", "--python", program],
    ]) {
      const newer = await run(path, ...own);
      assert.deepEqual([newer.stderr, versionIn(newer.stdout)], ["", "3.90.4"], own.join(" "));
    }
    assert.equal(lockOf(sandbox), lock);
    assert.match(readlinkSync(join(sandbox.cwd, ".posy", "env")), /3\.90\.4/);
    assertFailed(await run(path, "--frozen", "--python", "3.90.2"), 1, /no Python 3\.90/);
    assertFailed(
      await run(install(sandbox, undefined)),
      1,
      /the lock leaves the interpreter for `linux-x86_64` open, and no Python 3\.90 can be had on this machine/,
      /install Python 3\.90, or name another with `--python`/,
    );
  });

  test("is pinned by `posy lock --upgrade` once a source has it", async () => {
    using sandbox = await newSandbox();
    const pybi: IndexFile = {
      ...makePybi({ version: "3.90.4", platformTag: "manylinux_2_17_x86_64" }),
      project: "cpython-unofficial",
    };
    await using index = await startIndex({ files: [...files, pybi] });
    const env = { UV_DEFAULT_INDEX: index.url, PATH: install(sandbox, "3.90.2") };
    project(sandbox, ["lib"], "3.90", ["linux-x86_64"]);
    succeeded(await sandbox.posy(["lock"], { env }));
    const open = lockOf(sandbox);
    const reached = { ...env, POSY_PYTHON_INDEX: index.url };
    // Without an upgrade the lock stays, and the source has a fitting interpreter.
    const run = await sandbox.posy(["run", ...tell], { env: reached });
    assert.deepEqual([run.stderr, versionIn(run.stdout)], ["", "3.90.4"]);
    assert.equal(lockOf(sandbox), open);
    const upgraded = await sandbox.posy(["lock", "--upgrade"], { env: reached });
    assert.deepEqual([upgraded.status, upgraded.stderr], [0, ""]);
    assert.match(lockOf(sandbox), /version = "3\.90\.4"\nplatform-tags = .*\nsource = \{kind = "pybi"/);
  });

  test("is refused if other packages would be needed with it, and locking again there solves it", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const env = { UV_DEFAULT_INDEX: index.url };
    project(sandbox, ["picky"], "3.90", ["linux-x86_64"]);
    succeeded(await sandbox.posy(["lock"], { env: { ...env, PATH: install(sandbox, "3.90.2") } }));
    assert.deepEqual(lockedNames(sandbox), ["picky"]);
    const PATH = install(sandbox, "3.90.7");
    assertFailed(
      await sandbox.posy(["run", ...tell], { env: { ...env, PATH } }),
      1,
      /assumes Python 3\.90\.2, but with Python 3\.90\.7 `picky 1\.0` needs other packages \(`lib; python_full_version >= "3\.90\.6"`\)/,
      /install Python 3\.90\.2, or run `posy lock --upgrade` on this machine/,
    );
    succeeded(await sandbox.posy(["lock", "--upgrade"], { env: { ...env, PATH } }));
    assert.deepEqual(lockedNames(sandbox), ["lib", "picky"]);
    const run = await sandbox.posy(["run", ...tell], { env: { ...env, PATH } });
    assert.deepEqual([run.stderr, versionIn(run.stdout)], ["", "3.90.7"]);
  });

  test("is refused if the lock asks for a program instead of a version", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const env = { UV_DEFAULT_INDEX: index.url };
    project(sandbox, ["lib"], "3.90", ["linux-x86_64"]);
    const PATH = install(sandbox, "3.90.2");
    succeeded(await sandbox.posy(["lock"], { env: { ...env, PATH } }));
    const changed = lockOf(sandbox).replace('request = "3.90"', 'request = "./evil"');
    writeFileSync(join(sandbox.cwd, "pylock.toml"), changed);
    assertFailed(
      await sandbox.posy(["run", "--frozen", ...tell], { env: { ...env, PATH } }),
      2,
      /the lock asks for the Python `\.\/evil`, which is not a version/,
    );
  });
});

describe("a lock that only one platform prevents", () => {
  const files = [makeWheel({ name: "lib", version: "1.0" })];
  const platforms = ["linux-x86_64", "windows-x86_64", "macos-arm64"];

  test("fails with that platform and the advice to leave it out", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ["lib>=9; sys_platform == 'win32'", "lib"], "3.14", platforms);
    assertFailed(
      await sandbox.posy(["lock", "--default-index", index.url]),
      1,
      /\(Python 3\.14\.3, windows-x86_64\)/,
      /^loosen `lib>=9`, or leave `windows-x86_64` out of `platforms` in `\[tool\.posy\]`: all other platforms have an answer$/m,
    );
  });

  test("has no such advice if several platforms prevent it", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ["lib>=9; sys_platform != 'linux'", "lib"], "3.14", platforms);
    assertFailed(
      await sandbox.posy(["lock", "--default-index", index.url]),
      1,
      /lib>=9/,
      /^loosen `lib>=9`$/m,
    );
  });
});
