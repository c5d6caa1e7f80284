import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import { findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import { listPythons } from "../../../src/pythons/discover/list-pythons.ts";
import { storedNames, storedPythons } from "../../../src/pythons/discover/stored-pythons.ts";
import { missingModuleHint } from "../../../src/pythons/missing-module-hint.ts";
import { missingModuleStubs } from "../../../src/pythons/extract/missing-module-stubs.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import type { PythonsContext } from "../../../src/pythons/pythons-context.ts";
import { bytesReader } from "../../../src/system/archives/zip/byte-reader.ts";
import { openZip } from "../../../src/system/archives/zip/open-zip.ts";
import { formatPybiFile, formatPybiMetadata } from "../../../src/vocab/metadata/index.ts";
import { parsePackageName } from "../../../src/vocab/requirement/index.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { makePybi, type PybiRecipe } from "../../support/make-pybi.ts";
import { fakePython, newSandbox } from "../sandbox.ts";

const find = (request: string | undefined, context: PythonsContext) =>
  findInterpreters(request === undefined ? undefined : parsePythonRequest(request), "linux-x86_64", context);

/** Writes the metadata of a pybi into the store. */
async function store(pythons: string, digit: string, recipe: PybiRecipe): Promise<void> {
  const zip = await openZip(bytesReader(makePybi(recipe).bytes), { label: "pybi", names: "portable" });
  const folder = join(pythons, digit.repeat(64), "pybi-info");
  mkdirSync(folder, { recursive: true });
  for (const name of ["METADATA", "PYBI"]) {
    writeFileSync(join(folder, name), await zip.read(zip.entry(`pybi-info/${name}`) ?? assert.fail()));
  }
}

describe("the result of a search for a Python", {
  skip: process.platform === "win32" || process.arch !== "x64",
}, () => {
  test("must not be cached if it depends on the Pythons of this machine", async () => {
    using sandbox = newSandbox();
    const python = sandbox.program("bin/python3.8", fakePython("3.8.99", join(sandbox.root, "count")));
    const { filename, bytes } = makePybi();
    writeFileSync(join(sandbox.root, filename), bytes);
    const isCacheable = async (request: string | undefined, change: Partial<PythonsContext> = {}) => {
      const context = sandbox.context(change);
      await find(request, context);
      return context.reporter.cacheInputs.length === 0;
    };
    assert.equal(await isCacheable(undefined), true);
    assert.equal(await isCacheable("3.13"), true);
    assert.equal(await isCacheable("3.8.99"), false);
    assert.equal(await isCacheable("3.13", { offline: true }), false);
    assert.equal(await isCacheable(python), false);
    assert.equal(await isCacheable("python3.8"), false);
    assert.equal(await isCacheable(join(sandbox.root, filename)), false);
  });

  test("is listed once if it is in the store and a source has it, too", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context();
    const [newest] = await find("3.13", context);
    const sha256 = newest && "hashes" in newest.source ? newest.source.hashes["sha256"] : undefined;
    const before = (await listPythons(context)).length;
    await store(context.home.pythons, "a", { version: "3.13.98" });
    renameSync(join(context.home.pythons, "a".repeat(64)), join(context.home.pythons, sha256 ?? ""));
    assert.equal((await listPythons(context)).length, before);
    await store(context.home.pythons, "a", { version: "3.13.98" });
    assert.equal((await listPythons(context)).length, before + 1);
  });

  test("is, offline, a stored Python that no source lists, if no listed one is on this machine", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context({ offline: true });
    const listed = (await find("3.13", context)).map(({ version }) => version);
    assert.ok(listed.length > 1);
    await store(context.home.pythons, "a", { version: "3.13.98" });
    assert.deepEqual(
      (await find("3.13", context)).map(({ version }) => version),
      ["3.13.98"],
    );
    await store(context.home.pythons, "b", { version: "3.13.99" });
    assert.deepEqual(
      (await find("3.13", context)).map(({ version }) => version),
      ["3.13.99", "3.13.98"],
    );
    const online = sandbox.context();
    assert.deepEqual(
      (await find("3.13", online)).map(({ version }) => version),
      listed,
    );
  });

  test("is a stored Python only if it is for this platform and machine", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context();
    await store(context.home.pythons, "a", {
      version: "3.90.1",
      pybi: "Pybi-Version: 1.0\nTag: manylinux_2_99_x86_64\n",
    });
    await store(context.home.pythons, "b", { version: "3.91.1", pybi: "Pybi-Version: 1.0\nTag: nonsense\n" });
    assert.deepEqual(await find(">=3.90", context), []);
    assert.deepEqual(
      (await storedPythons(context.home)).map(({ interpreter }) => interpreter.version),
      ["3.90.1"],
    );
    assert.deepEqual(await storedNames(join(sandbox.root, "none")), []);
  });

  test("has the path of `python.exe` for a stored Python for Windows", async () => {
    using sandbox = newSandbox();
    const { home } = sandbox.context();
    const metadata = formatPybiMetadata({
      ...describeInterpreter(parseVersion("3.90.1"), "windows-x86_64"),
      name: parsePackageName("cpython"),
      version: parseVersion("3.90.1"),
    });
    const root = join(home.pythons, "c".repeat(64));
    mkdirSync(join(root, "pybi-info"), { recursive: true });
    writeFileSync(join(root, "pybi-info/METADATA"), metadata);
    writeFileSync(join(root, "pybi-info/PYBI"), formatPybiFile({ tags: ["win_amd64"] }));
    const [stored] = await storedPythons(home);
    assert.equal(stored?.executable, join(root, "Scripts", "python.exe"));
    assert.equal(stored.interpreter.platform, "windows-x86_64");
    assert.equal(stored.root, root);
  });

  test("is the Python in the requested folder, in each usual layout", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    for (const [folder, program] of [
      ["a", "bin/python"],
      ["b", "bin/python3"],
      ["c", "bin/pypy3"],
      ["d", "python.exe"],
      ["e", "Scripts/python.exe"],
    ]) {
      sandbox.program(`${folder}/${program}`, fakePython("3.8.99", count));
      const [python] = await find(join(sandbox.root, folder ?? ""), sandbox.context());
      assert.equal(
        python?.source.kind === "adopted" && python.source.executable,
        join(sandbox.root, folder ?? "", program ?? ""),
      );
    }
    mkdirSync(join(sandbox.root, "f/bin/python"), { recursive: true });
    await assert.rejects(find(join(sandbox.root, "f"), sandbox.context()), {
      code: "not-found",
      hint: /^none of `bin\/python`, .* exists in it$/,
    });
  });

  test("is an error that suggests asking for a version if the requested name is not on PATH", async () => {
    using sandbox = newSandbox();
    await assert.rejects(find("python3.1", sandbox.context()), { hint: /`3\.1`/ });
    await assert.rejects(find("python", sandbox.context()), { hint: "ask for a version, such as `3.13`" });
  });

  test("is an error that suggests the minor version if an installed Python is for another platform", async () => {
    using sandbox = newSandbox();
    const python = sandbox.program("bin/python3", fakePython("3.8.99", join(sandbox.root, "count")));
    const request = parsePythonRequest(python);
    await assert.rejects(findInterpreters(request, "macos-arm64", sandbox.context()), {
      code: "no-interpreter",
      hint: "for `macos-arm64` ask for a version, such as `3.8`",
    });
  });
});

test("the list of Pythons includes stored ones that no source lists, each once", {
  skip: process.arch !== "x64",
}, async () => {
  using sandbox = newSandbox();
  const context = sandbox.context({ environment: { PATH: "", HOME: sandbox.root } });
  await store(context.home.pythons, "a", { version: "3.90.1" });
  const [jar] = await find("3.13", context);
  const sha256 = jar?.source.kind === "catalogue" ? jar.source.hashes["sha256"] : assert.fail();
  mkdirSync(join(context.home.pythons, sha256 ?? ""), { recursive: true });
  const stored = (await listPythons(context)).filter(({ state }) => state === "in-forest");
  assert.deepEqual(
    stored.map(({ interpreter }) => interpreter.version),
    [jar?.version, "3.90.1"],
  );
  assert.ok(stored.every(({ runsHere }) => runsHere));
});

describe("a missing module", () => {
  const python = {
    ...describeInterpreter(parseVersion("3.13.5"), "linux-x86_64"),
    lacks: ["_tkinter", "_zstd"],
  };

  test("that was not built has a hint that suggests another Python", () => {
    assert.match(
      missingModuleHint(python, "tkinter") ?? "",
      /was built without it; ask for a Python of this machine/,
    );
    assert.match(missingModuleHint(python, "_zstd") ?? "", /ask for `>=3\.12`/);
    assert.equal(missingModuleHint(python, "numpy"), undefined);
    assert.equal(missingModuleHint(python, "sqlite3"), undefined);
  });

  test("that needs a system library has a hint only for the catalogue's Pythons for Linux", () => {
    const source = { kind: "catalogue", purl: "", filename: "", size: 1, hashes: {} } as const;
    assert.match(missingModuleHint({ ...python, source }, "sqlite3") ?? "", /`libsqlite3\.so\.0`/);
    assert.equal(missingModuleHint({ ...python, source }, "ssl"), undefined);
    assert.equal(missingModuleHint({ ...python, source, platform: "macos-arm64" }, "sqlite3"), undefined);
  });

  test("is replaced by a stub that raises the error", () => {
    const stubs = missingModuleStubs(python);
    assert.deepEqual(Object.keys(stubs), ["lib/python3.13/_tkinter.py", "lib/python3.13/_zstd.py"]);
    assert.match(
      stubs["lib/python3.13/_zstd.py"] ?? "",
      /^raise ModuleNotFoundError\("No module named '_zstd': .+", name="_zstd"\)\n$/,
    );
  });
});
