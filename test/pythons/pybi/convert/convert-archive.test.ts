import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import * as zlib from "node:zlib";
import { loadCatalogue } from "../../../../src/pythons/catalogue/load-catalogue.ts";
import { checkPybi } from "../../../../src/pythons/pybi/check/check-pybi.ts";
import { convertArchive } from "../../../../src/pythons/pybi/convert/convert-archive.ts";
import { parseStandaloneName } from "../../../../src/pythons/standalone/standalone-name.ts";
import { openZipFile } from "../../../../src/system/archives/zip/open-zip-file.ts";
import { type NewTarMember, writeTar } from "../../../support/tar-writer.ts";
import { writeZip } from "../../../support/zip-writer.ts";
import { newSandbox } from "../../sandbox.ts";

const sysconfig = `build_time_vars = {
    "CC": "clang -pthread",
    "INCLUDEPY": "/install/include/python3.13",
    "INSTALL": "/usr/bin/install -c",
    "prefix": "/install"
}
`;

const unix = (root: string): readonly NewTarMember[] => [
  { path: `${root}bin/python`, target: "python3.13" },
  { path: `${root}bin/python3`, target: "python3.13" },
  { path: `${root}bin/python3.13`, data: "ELF", mode: 0o755 },
  { path: `${root}bin/pip3`, data: "#!/bin/sh\n", mode: 0o755 },
  { path: `${root}include/python3.13/Python.h`, data: "/* */" },
  { path: `${root}lib/libpython3.13.so.1.0`, data: "ELF", mode: 0o755 },
  { path: `${root}lib/libpython3.13.so`, target: "libpython3.13.so.1.0" },
  { path: `${root}lib/python3.13/os.py`, data: "x" },
  { path: `${root}lib/python3.13/ensurepip/__init__.py`, data: "x" },
  { path: `${root}lib/python3.13/_sysconfigdata__linux_x86_64-linux-gnu.py`, data: sysconfig },
  { path: `${root}lib/python3.13/test/test_os.py`, data: "x" },
  { path: `${root}lib/python3.13/site-packages/pip/__init__.py`, data: "x" },
  { path: `${root}lib/python3.13/lib-dynload/_ssl.so`, data: "ELF", mode: 0o755 },
  { path: `${root}share/terminfo/x/xterm`, data: "x" },
  { path: `${root}share/man/man1/python.1`, data: "x" },
];
const unixTree = [
  "bin/pip3",
  "lib/python3.13/test/test_os.py",
  "share/man/man1/python.1",
  "lib/python3.13/site-packages/pip/__init__.py",
];

const windowsFiles = (stdlib: string) => ({
  "python.exe": "MZ",
  "pythonw.exe": "MZ",
  "python313.dll": "MZ",
  "python3.dll": "MZ",
  "vcruntime140.dll": "MZ",
  [`${stdlib}/os.py`]: "x",
  [`${stdlib}/ensurepip/__init__.py`]: "x",
  [`${stdlib}/test/x.py`]: "x",
  [`${stdlib}/site-packages/pip/x.py`]: "x",
  "DLLs/_ssl.pyd": "MZ",
  "DLLs/libssl-3.dll": "MZ",
  "include/Python.h": "x",
  "libs/python313.lib": "x",
});
const windowsTree = [
  "DLLs/_ssl.pyd",
  "DLLs/libssl-3.dll",
  "Include/Python.h",
  "Lib/ensurepip/__init__.py",
  "Lib/os.py",
  "Scripts/python.exe",
  "Scripts/python3.dll",
  "Scripts/python313.dll",
  "Scripts/pythonw.exe",
  "Scripts/vcruntime140.dll",
  "libs/python313.lib",
];

const zipOf = (files: Readonly<Record<string, string | Buffer>>, root = "") =>
  writeZip(Object.entries(files).map(([path, data]) => ({ path: root + path, data })));

async function converted(filename: string, bytes: Uint8Array) {
  using sandbox = newSandbox();
  const archive = join(sandbox.root, filename);
  writeFileSync(archive, bytes);
  const done = await convertArchive(archive, join(sandbox.root, "out"));
  const zip = openZipFile(done.path);
  const members = new Map(
    zip.entries
      .filter(({ path }) => !path.startsWith("pybi-info/"))
      .map((entry) => [entry.path, Buffer.from(zip.readSync(entry)).toString("latin1")]),
  );
  zip.close();
  const modes = new Map(zip.entries.map(({ path, mode = 0 }) => [path, (mode & 0o777).toString(8)]));
  const { findings } = await checkPybi(done.path);
  return { ...done, modes, bytes: readFileSync(done.path), members, rules: findings.map(({ rule }) => rule) };
}

describe("convertArchive, which does not run the Python,", { skip: process.platform === "win32" }, () => {
  const name = "cpython-3.13.5+20250612-x86_64-unknown-linux-gnu";

  test("converts an `install_only` archive of python-build-standalone", async () => {
    const archive = zlib.gzipSync(writeTar(unix("python/")));
    const { path, bytes, members, rules } = await converted(`${name}-install_only_stripped.tar.gz`, archive);
    assert.equal(basename(path), "cpython-3.13.5-manylinux_2_17_x86_64.pybi");
    assert.deepEqual(rules, []);
    for (const left of unixTree) assert.ok(!members.has(left), left);
    assert.equal(members.get("bin/python"), "python3.13");
    assert.equal(members.get("lib/libpython3.13.so"), "libpython3.13.so.1.0");
    const data = members.get("lib/python3.13/_sysconfigdata__linux_x86_64-linux-gnu.py") ?? "";
    assert.match(data, /"CC": "cc -pthread"/);
    assert.match(data, /"INCLUDEPY": "@prefix@\/include\/python3.13"/);
    assert.match(data, /"INSTALL": "\/usr\/bin\/install -c"/);
    assert.match(data, /"prefix": "@prefix@"/);
    const again = await converted(`${name}-install_only_stripped.tar.gz`, archive);
    assert.ok(bytes.equals(again.bytes), "the same archive gives the same pybi");
  });

  const compress = (zlib as { zstdCompressSync?: (data: Buffer) => Buffer }).zstdCompressSync;
  test("converts a full, free-threaded archive of python-build-standalone", {
    skip: compress === undefined,
  }, async () => {
    const tree = unix("python/install/").map((each) => ({
      ...each,
      path: each.path.replaceAll("3.13", "3.13t"),
      ...(each.target === undefined ? {} : { target: each.target.replaceAll("3.13", "3.13t") }),
    }));
    const tar = writeTar([{ path: "python/PYTHON.json", data: "{}" }, ...tree]);
    const filename = "cpython-3.13.5+20250612-aarch64-unknown-linux-musl-freethreaded+pgo+lto-full.tar.zst";
    const { path, rules, members } = await converted(filename, compress?.(tar) ?? tar);
    assert.equal(basename(path), "cpython_freethreaded-3.13.5-musllinux_1_2_aarch64.pybi");
    assert.deepEqual(rules, []);
    assert.ok(!members.has("PYTHON.json"));
    assert.equal(members.get("bin/python3"), "python3.13t");
  });

  test("gives everybody the right to read files and to run programs, and links every right", async () => {
    const tree = unix("python/").map((each) => ({ ...each, mode: each.mode === 0o755 ? 0o700 : 0o600 }));
    const { modes } = await converted(`${name}-install_only.tar.gz`, zlib.gzipSync(writeTar(tree)));
    const of = ["bin/python3.13", "lib/python3.13/os.py", "bin/python3", "pybi-info/RECORD"];
    assert.deepEqual(
      of.map((path) => modes.get(path)),
      ["755", "644", "777", "644"],
    );
  });

  test("converts an archive of python-build-standalone for Windows", async () => {
    const tree = Object.entries(windowsFiles("Lib")).map(([path, data]) => ({
      path: `python/${path}`,
      data,
    }));
    const filename = "cpython-3.13.5+20250612-i686-pc-windows-msvc-install_only.tar.gz";
    const { path, members, rules } = await converted(filename, zlib.gzipSync(writeTar(tree)));
    assert.equal(basename(path), "cpython-3.13.5-win32.pybi");
    assert.deepEqual(rules, []);
    assert.deepEqual([...members.keys()], windowsTree);
  });

  test("converts a NuGet package", async () => {
    const bytes = zipOf({ ...windowsFiles("Lib") }, "tools/");
    const { path, members, rules } = await converted("python.3.13.5.nupkg", bytes);
    assert.equal(basename(path), "cpython-3.13.5-win_amd64.pybi");
    assert.deepEqual(rules, []);
    assert.deepEqual([...members.keys()], windowsTree);
  });

  test("converts an embeddable zip and unpacks its standard library", async () => {
    const bytes = zipOf({
      "python.exe": "MZ",
      "python313.dll": "MZ",
      "python313._pth": "python313.zip",
      "_ssl.pyd": "MZ",
      "python313.zip": zipOf({ "os.pyc": "code", "json/__init__.pyc": "code" }),
    });
    const { path, members, warnings, rules } = await converted("python-3.13.5-embed-arm64.zip", bytes);
    assert.equal(basename(path), "cpython-3.13.5-win_arm64.pybi");
    assert.deepEqual(rules, ["bytecode", "no-ensurepip"]);
    assert.equal(warnings.length, 1);
    assert.deepEqual(
      [...members.keys()],
      ["DLLs/_ssl.pyd", "Lib/json/__init__.pyc", "Lib/os.pyc", "Scripts/python.exe", "Scripts/python313.dll"],
    );
  });

  test("leaves cached bytecode out, and converts an embeddable zip that lacks its standard library", async () => {
    const files = { "python.exe": "MZ", "PYTHON.EXE.config": "x", "readme/x.pyd": "x" };
    const { members, rules } = await converted("python-3.13.5-embed-win32.zip", zipOf(files));
    assert.deepEqual([...members.keys()], ["Scripts/python.exe"]);
    assert.deepEqual(rules, ["no-ensurepip"]);
    const inner = zipOf({ "os.pyc": "x", "json/__pycache__/x.pyc": "x" });
    const archive = zipOf({ ...files, "python313.zip": inner });
    const withStdlib = await converted("python-3.13.5-embed-amd64.zip", archive);
    assert.deepEqual([...withStdlib.members.keys()], ["Lib/os.pyc", "Scripts/python.exe"]);
  });

  test("decodes the names in a NuGet package and takes only the files of its `tools` folder", async () => {
    const files = {
      "tools/python.exe": "MZ",
      "tools/Lib/a%2Bb%20c.py": "x",
      "Lib/other.py": "x",
      "other/python.exe": "x",
    };
    const { members } = await converted("python.3.13.5.nupkg", zipOf(files));
    assert.deepEqual([...members.keys()], ["Lib/a+b c.py", "Scripts/python.exe"]);
  });

  test("refuses a jar whose name is in the catalogue but whose hash differs", async () => {
    const [{ source } = assert.fail()] = await loadCatalogue("linux-x86_64");
    assert.ok(source.kind === "catalogue");
    await assert.rejects(converted(source.filename, zipOf({ x: "x" })), {
      code: "hash-mismatch",
      message: new RegExp(`not \`${source.hashes["sha256"]}\``),
      hint: /download it again/,
    });
  });

  test("refuses a file that is not a Python or is damaged", async () => {
    await assert.rejects(converted("python.tar.gz", Buffer.alloc(0)), { code: "invalid-interpreter" });
    const empty = zlib.gzipSync(writeTar([]));
    await assert.rejects(converted(`${name}-install_only.tar.gz`, empty), { code: "invalid-interpreter" });
    await assert.rejects(converted(`${name}-install_only.tar.gz`, Buffer.from("x")), {
      code: "invalid-archive",
    });
  });

  test("says that a file does not exist before it looks at the kind of its name", async () => {
    for (const filename of ["python.3.13.5.nupkg", "python-3.13.5-macos11.pkg", "unknown.rar"]) {
      const path = `/nowhere/${filename}`;
      await assert.rejects(convertArchive(path, "/nowhere"), {
        code: "not-found",
        message: new RegExp(`^opening \`${path}\``),
      });
    }
  });
});

test("parses the names of python-build-standalone", () => {
  const parse = (rest: string) => parseStandaloneName(`cpython-3.14.0rc1+20250805-${rest}`);
  assert.equal(parse("x86_64_v3-unknown-linux-gnu-install_only.tar.gz")?.level, "v3");
  assert.equal(parse("aarch64-apple-darwin-freethreaded-install_only_stripped.tar.gz")?.freeThreaded, true);
  assert.equal(parse("x86_64-pc-windows-msvc-pgo-full.tar.zst")?.full, true);
  assert.equal(parse("x86_64-unknown-linux-gnu-debug-full.tar.zst")?.debug, true);
  assert.equal(parse("riscv64-unknown-linux-gnu-install_only.tar.gz"), undefined);
  const encoded = "cpython-3.13.5%2B20250612-x86_64-unknown-linux-gnu-install_only.tar.gz";
  assert.equal(parseStandaloneName(encoded)?.platformTag, "manylinux_2_17_x86_64");
});
