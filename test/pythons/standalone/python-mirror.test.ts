import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { plainIndexSettings } from "../../../src/packages/index-settings.ts";
import { openLocalMirror } from "../../../src/pythons/standalone/local-mirror.ts";
import { openStandalone } from "../../../src/pythons/standalone/open-standalone.ts";
import { readPythonMirror, withMirrorCredentials } from "../../../src/pythons/standalone/python-mirror.ts";
import { standaloneInterpreter } from "../../../src/pythons/standalone/standalone-interpreter.ts";
import { parseStandaloneName } from "../../../src/pythons/standalone/standalone-name.ts";
import { linux, testArchive } from "../../support/standalone-archive.ts";
import { newSandbox } from "../sandbox.ts";

const mirrorOf = (option: string | undefined, environment: NodeJS.ProcessEnv = {}) =>
  readPythonMirror({ option, environment, configured: undefined, cwd: "/work" });

describe("the mirror setting", () => {
  test("gives its credentials to the HTTP client before those of the indexes", () => {
    const mine = { url: "https://index.example/", credentials: { username: "me", password: "x" } };
    const index = { ...plainIndexSettings, credentials: [mine] };
    const mirror = mirrorOf("https://you:secret@mirror.example/m");
    assert.deepEqual(withMirrorCredentials(index, mirror).credentials, [
      { url: "https://mirror.example/m", credentials: { username: "you", password: "secret" } },
      mine,
    ]);
    assert.equal(withMirrorCredentials(plainIndexSettings, mirror).credentials?.length, 1);
    for (const other of ["https://mirror.example/m", "off", "default"]) {
      assert.equal(withMirrorCredentials(index, mirrorOf(other)), index);
    }
  });

  test("has a location, the option or variable that set it, and the credentials of its URL if it has any", () => {
    const location = "https://mirror.example/m";
    assert.deepEqual(mirrorOf(location), { kind: "mirror", location, origin: "--python-mirror" });
    assert.deepEqual(mirrorOf(undefined, { POSY_PYTHON_MIRROR: "https://you:secret@mirror.example/m" }), {
      kind: "mirror",
      location,
      origin: "POSY_PYTHON_MIRROR",
      credentials: { username: "you", password: "secret" },
    });
    assert.deepEqual(mirrorOf(undefined, { UV_PYTHON_INSTALL_MIRROR: "m" }), {
      kind: "mirror",
      location: resolve("/work", "m"),
      origin: "UV_PYTHON_INSTALL_MIRROR",
      optional: true,
    });
    const configured = { option: undefined, environment: {}, configured: location, cwd: "/work" };
    assert.deepEqual(readPythonMirror(configured), {
      kind: "mirror",
      location,
      origin: "python-install-mirror",
      optional: true,
    });
  });

  test("is refused if it is empty or can't be fetched, and names the option or variable", () => {
    assert.throws(() => mirrorOf(" "), { code: "invalid-url", message: "`--python-mirror` is empty" });
    assert.throws(() => mirrorOf(undefined, { POSY_PYTHON_MIRROR: "ftp://x.example/" }), {
      code: "invalid-url",
      message: /^`POSY_PYTHON_MIRROR` is `ftp:\/\/x\.example\/`/,
    });
    // Posy must not refuse a setting that is meant for uv.
    assert.equal(mirrorOf(undefined, { UV_PYTHON_INSTALL_MIRROR: "s3://x.example" }).kind, "mirror");
    assert.equal(mirrorOf("FILE:///x").kind, "mirror");
    assert.equal(mirrorOf("HTTP://x.example").kind, "mirror");
  });

  test("disables the mirror if it is `off`", () => {
    using sandbox = newSandbox();
    const { home, reporter } = sandbox.context();
    const options = { home, index: plainIndexSettings, environment: {}, reporter };
    assert.equal(openStandalone({ kind: "off" }, options), undefined);
  });
});

test("an archive that the mirror of another tool lacks is fetched from the URL of the lock", async () => {
  using sandbox = newSandbox();
  const { home, reporter } = sandbox.context();
  const options = { home, index: { ...plainIndexSettings, offline: true }, environment: {}, reporter };
  const { filename } = testArchive("3.12.9+20250205");
  const source = { kind: "standalone", url: "https://lock.example/x", filename, hashes: {} } as const;
  mkdirSync(join(sandbox.root, "m"));
  const mirror = { kind: "mirror", location: join(sandbox.root, "m"), origin: "x" } as const;
  const optional = openStandalone({ ...mirror, optional: true }, options);
  assert.equal(await optional?.locate(source), source.url);
  await assert.rejects(openStandalone(mirror, options)?.locate(source) ?? assert.fail(), {
    code: "not-found",
  });
  // A URL of the mirror itself, or a name of another kind, is not searched.
  const [inMirror, other] = [
    { ...source, url: `${mirror.location}/y` },
    { ...source, filename: "x.tar.gz" },
  ];
  assert.equal(await openStandalone(mirror, options)?.locate(inMirror), inMirror.url);
  assert.equal(await openStandalone(mirror, options)?.locate(other), other.url);
  assert.equal(await openStandalone({ kind: "publisher" }, options)?.locate(source), source.url);
});

describe("a fault of the program", () => {
  const faults = [new TypeError("a fault"), new PosyError("bug", "a fault")];
  const source = {
    kind: "standalone",
    url: "https://lock.example/x",
    filename: testArchive("3.12.9+20250205").filename,
    hashes: {},
  } as const;

  for (const error of faults) {
    test(`is not taken for a mirror that can't be used (${error.name})`, async () => {
      using sandbox = newSandbox();
      const { home } = sandbox.context();
      // The folder is read after this report.
      const reporter = {
        report() {
          throw error;
        },
      };
      const options = { home, index: plainIndexSettings, environment: {}, reporter };
      const mirror = { kind: "mirror", location: sandbox.root, origin: "x" } as const;
      for (const setting of [mirror, { ...mirror, optional: true } as const]) {
        const opened = openStandalone(setting, options) ?? assert.fail();
        await assert.rejects(
          opened.interpreters(() => true),
          (thrown) => thrown === error,
        );
        await assert.rejects(opened.locate(source), (thrown) => thrown === error);
      }
    });
  }
});

async function allOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("a folder is listed newest day first, without folders and other files", async () => {
  using sandbox = newSandbox();
  const archives = [
    testArchive("3.12.9+20250205"),
    testArchive("3.12.10+20250612"),
    testArchive("3.11.1+20250612"),
  ];
  for (const { filename, bytes } of archives)
    writeFileSync(join(sandbox.root, filename.replace("+", "%2B")), bytes);
  mkdirSync(join(sandbox.root, testArchive("3.10.1+20250612").filename));
  mkdirSync(join(sandbox.root, "2025"));
  writeFileSync(join(sandbox.root, "notes.txt"), "x");
  const [first = [], ...others] = await allOf(openLocalMirror(sandbox.root).listings());
  assert.deepEqual(others, []);
  assert.deepEqual(
    first.map(({ filename }) => filename),
    [archives[2]?.filename, archives[1]?.filename, archives[0]?.filename].map((name) => name ?? ""),
  );
  const broken = openLocalMirror(join(sandbox.root, "notes.txt")).listings();
  await assert.rejects(allOf(broken));
});

test("a folder is listed by name for each day, also if its archives are in one folder per date", async () => {
  using sandbox = newSandbox();
  const [later, sooner] = [testArchive("3.12.10+20250612"), testArchive("3.11.1+20250612")];
  writeFileSync(join(sandbox.root, later.filename), later.bytes);
  mkdirSync(join(sandbox.root, "20250612"));
  writeFileSync(join(sandbox.root, "20250612", sooner.filename), sooner.bytes);
  const [listing = []] = await allOf(openLocalMirror(sandbox.root).listings());
  assert.deepEqual(
    listing.map(({ filename }) => filename),
    [sooner.filename, later.filename],
  );
});

test("a folder whose SHA256SUMS can't be read is not used without its hashes", async () => {
  using sandbox = newSandbox();
  const { filename, bytes } = testArchive("3.12.9+20250205");
  writeFileSync(join(sandbox.root, filename), bytes);
  mkdirSync(join(sandbox.root, "SHA256SUMS"));
  await assert.rejects(allOf(openLocalMirror(sandbox.root).listings()), (error) => {
    assert.ok(error instanceof PosyError);
    assert.match(error.message, /reading the folder/);
    return true;
  });
});

test("an answer from a folder on this disk must not be cached", async () => {
  using sandbox = newSandbox();
  const { home, reporter } = sandbox.context();
  const { filename, bytes } = testArchive("3.12.9+20250205");
  writeFileSync(join(sandbox.root, filename), bytes);
  const options = { home, index: plainIndexSettings, environment: {}, reporter };
  const mirror = { kind: "mirror", location: sandbox.root, origin: "x" } as const;
  const found = await openStandalone(mirror, options)?.interpreters(() => true);
  assert.equal(found?.length, 1);
  assert.deepEqual(
    reporter.cacheInputs.map(({ freshUntil }) => freshUntil),
    [0],
  );
});

test("interpreters of python-build-standalone lack the module for GNU dbm, which Windows never has", () => {
  const of = (rest: string) =>
    standaloneInterpreter(parseStandaloneName(`cpython-3.13.5+20250612-${rest}`) ?? assert.fail());
  assert.deepEqual(of(`${linux}-install_only.tar.gz`).lacks, ["_gdbm"]);
  assert.deepEqual(of("x86_64-pc-windows-msvc-install_only.tar.gz").lacks, []);
  assert.equal(of(`${linux}-freethreaded-install_only.tar.gz`).freeThreaded, true);
});
