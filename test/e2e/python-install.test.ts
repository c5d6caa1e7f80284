import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fakePython } from "../pythons/sandbox.ts";
import { type IndexFile, startIndex, type TestIndex } from "../support/index-server.ts";
import { makePybi } from "../support/make-pybi.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox, type PosyRun } from "../support/posy.ts";

/** Versions that exist only in the index of the test. */
const pybi = (version: string): IndexFile => ({ ...makePybi({ version }), project: "cpython-unofficial" });
const files = ["3.90.1", "3.90.2", "3.91.0"].map(pybi);
const [older] = files as [IndexFile];

interface Result {
  readonly state: string;
  readonly request?: string;
  readonly interpreter?: { readonly version: string };
  readonly executable?: string;
  readonly root?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly envs?: readonly string[];
}

function results(run: PosyRun, status = 0): readonly Result[] {
  assert.equal(run.status, status, run.stderr);
  return JSON.parse(run.stdout) as Result[];
}

const summary = (all: readonly Result[]) =>
  all.map(({ state, interpreter, error }) => `${state} ${interpreter?.version ?? error?.code ?? ""}`);
const stored = (sandbox: Sandbox) => {
  const pythons = join(sandbox.home, "data", "pythons-v1");
  return existsSync(pythons) ? readdirSync(pythons).length : 0;
};
/** The files that were requested. They are so small that the range request for their metadata fetches them whole. */
const downloads = ({ requests }: TestIndex) =>
  requests.filter(({ path }) => path.startsWith("/files/")).map(({ path }) => path.slice("/files/".length));
const distinct = (names: readonly string[]) => [...new Set(names)].sort();
const bare = () => newSandbox({ interpreter: false });

describe("posy python install", { skip: process.platform === "win32" }, () => {
  test("puts several Pythons into the store, each once", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const install = () =>
      sandbox.posy(["python", "install", "3.90", "3.91", "3.90.2", "--python-index", index.url, "--json"]);
    const first = results(await install());
    assert.deepEqual(summary(first), ["installed 3.90.2", "installed 3.91.0", "installed 3.90.2"]);
    for (const { executable = "" } of first) assert.ok(existsSync(executable));
    assert.equal(stored(sandbox), 2);
    const fetched = downloads(index);
    assert.deepEqual(distinct(fetched), [files[1]?.filename, files[2]?.filename]);
    assert.deepEqual(summary(results(await install())), [
      "present 3.90.2",
      "present 3.91.0",
      "present 3.90.2",
    ]);
    assert.deepEqual(downloads(index), fetched, "nothing is fetched again");
  });

  test("succeeds while other commands remove the Python again and again", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const install = () =>
      sandbox.posy(["python", "install", "3.91", "--python-index", index.url, "--reinstall"]);
    await install();
    const pythons = join(sandbox.home, "data", "pythons-v1");
    let removed = 0;
    const removing = setInterval(() => {
      for (const name of readdirSync(pythons)) {
        renameSync(join(pythons, name), join(sandbox.root, `removed-${removed++}`));
      }
    }, 25);
    try {
      for (let round = 0; round < 5; round++) {
        const { status, stderr } = await install();
        assert.equal(status, 0, stderr);
      }
    } finally {
      clearInterval(removing);
    }
  });

  test("prints each Python with its path", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const args = ["python", "install", "3.90", "3.91", "--python-index", index.url];
    const told = await sandbox.posy(args);
    const line = (version: string, said: string) =>
      new RegExp(
        `^cpython ${version}  ${said}  ${sandbox.home}/data/pythons-v1/[0-9a-f]{64}/bin/python$`,
        "m",
      );
    assert.match(told.stdout, line("3\\.90\\.2", "installed"));
    assert.match(told.stdout, line("3\\.91\\.0", "installed"));
    assert.match((await sandbox.posy(args)).stdout, line("3\\.90\\.2", "already installed"));
    assertPrinted(await sandbox.posy(["python", "dir"]), `${join(sandbox.home, "data", "pythons-v1")}\n`);
  });

  test("installs the other Pythons when one fails", async () => {
    await using index = await startIndex({ files });
    index.always(`/files/${files[2]?.filename}`, { status: 404 });
    using sandbox = await bare();
    const args = ["python", "install", "3.91.0", "3.92", "3.90", "--python-index", index.url];
    const run = await sandbox.posy(args);
    assert.match(run.stdout, /^cpython 3\.90\.2 {2}installed .*\n$/);
    assert.match(run.stderr, /^error: no Python that meets `3\.92`/m);
    assert.notEqual(run.status, 0);
    const data = results(await sandbox.posy([...args, "--json"]), run.status ?? 0);
    assert.deepEqual(
      data.map(({ state, request }) => `${request} ${state}`),
      ["3.91.0 failed", "3.92 failed", "3.90 present"],
    );
    assert.equal(data[1]?.error?.code, "no-interpreter");
    assert.equal(stored(sandbox), 1);
  });

  test("suggests similar versions for one that does not exist", async () => {
    using sandbox = await bare();
    assertFailed(
      await sandbox.posy(["python", "install", "3.99"]),
      1,
      /`3\.99` is available/,
      /nearest .*`3\.1\d/,
    );
  });

  const pinned: Readonly<Record<string, { files: Readonly<Record<string, string>>; wanted: string[] }>> = {
    "all versions in `.python-versions`": {
      files: { ".python-versions": "3.90.1\n# and\n3.91\n", ".python-version": "3.90.2\n" },
      wanted: ["installed 3.90.1", "installed 3.91.0"],
    },
    "all versions in `.python-version`": {
      files: { ".python-version": "3.90.1\n3.91\n" },
      wanted: ["installed 3.90.1", "installed 3.91.0"],
    },
  };
  for (const [title, { files: written, wanted }] of Object.entries(pinned)) {
    test(`installs ${title} when none is requested`, async () => {
      await using index = await startIndex({ files });
      using sandbox = await bare();
      for (const [name, text] of Object.entries(written)) writeFileSync(join(sandbox.cwd, name), text);
      const args = ["python", "install", "--python-index", index.url, "--json"];
      assert.deepEqual(summary(results(await sandbox.posy(args))), wanted);
      const env = { POSY_PYTHON: "3.90.2" };
      assert.deepEqual(summary(results(await sandbox.posy(args, { env }))), ["installed 3.90.2"]);
    });
  }

  test("names the version file in the error when none is requested", async () => {
    using sandbox = await bare();
    writeFileSync(join(sandbox.cwd, ".python-versions"), "3.99\n");
    const path = join(sandbox.cwd, ".python-versions");
    const run = await sandbox.posy(["python", "install"]);
    assertFailed(run, 1, /no Python that meets `3\.99`/);
    assert.ok(run.stderr.includes(`\`${path}\` asks for \`3.99\``), run.stderr);
  });

  test("installs from a file and from a URL, with and without a hash", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    writeFileSync(join(sandbox.cwd, older.filename), older.bytes);
    const url = index.fileUrl(files[1]?.filename ?? "");
    const from = async (...locations: string[]) =>
      summary(results(await sandbox.posy(["python", "install", ...locations, "--json"])));
    assert.deepEqual(await from(`./${older.filename}`, url), ["installed 3.90.1", "installed 3.90.2"]);
    assert.equal(stored(sandbox), 2);
    const { sha256 = "" } = (
      JSON.parse((await sandbox.posy(["python", "find", url, "--json"])).stdout) as {
        interpreter: { source: { hashes: Record<string, string> } };
      }
    ).interpreter.source.hashes;
    assert.deepEqual(await from(`${url}#sha256=${sha256}`), ["present 3.90.2"]);
    assert.deepEqual(downloads(index), [files[1]?.filename]);
    const lie = `${url}#sha256=${"0".repeat(64)}`;
    assertFailed(await sandbox.posy(["python", "install", lie]), 76, /sha256/);
    assertPrinted(await sandbox.posy(["run", "--python", url, "--", "python", "hello"]), "fake hello\n");
  });

  test("--reinstall repairs a damaged Python", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const args = ["python", "install", "3.90", "--python-index", index.url, "--json"];
    const [first] = results(await sandbox.posy(args));
    const library = join(first?.root ?? "", "lib", "python3.90", "os.py");
    rmSync(library);
    assert.deepEqual(summary(results(await sandbox.posy(args))), ["present 3.90.2"]);
    assert.ok(!existsSync(library));
    assert.deepEqual(summary(results(await sandbox.posy([...args, "--reinstall"]))), ["reinstalled 3.90.2"]);
    assert.match(readFileSync(library, "utf8"), /standard library/);
    // The archive is not kept once it is unpacked.
    assert.deepEqual(downloads(index), [files[1]?.filename, files[1]?.filename]);
  });

  test("rejects an installed Python, which needs no installation", async () => {
    using sandbox = await bare();
    const refused = await sandbox.posy(["python", "install", "/usr/bin/python3"]);
    assertFailed(refused, 2, /`\/usr\/bin\/python3` means a Python of this machine/);
    assertFailed(
      await sandbox.posy(["python", "install", "python3.12"]),
      2,
      /of this machine/,
      /install 3\.12`/,
    );
    assertFailed(await sandbox.posy(["python", "install", "sausage"]), 2, /not a Python request/);
  });
});

test("--offline prefers a Python in the store to a newer one that would have to be downloaded", async () => {
  await using index = await startIndex({ files });
  using sandbox = await bare();
  const source = ["--python-index", index.url];
  const versionOf = async (...args: string[]) => {
    const run = await sandbox.posy(["env", ...args, "--json"]);
    return run.status === 0
      ? (JSON.parse(run.stdout) as { pythonVersion: string }).pythonVersion
      : run.status;
  };
  await sandbox.posy(["python", "install", "3.90.1", ...source]);
  assert.equal(await versionOf("--python", "3.90.1", ...source), "3.90.1");
  // The cached page has a newer version.
  assert.equal(await versionOf("--offline", "--python", ">=3.90", ...source), "3.90.1");
  assert.equal(await versionOf("--offline", "--python", ">=3.90"), "3.90.1", "the index is not named now");
  assert.equal(await versionOf("--offline", "--python", "3.91", ...source), 1);
  assert.equal(await versionOf("--python", ">=3.90", ...source), "3.91.0");
});

describe("posy python uninstall", { skip: process.platform === "win32" }, () => {
  test("removes the requested Pythons and no others", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const source = ["--python-index", index.url];
    await sandbox.posy(["python", "install", "3.90.1", "3.90.2", "3.91", ...source]);
    const gone = results(await sandbox.posy(["python", "uninstall", "3.90", "--json"]));
    assert.deepEqual(summary(gone), ["removed 3.90.2", "removed 3.90.1"]);
    for (const { root = "" } of gone) assert.ok(!existsSync(root));
    const left = await sandbox.posy(["python", "uninstall", "3.91"]);
    assert.match(left.stdout, /^cpython 3\.91\.0 {2}removed {2}\/.*\n$/);
    assert.equal(stored(sandbox), 0);
    assert.deepEqual(readdirSync(join(sandbox.home, "data", "tmp")), []);
  });

  test("reports a request that matches no Python, and removes the others", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    await sandbox.posy(["python", "install", "3.90.1", "3.91", "--python-index", index.url]);
    const nothing = await sandbox.posy(["python", "uninstall", "3.92"]);
    assertFailed(nothing, 1, /no Python in the store matches `3\.92`/, /there are `3\.91\.0` and `3\.90\.1`/);
    const some = await sandbox.posy(["python", "uninstall", "3.92", "3.90"]);
    assert.equal(some.status, 1);
    assert.match(some.stdout, /^cpython 3\.90\.1 {2}removed/);
    assert.match(some.stderr, /`3\.92`/);
    assert.equal(stored(sandbox), 1);
    assertFailed(await sandbox.posy(["python", "uninstall"]), 2, /needs either requests or `--all`/, /--all/);
    assertFailed(
      await sandbox.posy(["python", "uninstall", "--all", "3.91"]),
      2,
      /needs either requests or `--all`/,
    );
  });

  test("removes a Python by its file, by its path, and all with `--all`", async () => {
    using sandbox = await bare();
    for (const { filename, bytes } of files) writeFileSync(join(sandbox.cwd, filename), bytes);
    const paths = files.map(({ filename }) => `./${filename}`);
    const [first, second] = results(await sandbox.posy(["python", "install", ...paths, "--json"]));
    const remove = async (...what: string[]) =>
      summary(results(await sandbox.posy(["python", "uninstall", ...what, "--json"])));
    assert.deepEqual(await remove(paths[0] ?? ""), [`removed ${first?.interpreter?.version}`]);
    assert.deepEqual(await remove(second?.executable ?? ""), [`removed ${second?.interpreter?.version}`]);
    rmSync(
      join(
        sandbox.home,
        "data",
        "pythons-v1",
        readdirSync(join(sandbox.home, "data", "pythons-v1"))[0] ?? "",
        "pybi-info",
      ),
      { recursive: true },
    );
    assert.deepEqual(await remove("--all"), ["removed "], "a damaged one too");
    assert.equal(stored(sandbox), 0);
    const none = await sandbox.posy(["python", "uninstall", "--all"]);
    assert.deepEqual([none.status, none.stdout], [0, ""]);
    assert.match(none.stderr, /warning: there is no Python in the store/);
  });

  test("never removes an installed Python", async () => {
    using sandbox = await bare();
    const { executable } = adopted(sandbox, "3.89.1");
    const env = { PATH: `${dirname(executable)}:${process.env["PATH"] ?? ""}` };
    for (const request of ["3.89", executable, "python3.89"]) {
      const run = await sandbox.posy(["python", "uninstall", request], { env });
      assertFailed(run, 1, /no Python in the store/, /is a Python of this machine.*never removes it/);
    }
    assert.ok(existsSync(executable));
  });

  test("does not break later runs, whether cold or warm", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const run = () =>
      sandbox.posy(["run", "--python", "3.90", "--python-index", index.url, "--", "python", "hello"]);
    assertPrinted(await run(), "fake hello\n");
    assertPrinted(await run(), "fake hello\n");
    const envs = join(sandbox.home, "data", "envs-v1");
    const [key = ""] = readdirSync(envs);
    const fetched = downloads(index).length;
    const removed = await sandbox.posy(["python", "uninstall", "3.90"]);
    assert.match(removed.stdout, /1 environment is created again when needed$/m);
    assert.ok(!existsSync(join(envs, key, "bin", "python")), "a ruin");
    assertPrinted(await run(), "fake hello\n");
    assertPrinted(await run(), "fake hello\n");
    assert.deepEqual(readdirSync(envs), [key]);
    assert.equal(downloads(index).length, fetched + 1);
    // The same with an empty cache, when only the broken Env is left.
    await sandbox.posy(["python", "uninstall", "--all"]);
    rmSync(join(sandbox.home, "cache"), { recursive: true });
    assertPrinted(await run(), "fake hello\n");
    assert.deepEqual(readdirSync(envs), [key]);
  });
});

describe("posy python upgrade", { skip: process.platform === "win32" }, () => {
  test("puts the newest patch of each minor version beside the older ones", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const source = ["--python-index", index.url];
    await sandbox.posy(["python", "install", "3.90.1", "3.91.0", ...source]);
    const told = await sandbox.posy(["python", "upgrade", ...source]);
    assert.equal(told.status, 0, told.stderr);
    assert.match(
      told.stdout,
      /^cpython 3\.90\.1 → 3\.90\.2 {2}installed .*`3\.90\.1` stays until uninstalled$/m,
    );
    assert.match(told.stdout, /^cpython 3\.91\.0 +already the newest/m);
    assert.equal(stored(sandbox), 3);
    const again = results(await sandbox.posy(["python", "upgrade", "--json", ...source]));
    assert.deepEqual(summary(again), ["present 3.91.0", "present 3.90.2"]);
  });

  test("upgrades or installs the requested minor versions", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const source = ["--python-index", index.url];
    await sandbox.posy(["python", "install", "3.90.1", ...source]);
    const upgrade = (...requests: string[]) =>
      sandbox.posy(["python", "upgrade", ...requests, ...source, "--json"]);
    assert.deepEqual(summary(results(await upgrade("3.91"))), ["installed 3.91.0"]);
    assert.deepEqual(summary(results(await upgrade("3.90"))), ["installed 3.90.2"]);
    const failed = results(await upgrade("3.92", "3.90"), 1);
    assert.deepEqual(summary(failed), ["present 3.90.2", "failed no-interpreter"]);
    const patch = await sandbox.posy(["python", "upgrade", "3.90.1"]);
    assertFailed(patch, 2, /takes minor versions, not `3\.90\.1`/, /install 3\.90\.1`/);
  });

  test("makes later runs use the newer patch, and does not bring back the older one", async () => {
    await using index = await startIndex({ files: [older] });
    using sandbox = await bare();
    const env = () =>
      sandbox.posy([
        "run",
        "--python",
        "3.90",
        "--python-index",
        index.url,
        "--",
        "sh",
        "-c",
        'echo "$VIRTUAL_ENV"',
      ]);
    assert.match((await env()).stdout, /cpython-3\.90\.1-/);
    index.add(...files.slice(1));
    assert.match((await env()).stdout, /cpython-3\.90\.1-/, "remembered");
    await sandbox.posy(["python", "upgrade", "--python-index", index.url, "--refresh"]);
    assert.match((await env()).stdout, /cpython-3\.90\.2-/);
    const exact = ["run", "--python", "3.90.1", "--python-index", index.url, "--", "python", "hello"];
    assertPrinted(await sandbox.posy(exact), "fake hello\n");
    await sandbox.posy(["python", "uninstall", "3.90.1"]);
    assert.match((await env()).stdout, /cpython-3\.90\.2-/);
    assert.equal(stored(sandbox), 1);
    assertPrinted(await sandbox.posy(exact), "fake hello\n");
    assert.equal(stored(sandbox), 2, "where it is asked for by name it comes again");
  });

  test("warns when the store is empty", async () => {
    using sandbox = await bare();
    const run = await sandbox.posy(["python", "upgrade"]);
    assert.deepEqual([run.status, run.stdout], [0, ""]);
    assert.match(run.stderr, /no Python in the store to upgrade/);
  });
});

test("posy python list shows every Python in the store, even one from a file", async () => {
  using sandbox = await bare();
  writeFileSync(join(sandbox.cwd, older.filename), older.bytes);
  await sandbox.posy(["python", "install", `./${older.filename}`]);
  const listed = await sandbox.posy(["python", "list", "3.90"]);
  assert.match(listed.stdout, /^cpython 3\.90\.1 +\S+ +in the store/);
});

/** Writes an installed Python, as an operating system would have it, of a version that no index has. */
function adopted(sandbox: Sandbox, version: string): { readonly executable: string } {
  const folder = join(sandbox.root, "bin");
  const executable = join(folder, `python${version.split(".").slice(0, 2).join(".")}`);
  mkdirSync(folder);
  writeFileSync(executable, fakePython(version, join(sandbox.root, "count")), { mode: 0o755 });
  return { executable };
}
