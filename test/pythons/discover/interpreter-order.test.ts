import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { bestFirst, findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import { isWhole, optionalModulesOf } from "../../../src/pythons/optional-modules.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { fakePython, newSandbox } from "../sandbox.ts";

/** An interpreter of this version that lacks these modules: `3.13.1 -_ssl`. */
const python = (text: string) => {
  const [version = "", ...lacks] = text.split(" -");
  return { ...describeInterpreter(parseVersion(version), "linux-x86_64"), lacks };
};
const order = (...texts: readonly string[]) =>
  bestFirst(texts.map(python)).map(({ version, lacks }) => [version, ...lacks].join(" -"));

describe("the order of interpreters", () => {
  test("puts newer versions first and compares them as numbers", () => {
    assert.deepEqual(order("3.9.20", "3.12.1", "3.10.4", "3.12.10"), [
      "3.12.10",
      "3.12.1",
      "3.10.4",
      "3.9.20",
    ]);
  });

  test("puts complete interpreters before newer ones that lack a module", () => {
    assert.deepEqual(order("3.14.1 -_ssl", "3.12.1", "3.13.1 -_bz2 -_gdbm", "3.9.1"), [
      "3.12.1",
      "3.9.1",
      "3.14.1 -_ssl",
      "3.13.1 -_bz2 -_gdbm",
    ]);
  });

  test("treats an interpreter as complete if it lacks only modules that few programs need", () => {
    assert.deepEqual(order("3.12.1", "3.13.1 -_gdbm -_tkinter"), ["3.13.1 -_gdbm -_tkinter", "3.12.1"]);
    assert.ok(isWhole(python("3.13.1 -_uuid -_dbm")));
    assert.ok(!isWhole(python("3.13.1 -_uuid -zlib")));
  });

  test("puts final releases before pre-releases, even if the final release lacks a module", () => {
    assert.deepEqual(order("3.15.0rc1", "3.11.1 -_ssl", "3.12.1"), ["3.12.1", "3.11.1 -_ssl", "3.15.0rc1"]);
  });

  test("keeps the order of equal interpreters", () => {
    const [one, other] = [python("3.12.1"), { ...python("3.12.1"), freeThreaded: true }];
    assert.deepEqual(bestFirst([one, other]), [one, other]);
    assert.deepEqual(bestFirst([other, one]), [other, one]);
  });
});

describe("installed Pythons", { skip: process.platform === "win32" }, () => {
  const versions = async (context: Parameters<typeof findInterpreters>[2]) =>
    (await findInterpreters(parsePythonRequest(">=3.8,<3.9"), "linux-x86_64", context))
      .filter(({ source }) => source.kind === "adopted" && source.executable.startsWith(context.home.data))
      .map(({ version }) => version);

  test("are sorted by version, complete ones first, not by the order of PATH", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const folders = ["one", "two", "three", "four"].map((name) => join(sandbox.root, "data", name));
    for (const [name, version, lacks] of [
      ["one", "3.8.1", []],
      ["two", "3.8.30", ["_ssl"]],
      ["three", "3.8.20", ["_gdbm"]],
      ["four", "3.8.3", []],
    ] as const) {
      sandbox.program(`data/${name}/python3`, fakePython(version, count, { lacks }));
    }
    const environment = { PATH: folders.join(":"), HOME: join(sandbox.root, "user") };
    const context = sandbox.context({ environment });
    const home = { ...context.home, data: join(sandbox.root, "data") };
    assert.deepEqual(await versions({ ...context, home }), ["3.8.20", "3.8.3", "3.8.1", "3.8.30"]);
  });
});

test("the optional modules depend on version and operating system", () => {
  const names = (version: string, platform: "linux-x86_64" | "windows-x86_64") =>
    optionalModulesOf({ version, platform }).map(({ name }) => name);
  assert.ok(names("3.13.1", "linux-x86_64").includes("readline"));
  assert.ok(!names("3.13.1", "windows-x86_64").includes("readline"));
  assert.ok(!names("3.13.1", "linux-x86_64").includes("_zstd"));
  assert.ok(names("3.14.0", "linux-x86_64").includes("_zstd"));
  assert.ok(names("3.14.0", "windows-x86_64").includes("_ssl"));
});
