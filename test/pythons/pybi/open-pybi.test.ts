import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { plainIndexSettings } from "../../../src/packages/index-settings.ts";
import { openPackageDB } from "../../../src/packages/open-package-db.ts";
import { availableOffline } from "../../../src/pythons/discover/available-offline.ts";
import { findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import { interpreterDownload } from "../../../src/pythons/discover/interpreter-download.ts";
import { listPythons } from "../../../src/pythons/discover/list-pythons.ts";
import { checkStoredPybiMetadata } from "../../../src/pythons/extract/check-pybi-metadata.ts";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import { localPybi } from "../../../src/pythons/pybi/local-pybi.ts";
import { openPybi } from "../../../src/pythons/pybi/open-pybi.ts";
import { isRemotePybi, remotePybi } from "../../../src/pythons/pybi/remote-pybi.ts";
import { showPybi } from "../../../src/pythons/pybi/show-pybi.ts";
import { unpackPybi } from "../../../src/pythons/pybi/unpack-pybi.ts";
import { openHttpClient } from "../../../src/system/http/index.ts";
import { sha256Of } from "../../../src/system/fs/sha256.ts";
import { startIndex } from "../../support/index-server.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { newSandbox, type Sandbox } from "../sandbox.ts";

const pybi = makePybi({ links: { "bin/python3": "python" }, platformTag: "manylinux_2_17_x86_64" });
const onX64 = { skip: process.arch !== "x64" || process.platform === "win32" };

/** The context of a sandbox with a database, online or not. */
function online(sandbox: Sandbox, pythonIndexes: readonly string[] = [], offline = false) {
  const context = sandbox.context({ pythonIndexes });
  const { home, reporter } = context;
  const index = { ...plainIndexSettings, retries: 0, offline };
  const http = openHttpClient({ ...index, environment: {}, reporter });
  return { ...context, http, db: openPackageDB({ home, index, reporter, environment: {} }) };
}

describe("a pybi", onX64, () => {
  test("is described from a file on this disk", async () => {
    using sandbox = newSandbox();
    const path = join(sandbox.root, pybi.filename);
    writeFileSync(path, pybi.bytes);
    const summary = await openPybi(path, online(sandbox), showPybi);
    assert.equal(summary.filename, pybi.filename);
    assert.equal(summary.size, pybi.bytes.length);
    assert.deepEqual(
      [summary.name, summary.version, summary.build],
      ["cpython-unofficial", "3.13.5", undefined],
    );
    assert.deepEqual([summary.files, summary.links], [6, 1]);
    assert.deepEqual(summary.platformTags, ["manylinux_2_17_x86_64"]);
    assert.ok(summary.unpackedSize > 500 && summary.unpackedSize < pybi.bytes.length * 2);
    await assert.rejects(openPybi(join(sandbox.root, "none.pybi"), online(sandbox), showPybi), {
      code: "not-found",
    });
    const bare = makePybi({ pybi: "Pybi-Version: 1.1\nBuild: 3\nTag: manylinux_2_17_x86_64\n" });
    writeFileSync(path, bare.bytes);
    assert.equal((await openPybi(path, online(sandbox), showPybi)).build, "3");
  });

  test("at a URL is read with range requests, or as a whole if the server lacks them", async () => {
    using sandbox = newSandbox();
    const big = makePybi({ files: { "lib/big": { data: Buffer.alloc(2 ** 20, "x"), method: "stored" } } });
    const files = [{ filename: big.filename, bytes: big.bytes }];
    await using index = await startIndex({ files });
    const context = online(sandbox);
    const summary = await openPybi(index.fileUrl(big.filename), context, showPybi);
    assert.equal(summary.files, 7);
    assert.ok(index.requests.every(({ headers }) => headers.range !== undefined));
    await using whole = await startIndex({ files, ranges: false });
    const other = await openPybi(whole.fileUrl(big.filename), context, showPybi);
    assert.deepEqual(other, summary);
    await context.db.close();
  });

  test("at a URL is pinned by the hash of its bytes", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex({ files: [{ filename: pybi.filename, bytes: pybi.bytes }] });
    const context = online(sandbox);
    const url = index.fileUrl(pybi.filename);
    const sha256 = sha256Of(pybi.bytes);
    const python = await remotePybi(`${url}#sha256=${sha256}`, "linux-x86_64", context);
    assert.deepEqual(python.source, {
      kind: "pybi",
      url,
      filename: pybi.filename,
      size: pybi.bytes.length,
      hashes: { sha256 },
    });
    assert.deepEqual((await remotePybi(url, "linux-x86_64", context)).source, python.source);
    // What follows a second `#` is no part of the hash.
    assert.deepEqual(
      (await remotePybi(`${url}#sha256=${sha256}#x`, "linux-x86_64", context)).source,
      python.source,
    );
    await assert.rejects(remotePybi(`${url}#sha256=${"0".repeat(64)}`, "linux-x86_64", context), {
      code: "hash-mismatch",
    });
    await assert.rejects(remotePybi(url, "macos-arm64", context), { code: "no-interpreter" });
    const [found] = await findInterpreters(parsePythonRequest(url), "linux-x86_64", context);
    assert.deepEqual(found?.source, python.source);
    assert.deepEqual(await interpreterDownload(python), {
      url,
      filename: pybi.filename,
      size: pybi.bytes.length,
      hashes: { sha256 },
    });
    await context.db.close();
  });

  test("is recognised at an http or https URL that names a pybi", () => {
    for (const text of ["https://x.example/a.pybi", "HTTP://x.example/a.PYBI#sha256=1"])
      assert.ok(isRemotePybi(text), text);
    for (const text of [
      "./a.pybi",
      "file:///a.pybi",
      "https://x.example/a.whl",
      "https://x.example/#a.pybi",
    ]) {
      assert.ok(!isRemotePybi(text), text);
    }
  });

  test("of an index without hashes is downloaded to pin it, and listed for all platforms", async () => {
    using sandbox = newSandbox();
    const old = makePybi({ version: "3.13.4", platformTag: "manylinux_2_17_x86_64" });
    const mac = makePybi({ version: "3.13.7", platformTag: "macosx_11_0_arm64" });
    const files = [pybi, old, mac].map((file) => ({ ...file, project: "cpython-unofficial", hashes: {} }));
    await using index = await startIndex({ files });
    const context = online(sandbox, [index.url]);
    const [python] = await findInterpreters(parsePythonRequest("3.13.5"), "linux-x86_64", context);
    assert.ok(python?.source.kind === "pybi");
    assert.equal(python.source.hashes["sha256"], sha256Of(pybi.bytes));
    const listed = (await listPythons(context)).filter(
      ({ interpreter }) => interpreter.source.kind === "pybi",
    );
    assert.deepEqual(
      listed.map(({ interpreter, state }) => [interpreter.version, interpreter.platform, state]),
      [["3.13.5", "linux-x86_64", "available"]],
    );
    await context.db.close();
  });

  test("of an index is the newest build of the newest release of each minor version", async () => {
    using sandbox = newSandbox();
    const build = (version: string, number: string) => {
      const text = `Pybi-Version: 1.1\nBuild: ${number}\nTag: manylinux_2_17_x86_64\n`;
      const { filename, bytes } = makePybi({ version, pybi: text, platformTag: "manylinux_2_17_x86_64" });
      return {
        filename: filename.replace(version, `${version}-${number}`),
        bytes,
        project: "cpython-unofficial",
      };
    };
    const files = [build("3.13.5", "2"), build("3.13.5", "10"), build("3.13.4", "11"), build("3.12.1", "1")];
    await using index = await startIndex({ files });
    const context = online(sandbox, [index.url]);
    const found = (await findInterpreters(parsePythonRequest(">=3.12"), "linux-x86_64", context)).flatMap(
      ({ source }) => (source.kind === "pybi" ? [source.filename] : []),
    );
    assert.deepEqual(
      found.map((name) => name.split("-").slice(1, 3).join(" ")),
      ["3.13.5 10", "3.12.1 1"],
    );
    await context.db.close();
  });

  test("with invalid metadata causes an error that names the archive", async () => {
    using sandbox = newSandbox();
    const faulty = makePybi({ metadata: ["Requires-Dist: numpy"] });
    const path = join(sandbox.root, faulty.filename);
    writeFileSync(path, faulty.bytes);
    await assert.rejects(localPybi(path, "linux-x86_64"), {
      message: /^`cpython_unofficial-[^`]*` is not a valid pybi: /,
    });
    const missing = makePybi({ files: {} });
    writeFileSync(path, missing.bytes.subarray(0, 100));
    await assert.rejects(localPybi(path, "linux-x86_64"), { code: "invalid-archive" });
    writeFileSync(path, pybi.bytes);
    const { source } = await localPybi(pathToFileURL(path).href, "linux-x86_64");
    assert.deepEqual(source.kind === "pybi" && source.hashes, { sha256: sha256Of(pybi.bytes) });
  });

  test("is refused if its METADATA have more than 1 MiB", async () => {
    using sandbox = newSandbox();
    const large = (length: number) =>
      makePybi({
        metadata: [`Description: ${"x".repeat(length)}`],
        platformTag: "manylinux_2_17_x86_64",
      });
    const path = join(sandbox.root, pybi.filename);
    writeFileSync(path, large(2 ** 20 - 4096).bytes);
    assert.equal((await localPybi(path, "linux-x86_64")).version, "3.13.5");
    writeFileSync(path, large(2 ** 20).bytes);
    await assert.rejects(localPybi(path, "linux-x86_64"), {
      code: "invalid-pybi",
      message: /has no `pybi-info\/METADATA`$/,
    });
  });

  test("is refused if its platform is unknown", async () => {
    using sandbox = newSandbox();
    const path = join(sandbox.root, "cpython-3.13.5-manylinux_2_17_riscv64.pybi");
    writeFileSync(path, pybi.bytes);
    await assert.rejects(unpackPybi(path, undefined, sandbox.root), { code: "unknown-platform" });
    assert.deepEqual(readdirSync(sandbox.root).length, 1);
  });

  test("does not replace a folder that appears during unpacking", async () => {
    using sandbox = newSandbox();
    const names = Array.from({ length: 12 }, (_, index) => `lib/big${index}`);
    const files = Object.fromEntries(names.map((name) => [name, "x".repeat(2 ** 20)]));
    const big = makePybi({ files, platformTag: "manylinux_2_17_x86_64" });
    const path = join(sandbox.root, big.filename);
    writeFileSync(path, big.bytes);
    const unpacking = unpackPybi(path, "tree", sandbox.root);
    while (readdirSync(sandbox.root).length === 1) await new Promise((resolve) => setImmediate(resolve));
    mkdirSync(join(sandbox.root, "tree"));
    await assert.rejects(unpacking, { code: "filesystem", message: /`.*tree` exists already/ });
    assert.deepEqual(readdirSync(sandbox.root).sort(), [big.filename, "tree"].sort());
    assert.deepEqual(readdirSync(join(sandbox.root, "tree")), []);
  });

  test("in the store must have the metadata by which it was chosen", async () => {
    using sandbox = newSandbox();
    const path = join(sandbox.root, pybi.filename);
    writeFileSync(path, pybi.bytes);
    const python = await localPybi(path, "linux-x86_64");
    const root = await unpackPybi(path, "tree", sandbox.root);
    checkStoredPybiMetadata(python, root, "x");
    checkStoredPybiMetadata(python, join(sandbox.root, "none"), "x");
    const changes = [
      { version: "3.13.6" },
      { freeThreaded: true },
      { paths: { ...python.paths, data: "x" } },
    ];
    for (const change of changes) {
      assert.throws(() => checkStoredPybiMetadata({ ...python, ...change }, root, "x"), {
        code: "metadata-mismatch",
      });
    }
    // The order of keys tells nothing.
    const reversed = Object.fromEntries(Object.entries(python.markers).reverse());
    checkStoredPybiMetadata({ ...python, markers: reversed }, root, "x");
  });
});

test("offline, an interpreter is available if it or its archive is on this disk", onX64, async () => {
  using sandbox = newSandbox();
  await using index = await startIndex({ files: [{ filename: pybi.filename, bytes: pybi.bytes }] });
  const context = online(sandbox);
  const url = index.fileUrl(pybi.filename);
  const path = join(sandbox.root, pybi.filename);
  writeFileSync(path, pybi.bytes);
  const local = await localPybi(path, "linux-x86_64");
  const hashes = { sha256: sha256Of(pybi.bytes) };
  const remote = { ...local, source: { kind: "pybi", url, filename: pybi.filename, hashes } } as const;
  const unpinned = { ...remote, source: { ...remote.source, hashes: {} } };
  const described = { ...local, source: { kind: "described" } } as const;
  const available = async () =>
    (await availableOffline([remote, local, unpinned, described], context.home)).map(
      ({ source }) => source.kind,
    );
  assert.deepEqual(await available(), ["pybi", "described"]);
  await context.db.fetch({ url, filename: pybi.filename, hashes });
  assert.deepEqual(await available(), ["pybi", "pybi", "described"]);
  const stored = { ...remote, source: { ...remote.source, hashes: { sha256: "b".repeat(64) } } };
  assert.deepEqual(await availableOffline([stored], context.home), []);
  mkdirSync(join(context.home.pythons, "b".repeat(64)), { recursive: true });
  assert.deepEqual(await availableOffline([stored], context.home), [stored]);
  await context.db.close();
});
