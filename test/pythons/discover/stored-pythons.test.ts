import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import type { PythonsContext } from "../../../src/pythons/pythons-context.ts";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import { listPythons } from "../../../src/pythons/discover/list-pythons.ts";
import { storedNames, storedPythons } from "../../../src/pythons/discover/stored-pythons.ts";
import { bytesReader } from "../../../src/system/archives/zip/byte-reader.ts";
import { openZip } from "../../../src/system/archives/zip/open-zip.ts";
import { homeAt } from "../../../src/system/fs/home.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { newSandbox } from "../sandbox.ts";

const digest = (digit: string) => digit.repeat(64);

/** Writes the metadata of a pybi into its folder in the store. */
async function store(pythons: string, sha256: string, version: string): Promise<void> {
  const { bytes } = makePybi({ version });
  const zip = await openZip(bytesReader(bytes), { label: "pybi", names: "portable" });
  mkdirSync(join(pythons, sha256, "pybi-info"), { recursive: true });
  for (const name of ["METADATA", "PYBI"]) {
    const entry = zip.entry(`pybi-info/${name}`);
    assert.ok(entry);
    writeFileSync(join(pythons, sha256, "pybi-info", name), await zip.read(entry));
  }
}

test("describes stored interpreters by their `pybi-info`, newest first", async () => {
  using sandbox = newSandbox();
  const { home } = sandbox.context();
  assert.deepEqual(await storedPythons(home), []);
  await store(home.pythons, digest("a"), "3.9.20");
  await store(home.pythons, digest("b"), "3.13.5");
  await store(home.pythons, digest("c"), "3.10.1");
  const found = await storedPythons(home);
  assert.deepEqual(
    found.map(({ interpreter, sha256 }) => [interpreter.version, sha256]),
    [
      ["3.13.5", digest("b")],
      ["3.10.1", digest("c")],
      ["3.9.20", digest("a")],
    ],
  );
  assert.equal(found[0]?.executable, join(home.pythons, digest("b"), "bin", "python"));
});

test("leaves out damaged interpreters, but lists their folder names", async () => {
  using sandbox = newSandbox();
  const { pythons } = sandbox.context().home;
  mkdirSync(join(pythons, digest("d"), "pybi-info"), { recursive: true });
  writeFileSync(join(pythons, digest("d"), "pybi-info", "METADATA"), "Name: x\n");
  mkdirSync(join(pythons, digest("e")));
  mkdirSync(join(pythons, "something-else"));
  assert.deepEqual(await storedPythons(sandbox.context().home), []);
  assert.deepEqual(await storedNames(pythons), [digest("d"), digest("e")]);
});

test("offline, returns interpreters on this machine before those that need a download", async () => {
  using sandbox = newSandbox();
  const online = sandbox.context();
  const request = parsePythonRequest("3.13");
  const of = async (context: PythonsContext) =>
    (await findInterpreters(request, "linux-x86_64", context)).map(({ version }) => version);
  const all = await of(online);
  assert.ok(all.length > 1);
  assert.deepEqual(await of({ ...online, offline: true }), all, "where nothing is here, all are named");
  const [older] = (await findInterpreters(request, "linux-x86_64", online)).slice(-1);
  assert.ok(older && "hashes" in older.source);
  mkdirSync(join(online.home.pythons, older.source.hashes["sha256"] ?? ""), { recursive: true });
  assert.deepEqual(await of({ ...online, offline: true }), [older.version]);
  assert.deepEqual(await of(online), all);
});

test("returns stored interpreters that no source lists last", async () => {
  using sandbox = newSandbox();
  const context = sandbox.context();
  await store(context.home.pythons, digest("a"), "3.90.1");
  await store(context.home.pythons, digest("b"), "3.13.99");
  const of = async (text: string) =>
    (await findInterpreters(parsePythonRequest(text), "linux-x86_64", context)).map(({ version }) => version);
  assert.deepEqual(await of("3.90"), ["3.90.1"]);
  assert.ok(!(await of("3.13")).includes("3.13.99"), "a source has others");
  assert.deepEqual(await of("3.13.99"), ["3.13.99"]);
});

test("the list names the shared store of an interpreter, unless the user's own store has it", async () => {
  using sandbox = newSandbox();
  const context = sandbox.context();
  const shared = homeAt(join(sandbox.root, "opt", "data"), join(sandbox.root, "opt", "cache"));
  const home = { ...context.home, shared: [shared] };
  await store(home.pythons, digest("a"), "3.9.20");
  await store(shared.pythons, digest("a"), "3.9.20");
  await store(shared.pythons, digest("b"), "3.10.1");
  const listed = await listPythons({ ...context, home });
  const inStore = listed.filter(({ state }) => state === "in-forest");
  assert.deepEqual(
    inStore.map(({ interpreter, sharedStore, runsHere }) => [interpreter.version, sharedStore, runsHere]),
    [
      ["3.10.1", shared.data, true],
      ["3.9.20", undefined, true],
    ],
  );
});
