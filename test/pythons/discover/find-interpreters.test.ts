import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import type { PackageDB, PybiArtifact } from "../../../src/packages/package-db.ts";
import { bestFirst, findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import { loadCatalogue } from "../../../src/pythons/catalogue/load-catalogue.ts";
import { listPythons } from "../../../src/pythons/discover/list-pythons.ts";
import type { PythonsContext } from "../../../src/pythons/pythons-context.ts";
import { isWhole } from "../../../src/pythons/optional-modules.ts";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import type { PlatformName } from "../../../src/vocab/tags/platform-name.ts";
import { bytesReader } from "../../../src/system/archives/zip/byte-reader.ts";
import { openZip } from "../../../src/system/archives/zip/open-zip.ts";
import { parsePybiFilename } from "../../../src/vocab/filenames/pybi-filename.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { newSandbox, fakePython, testMachine } from "../sandbox.ts";

const versions = async (
  request: string | undefined,
  context: PythonsContext,
  platform: PlatformName = "linux-x86_64",
) =>
  (
    await findInterpreters(request === undefined ? undefined : parsePythonRequest(request), platform, context)
  ).map(({ version, source }) => `${version} ${source.kind}`);

describe("the catalogue's interpreters", () => {
  test("are sorted: complete ones first, then newest first", async () => {
    using sandbox = newSandbox();
    const found = await findInterpreters(undefined, "linux-x86_64", sandbox.context());
    const whole = found.map(isWhole);
    assert.ok(whole.includes(true) && whole.includes(false));
    assert.ok(whole.lastIndexOf(true) < whole.indexOf(false));
    assert.deepEqual(
      bestFirst(found.toReversed()).map(({ version }) => version),
      found.map(({ version }) => version),
    );
    assert.equal(found[0]?.version, "3.14.3");
  });
  test("are limited to those that the machine's C library can run", async () => {
    using sandbox = newSandbox();
    const old = sandbox.context({ machine: { ...testMachine, platformTags: ["manylinux_2_31_x86_64"] } });
    assert.deepEqual(await versions(">=3.13", old), ["3.13.0 catalogue"]);
    const ancient = sandbox.context({ machine: { ...testMachine, platformTags: ["manylinux_2_17_x86_64"] } });
    assert.equal((await versions(undefined, ancient))[0], "3.11.3 catalogue");
  });
  test("are not limited for a platform other than this machine's", async () => {
    using sandbox = newSandbox();
    assert.equal((await versions("3.13", sandbox.context(), "windows-x86_64"))[0], "3.13.5 catalogue");
    assert.equal((await versions("3.14", sandbox.context(), "linux-aarch64"))[0], "3.14.3 catalogue");
    assert.deepEqual(await versions("3.14", sandbox.context(), "linux-x86_64-musl"), []);
  });
});

describe("Pythons of this machine", { skip: process.platform === "win32" }, () => {
  test("are used only if nothing else fits", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    sandbox.program("bin/python3.8", fakePython("3.8.20", count));
    sandbox.program("bin/python3.13", fakePython("3.13.99", count));
    assert.ok((await versions("3.13", sandbox.context())).every((each) => each.endsWith("catalogue")));
    assert.ok((await versions("==3.8.20", sandbox.context())).includes("3.8.20 adopted"));
    assert.deepEqual(await versions("3.13.99", sandbox.context()), ["3.13.99 adopted"]);
    assert.deepEqual(await versions("3.13.99", sandbox.context(), "windows-x86_64"), []);
  });
  test("do not count for a lock, which other machines use", async () => {
    using sandbox = newSandbox();
    sandbox.program("bin/python3.13", fakePython("3.13.99", join(sandbox.root, "count")));
    const request = parsePythonRequest("3.13.99");
    const only = { onlyProvided: true };
    for (const offline of [false, true]) {
      const context = sandbox.context({ offline });
      assert.deepEqual(await findInterpreters(request, "linux-x86_64", context, only), []);
      assert.equal((await findInterpreters(request, "linux-x86_64", context)).length, 1);
    }
  });
  test("are skipped if they are broken", async () => {
    using sandbox = newSandbox();
    sandbox.program("bin/python3", "#!/bin/sh\nexit 1\n");
    sandbox.program("bin/python3.8", fakePython("3.8.99", join(sandbox.root, "count")));
    assert.deepEqual(await versions("3.8.99", sandbox.context()), ["3.8.99 adopted"]);
  });
  test("can be requested by path, by folder and by name", async () => {
    using sandbox = newSandbox();
    const path = sandbox.program("bin/python3.13", fakePython("3.13.99", join(sandbox.root, "count")));
    sandbox.program("env/bin/python", fakePython("3.12.99", join(sandbox.root, "count")));
    assert.deepEqual(await versions(path, sandbox.context()), ["3.13.99 adopted"]);
    assert.deepEqual(await versions(join(sandbox.root, "env"), sandbox.context()), ["3.12.99 adopted"]);
    assert.deepEqual(await versions("python3.13", sandbox.context()), ["3.13.99 adopted"]);
    await assert.rejects(versions("python3.1", sandbox.context()), { code: "no-interpreter" });
    await assert.rejects(versions(join(sandbox.root, "no"), sandbox.context()), { code: "not-found" });
    await assert.rejects(versions(sandbox.root, sandbox.context()), { code: "not-found" });
    await assert.rejects(versions(path, sandbox.context(), "windows-x86_64"), { code: "no-interpreter" });
  });
});

/** Returns a database that lists the pybis of one index. */
function pybiIndex(...pybis: ReturnType<typeof makePybi>[]): PackageDB {
  const artifacts: PybiArtifact[] = pybis.map(({ filename, bytes }) => ({
    filename,
    pybi: parsePybiFilename(filename),
    url: `https://pythons.example/${filename}`,
    hashes: { sha256: createHash("sha256").update(bytes).digest("hex") },
  }));
  return {
    pybis: async (_index: string, name: string) => artifacts.filter(({ pybi }) => pybi.name === name),
    pybiMetadata: async ({ filename }: PybiArtifact) => {
      const { bytes } = pybis.find((each) => each.filename === filename) ?? assert.fail(filename);
      const zip = await openZip(bytesReader(bytes));
      const text = async (name: string) => {
        const entry = zip.entry(`pybi-info/${name}`) ?? assert.fail(name);
        return Buffer.from(await zip.read(entry)).toString();
      };
      return { metadata: await text("METADATA"), pybi: await text("PYBI") };
    },
  } as Partial<PackageDB> as PackageDB;
}

describe("pybis", { skip: process.arch !== "x64" }, () => {
  const indexed = (...pybis: ReturnType<typeof makePybi>[]) => ({
    db: pybiIndex(...pybis),
    pythonIndexes: ["https://pythons.example/simple/"],
  });

  test("of an index are sorted by version among those of the catalogue", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context(
      indexed(
        makePybi({ version: "3.13.9" }),
        makePybi({ version: "3.13.8" }),
        makePybi({ version: "3.14.0rc1" }),
      ),
    );
    const found = await versions("3.13", context);
    assert.deepEqual(found.slice(0, 2), ["3.13.9 pybi", "3.13.5 catalogue"]);
    const older = sandbox.context(indexed(makePybi({ version: "3.13.4" })));
    assert.deepEqual((await versions("3.13", older)).slice(0, 2), ["3.13.5 catalogue", "3.13.4 pybi"]);
    assert.deepEqual(await versions("3.13.8", context), ["3.13.8 pybi"]);
    assert.deepEqual(await versions("3.14.0rc1", context), ["3.14.0rc1 pybi"]);
  });
  test("are skipped if this machine is too old for them or they can't be read", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context(
      indexed(
        makePybi({ version: "3.13.9", platformTag: "manylinux_2_99_x86_64" }),
        makePybi({ version: "3.12.9", metadata: ["Requires-Dist: numpy"] }),
      ),
    );
    assert.ok(!(await versions(">=3.12", context)).some((each) => each.endsWith("pybi")));
    assert.match(context.reporter.warnings().join(), /3\.12\.9.*is skipped/);
  });
  test("can be requested by the path of a file", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi({ version: "3.13.9" });
    const path = join(sandbox.root, filename);
    writeFileSync(path, bytes);
    const [python] = await findInterpreters(parsePythonRequest(path), "linux-x86_64", sandbox.context());
    assert.equal(python?.version, "3.13.9");
    assert.equal(python.implementation, "cpython");
    assert.deepEqual(python.platformTags, ["manylinux_2_17_x86_64"]);
    assert.equal(python.source.kind === "pybi" && python.source.filename, basename(path));
    await assert.rejects(versions(path, sandbox.context(), "macos-arm64"), { code: "no-interpreter" });
    await assert.rejects(versions(join(sandbox.root, "none.pybi"), sandbox.context()), { code: "not-found" });
    writeFileSync(path, "no zip");
    await assert.rejects(versions(path, sandbox.context()), { code: "invalid-archive" });
  });
  test("are refused as a file if this machine is too old for them", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi({ platformTag: "manylinux_2_99_x86_64" });
    const path = join(sandbox.root, filename);
    writeFileSync(path, bytes);
    await assert.rejects(versions(path, sandbox.context()), {
      code: "no-interpreter",
      message: /manylinux_2_99/,
    });
  });
});

test("the list says which Pythons are in the store, installed or available", async () => {
  using sandbox = newSandbox();
  const context = sandbox.context();
  const [newest] = await findInterpreters(undefined, "linux-x86_64", context);
  const digest = newest?.source.kind === "catalogue" ? newest.source.hashes["sha256"] : assert.fail();
  mkdirSync(join(context.home.pythons, digest ?? ""), { recursive: true });
  if (process.platform !== "win32") {
    sandbox.program("bin/python3.8", fakePython("3.8.99", join(sandbox.root, "count")));
  }
  const listed = await listPythons(context);
  assert.deepEqual(
    listed.filter(({ state }) => state === "in-forest").map(({ interpreter }) => interpreter.version),
    [newest?.version],
  );
  assert.equal(listed.filter(({ state }) => state !== "system").length, (await loadCatalogue()).length);
  assert.ok(
    listed.every(({ runsHere, interpreter }) => !runsHere || interpreter.platform === "linux-x86_64"),
  );
  const own = listed.filter(({ state }) => state === "system").map(({ interpreter }) => interpreter.version);
  assert.equal(own.includes("3.8.99"), process.platform !== "win32");
});
