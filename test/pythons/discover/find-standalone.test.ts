import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { formatBlueprint } from "../../../src/model/format-blueprint.ts";
import { parseBlueprint } from "../../../src/model/parse-blueprint.ts";
import { findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import type { Interpreter } from "../../../src/model/interpreter.ts";
import { interpreterDownload } from "../../../src/pythons/discover/interpreter-download.ts";
import { listPythons } from "../../../src/pythons/discover/list-pythons.ts";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import type { StandalonePythons } from "../../../src/pythons/standalone/open-standalone.ts";
import { standaloneInterpreter } from "../../../src/pythons/standalone/standalone-interpreter.ts";
import { parseStandaloneName } from "../../../src/pythons/standalone/standalone-name.ts";
import { newSandbox, testMachine } from "../sandbox.ts";

const filenames = [
  "cpython-3.15.0b1+20260701-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
  "cpython-3.12.7+20260701-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
  "cpython-3.12.7+20260701-aarch64-apple-darwin-install_only_stripped.tar.gz",
  "cpython-3.13.2+20260701-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
  "cpython-3.13.2+20260701-x86_64-unknown-linux-gnu-freethreaded-install_only_stripped.tar.gz",
];

const built: readonly Interpreter[] = filenames.map((filename) => ({
  ...standaloneInterpreter(parseStandaloneName(filename) ?? assert.fail()),
  source: {
    kind: "standalone",
    url: `https://mirror.example/20260701/${encodeURIComponent(filename)}`,
    filename,
    hashes: { sha256: "a".repeat(64) },
  },
}));

/** Returns a mirror with these builds that counts how often it is asked. */
function fakeMirror(): { readonly standalone: StandalonePythons; readonly asked: () => number } {
  let asked = 0;
  const standalone: StandalonePythons = {
    async interpreters(isAskedFor) {
      asked += 1;
      return built.filter(isAskedFor);
    },
    locate: async ({ filename }) => `https://elsewhere.example/${filename}`,
  };
  return { standalone, asked: () => asked };
}

async function found(request: string | undefined, platform: Interpreter["platform"] = "linux-x86_64") {
  using sandbox = newSandbox();
  const { standalone, asked } = fakeMirror();
  const parsed = request === undefined ? undefined : parsePythonRequest(request);
  const pythons = await findInterpreters(parsed, platform, sandbox.context({ standalone })).catch(() => []);
  return {
    asked: asked(),
    firsts: pythons
      .slice(0, 3)
      .map(({ version, freeThreaded, source }) => `${version}${freeThreaded ? "t" : ""} ${source.kind}`),
  };
}

test("python-build-standalone comes before the catalogue, even if the catalogue has a newer version", async () => {
  const { firsts } = await found(undefined);
  assert.deepEqual(firsts.slice(0, 2), ["3.13.2 standalone", "3.12.7 standalone"]);
  assert.match(firsts[2] ?? "", /^3\.14\.\d+ catalogue$/);
  assert.deepEqual((await found(undefined, "macos-arm64")).firsts[0], "3.12.7 standalone");
});

test("uses the catalogue if python-build-standalone has nothing that fits", async () => {
  assert.match((await found("3.11")).firsts[0] ?? "", /^3\.11\.\d+ catalogue$/);
  assert.match((await found(undefined, "windows-x86_64")).firsts[0] ?? "", / catalogue$/);
});

test("uses no build of python-build-standalone that this machine can't run", async () => {
  using sandbox = newSandbox();
  const { standalone } = fakeMirror();
  const machine = { ...testMachine, platformTags: ["manylinux_2_5_x86_64"] };
  const pythons = await findInterpreters(undefined, "linux-x86_64", sandbox.context({ standalone, machine }));
  assert.ok(pythons.every(({ source }) => source.kind !== "standalone"));
});

test("returns free-threaded builds and pre-releases only on request", async () => {
  assert.deepEqual((await found("3.13t")).firsts, ["3.13.2t standalone"]);
  assert.deepEqual((await found("3.15.0b1")).firsts, ["3.15.0b1 standalone"]);
  assert.deepEqual((await found("cpython@3.12.7")).firsts[0], "3.12.7 standalone");
});

test("makes no request for PyPy or a path, which python-build-standalone never has", async () => {
  for (const request of ["pypy3.9", "./nowhere/python", "python3.11"]) {
    assert.equal((await found(request)).asked, 0, request);
  }
});

test("`posy python list` shows python-build-standalone before the catalogue", async () => {
  using sandbox = newSandbox();
  const { standalone } = fakeMirror();
  const all = await listPythons(sandbox.context({ standalone }));
  assert.deepEqual(
    all.slice(0, 5).map(({ interpreter, state, runsHere }) => [interpreter.version, state, runsHere]),
    [
      ["3.13.2", "available", true],
      ["3.13.2", "available", true],
      ["3.12.7", "available", true],
      ["3.12.7", "available", false],
      ["3.15.0b1", "available", true],
    ],
  );
  const older = await listPythons(sandbox.context({ standalone }), parsePythonRequest("3.12"));
  assert.deepEqual(older.filter(({ interpreter }) => interpreter.source.kind === "standalone").length, 2);
});

test("fetches the interpreter of a Blueprint from the mirror that is set now", async () => {
  const [, python] = built;
  assert.ok(python);
  const blueprint = {
    blueprintVersion: 1,
    targets: [{ platform: "linux-x86_64", python, packages: [] }],
  } as const;
  const back = await parseBlueprint(JSON.parse(formatBlueprint(blueprint)));
  assert.deepEqual(back, blueprint);
  const hostile = formatBlueprint(blueprint).replace(/"filename": "/, '"filename": "../');
  await assert.rejects(parseBlueprint(JSON.parse(hostile)), { code: "invalid-blueprint" });
  const [filename, hashes] = [filenames[1], { sha256: "a".repeat(64) }];
  const url = python.source.kind === "standalone" ? python.source.url : "";
  assert.deepEqual(await interpreterDownload(python), { url, filename, hashes });
  const moved = { url: `https://elsewhere.example/${filename}`, filename, hashes };
  assert.deepEqual(await interpreterDownload(python, fakeMirror().standalone), moved);
});

test("offline, returns the newest interpreter on this machine first", async () => {
  using sandbox = newSandbox();
  const { standalone } = fakeMirror();
  const context = sandbox.context({ standalone, offline: true });
  const order = async () =>
    (await findInterpreters(undefined, "linux-x86_64", context)).map(({ version }) => version);
  assert.equal((await order())[0], "3.13.2");
  const catalogue = await findInterpreters(parsePythonRequest("3.12.1"), "linux-x86_64", context);
  const { source } = catalogue[0] ?? assert.fail();
  const sha256 = "hashes" in source ? (source.hashes["sha256"] ?? "") : "";
  mkdirSync(join(context.home.pythons, sha256), { recursive: true });
  assert.equal((await order())[0], "3.12.1");
  const { offline: _, ...online } = context;
  const first = (await findInterpreters(undefined, "linux-x86_64", online))[0];
  assert.equal(first?.version, "3.13.2");
});
