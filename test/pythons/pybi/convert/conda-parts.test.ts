import assert from "node:assert/strict";
import { lstatSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { describeInterpreter } from "../../../../src/pythons/compatibility/describe-interpreter.ts";
import { parseCondaIndex, parseCondaPaths } from "../../../../src/pythons/pybi/convert/conda/conda-info.ts";
import { extractConda } from "../../../../src/pythons/pybi/convert/conda/extract-conda.ts";
import {
  type CondaPackage,
  isCondaName,
  openConda,
} from "../../../../src/pythons/pybi/convert/conda/open-conda.ts";
import { relocateConda, replaceStrings } from "../../../../src/pythons/pybi/convert/conda/relocate-conda.ts";
import { convertArchive } from "../../../../src/pythons/pybi/convert/convert-archive.ts";
import { OldestSystems } from "../../../../src/pythons/pybi/convert/macos/oldest-systems.ts";
import { catalogueJar } from "../../../../src/pythons/pybi/convert/catalogue-jar.ts";
import { standaloneArchive } from "../../../../src/pythons/pybi/convert/standalone-archive.ts";
import { embeddableZip, nugetPackage } from "../../../../src/pythons/pybi/convert/windows-zip.ts";
import { openZipFile, type TarMember } from "../../../../src/system/archives/index.ts";
import { parseVersion } from "../../../../src/vocab/version/version.ts";
import { linux as linuxTriple } from "../../../support/standalone-archive.ts";
import { writeTar } from "../../../support/tar-writer.ts";
import { writeZip } from "../../../support/zip-writer.ts";
import { makeElf } from "../../../system/binaries/elf/make-elf.ts";
import { makeMachO, processors } from "../../../system/binaries/macho/make-macho.ts";
import { readElf } from "../../../../src/system/binaries/elf/read-elf.ts";
import { newSandbox } from "../../sandbox.ts";

const linux = describeInterpreter(parseVersion("3.12.7"), "linux-x86_64");
const placeholder = `/opt/${"placehold_".repeat(8)}`;

const isLink = (path: string) => lstatSync(path).isSymbolicLink();

/** Extracts packages that consist of these members; returns the paths of the tree and the result. */
async function extracted(
  members: readonly (Partial<TarMember> & { readonly path: string })[],
  interpreter = linux,
) {
  using sandbox = newSandbox();
  const conda: CondaPackage = {
    filename: "python-3.12.7-0.conda",
    index: { name: "python", version: "3.12.7", build: "0", subdir: "linux-64", depends: [] },
    paths: new Map(),
    async *members() {
      for (const member of members) {
        yield { kind: "file", mode: 0o644, target: "", data: new Uint8Array(), ...member } as TarMember;
      }
    },
  };
  const result = await extractConda([conda], interpreter, "x", sandbox.root);
  const paths = readdirSync(sandbox.root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(sandbox.root.length + 1))
    .filter((path) => !path.startsWith("pybi-info"))
    .sort();
  const isExecutable = (path: string) => (statSync(join(sandbox.root, path)).mode & 0o111) !== 0;
  const executable = paths.filter((path) => !isLink(join(sandbox.root, path)) && isExecutable(path));
  return { ...result, paths, executable };
}

const python = { path: "bin/python3.12", mode: 0o755, data: Buffer.from("x") };

describe("reading the files of conda packages", { skip: process.platform === "win32" }, () => {
  test("selects the files of Python and its libraries", async () => {
    const names = [
      "bin/python3.12-config",
      "bin/pydoc3.12",
      "bin/2to3",
      "bin/python3.11",
      "bin/openssl",

      "lib/libssl.so.3",
      "lib/libssl.so",
      "lib/libpython3.12.so",
      "lib/libx.a",
      "lib/libz.1.dylib",
      "lib/x/liby.so.1",

      "lib/python3.12/os.py",
      "lib/python3.12/test/x.py",
      "lib/python3.12/_sysconfigdata_x_conda_linux.py",

      "lib/tcl8.6/init.tcl",
      "lib/tk8.6/tk.tcl",
      "lib/tclx/x",
      "lib/pkgconfig/python-3.12.pc",
      "lib/pkgconfig/openssl.pc",
      "include/python3.12/Python.h",
      "include/openssl/ssl.h",
      "share/x",
    ];
    const { paths } = await extracted([python, ...names.map((path) => ({ path }))]);
    assert.deepEqual(paths, [
      "bin/pydoc3.12",
      "bin/python",
      "bin/python3",
      "bin/python3.12",
      "bin/python3.12-config",
      "include/python3.12/Python.h",
      "lib/libpython3.12.so",
      "lib/libssl.so.3",
      "lib/libz.1.dylib",
      "lib/pkgconfig/python-3.12.pc",
      "lib/python3.12/os.py",
      "lib/tcl8.6/init.tcl",
      "lib/tk8.6/tk.tcl",
    ]);
  });

  test("keeps the executable bits, whoever may execute a file", async () => {
    const programs = { "bin/pydoc3": 0o645, "bin/pydoc3.12": 0o654, "bin/python3.12-config": 0o666 };
    const others = Object.entries(programs).map(([path, mode]) => ({ path, mode, data: Buffer.from("x") }));
    assert.deepEqual((await extracted([python, ...others])).executable, [
      "bin/pydoc3",
      "bin/pydoc3.12",
      "bin/python3.12",
    ]);
  });

  test("makes copies of hard links to earlier members", async () => {
    const { paths } = await extracted([
      python,
      { path: "bin/python3", kind: "hardlink", target: "./bin/python3.12" },
      { path: "bin/python", kind: "hardlink", target: "bin/nothing" },
      { path: "lib", kind: "directory" },
    ]);
    assert.deepEqual(paths, ["bin/python", "bin/python3", "bin/python3.12"]);
  });

  test("warns of a library that no package and no system provides", async () => {
    const library = (needed: readonly string[]) => Buffer.from(makeElf({ needed }));
    const { warnings, interpreter } = await extracted([
      python,
      { path: "lib/liba.so.1", data: library(["libb.so.1", "libc.so.6", "libgone.so.1"]) },
      { path: "lib/libb.so.1", data: library([]) },
    ]);
    assert.deepEqual(warnings, ["`lib/liba.so.1` won't load: no package has `libgone.so.1`, which it needs"]);
    assert.deepEqual(interpreter.platformTags, ["manylinux_2_5_x86_64"]);
    assert.deepEqual((await extracted([python])).interpreter.platformTags, linux.platformTags);
  });

  test("has the usual platform tag if no program says which glibc it needs", async () => {
    const library = makeElf({ versions: { "libc.so.6": ["GLIBC_PRIVATE"] }, needed: ["libc.so.6"] });
    const { interpreter } = await extracted([python, { path: "lib/liba.so.1", data: Buffer.from(library) }]);
    assert.deepEqual(interpreter.platformTags, linux.platformTags);
  });

  test("includes Tcl's libraries and scripts from `Library` on Windows", async () => {
    const windows = describeInterpreter(parseVersion("3.12.7"), "windows-x86_64");
    const names = [
      "python.exe",
      "Library/bin/libssl.dll",
      "Library/bin/x.exe",
      "Library/lib/tcl8.6/init.tcl",
      "Library/lib/x.lib",
      "Lib/os.py",
    ];
    const { paths } = await extracted(
      names.map((path) => ({ path })),
      windows,
    );
    assert.deepEqual(paths, ["DLLs/libssl.dll", "Lib/os.py", "Scripts/python.exe", "tcl/tcl8.6/init.tcl"]);
  });
});

/**
 * The package of Python 3.7.1 in a `.tar.bz2` of `info/index.json`, `info/has_prefix`, `info/recipe/meta.yaml`,
 * `bin/pydoc3.7` and `lib/python3.7/os.py`. Node.js can't compress with bzip2; Python's `bz2` made this.
 */
const olderPackage = Buffer.from(
  [
    "QlpoOTFBWSZTWbRGA4wAATdfzM+ReAf/kAAKJAr/d99qAAEAAIAQCAgwATlbKGSk2kbQ0anqjI8moeoeoMJjUzTTT1BoiHqa",
    "ZT0nqADQAAAADQSRJNGmkxMjRo9Go0wGmUMNBNO9FdVc2JEaZDdLo4I4xvbQkjHN7yZOKIh2L4ie7PFJiRIiURcZIBwRRaIf",
    "OVMmHQ5yna48skuitNzv5NKiMELx8FaUunIgzb2iG8TLtjoPGJhDCK0QL8h6ogIFSbqarAI9mRH4QLe2mwiJtr8PQswc0HmF",
    "ig1x4wHIQaypqMIe/jACCGBKhxSPBKIWucmfIoizIC4ndwGUNERGnlh0kZHOLDbUDcKAVJ8tMEmGwJ4RdVZHS5itkJlaP+Qq",
    "xvflptZj7NpD20eU6K8yhQQAqUCXZMuBtJxPwRGJwTRdoVHNVa4QRA8xOQYxcypQ9Iqn5yF3QxiPORN6GCkVvIRbbpliRyAw",
    "v9yQB3F3JFOFCQtEYDjA",
  ].join(""),
  "base64",
);

describe("reading the metadata of a conda package", () => {
  test("uses defaults for missing fields", () => {
    assert.deepEqual(parseCondaIndex('{"name": "a", "version": "1", "build": "b"}', "x"), {
      name: "a",
      version: "1",
      build: "b",
      subdir: "",
      depends: [],
    });
    const sha256 = "A".repeat(64);
    const files = [
      { _path: "a", sha256, prefix_placeholder: "/p", file_mode: "binary" },
      { _path: "b", prefix_placeholder: "" },
    ];
    assert.deepEqual(
      [...parseCondaPaths(JSON.stringify({ paths: files }), "/x text a", "x")],
      [
        ["a", { sha256: "a".repeat(64), placeholder: "/p", binary: true }],
        ["b", { binary: false }],
      ],
    );
    assert.equal(parseCondaPaths(undefined, undefined, "x").size, 0);
  });

  test("refuses metadata that are missing or malformed", () => {
    for (const text of [undefined, "", "{", "[]", '{"name": "a"}']) {
      assert.throws(() => parseCondaIndex(text, "x.conda"), { code: "invalid-archive" });
    }
    assert.throws(() => parseCondaIndex(undefined, "x.conda"), {
      message: /`x\.conda` is not a conda package/,
    });
    assert.throws(() => parseCondaPaths('{"paths": [{"_path": "a", "sha256": "x"}]}', undefined, "x"), {
      code: "invalid-archive",
    });
  });

  test("recognises a conda package by its file name", () => {
    for (const name of ["python-3.13.5-h1_0_cp313.conda", "ca-certificates-2025-0.tar.bz2", "_x-1-0.CONDA"]) {
      assert.ok(isCondaName(name), name);
    }
    for (const name of ["python-3.13.5.conda", "python-3.13.5-0.tar.gz", "a b-1-0.conda"])
      assert.ok(!isCondaName(name), name);
  });

  test("opens a package in the older format, whose files have no hashes and whose metadata are not yielded", async () => {
    using sandbox = newSandbox();
    const path = join(sandbox.root, "python-3.7.1-h1_0.tar.bz2");
    writeFileSync(path, olderPackage);
    const { filename, index, paths, members } = await openConda(path, sandbox.root);
    assert.equal(filename, "python-3.7.1-h1_0.tar.bz2");
    assert.deepEqual([index.name, index.version, index.subdir], ["python", "3.7.1", "linux-64"]);
    const prefix = { placeholder: "/opt/anaconda1anaconda2anaconda3", binary: false };
    assert.deepEqual([...paths], [["bin/pydoc3.7", prefix]]);
    const files: (readonly [string, string])[] = [];
    for await (const { path, data } of members()) files.push([path, Buffer.from(data).toString()]);
    assert.deepEqual(files, [
      ["bin/pydoc3.7", "#!/opt/anaconda1anaconda2anaconda3/bin/python3.7\nimport pydoc\n"],
      ["lib/python3.7/os.py", "# os"],
    ]);
  });

  test("refuses an archive that lacks a part", async () => {
    using sandbox = newSandbox();
    const path = join(sandbox.root, "python-3-0.conda");
    const info = { path: "info-python.tar.zst", data: "x" };
    writeFileSync(
      path,
      writeZip([info, { path: "pkg-notes.txt", data: "x" }, { path: "x-pkg-.tar.zst", data: "x" }]),
    );
    await assert.rejects(openConda(path, sandbox.root), {
      code: "invalid-archive",
      message: /`pkg-….tar.zst`/,
    });
  });
});

describe("conda's placeholder for the prefix", () => {
  const text = (path: string, content: string) =>
    Buffer.from(relocateConda(path, Buffer.from(content), placeholder, linux)).toString();

  test("is replaced by the prefix in text files, and compiler flags with it are removed", () => {
    const flags = `-L${placeholder}/lib -I${placeholder}/include -Wl,-rpath,${placeholder}/lib -B ${placeholder}/compiler_compat -O2`;
    const data = text(
      "lib/python3.12/_sysconfigdata_x.py",
      `x = {'A': '${flags}', 'B': '${placeholder}/bin/x86_64-conda-linux-gnu-cc', 'C': '${placeholder}/share'}\n`,
    );
    assert.match(data, /'A': ' ?-O2', 'B': 'cc', 'C': '@prefix@\/share'/);
    assert.equal(text("lib/python3.12/os.py", placeholder), placeholder);
  });

  test("is replaced by folders of the system in strings of programs", () => {
    const bytes = makeElf({
      data: `\0${placeholder}/share/zoneinfo\0${placeholder}/ssl/cert\0${placeholder}/x\0`,
      runPath: "$ORIGIN/../lib",
    });
    const result = Buffer.from(relocateConda("lib/liba.so", bytes, placeholder, linux)).toString("latin1");
    assert.match(result, /\0\/+usr\/share\/zoneinfo\0\/+etc\/ssl\/cert\0\/+nonexistent\/x\0/);
    assert.equal(readElf(relocateConda("lib/liba.so", bytes, undefined, linux))?.runPath, "$ORIGIN/../lib");
    const absolute = makeElf({ needed: ["libb.so"], runPath: "$ORIGIN:/opt/x" });
    assert.equal(readElf(relocateConda("lib/liba.so", absolute, undefined, linux))?.runPath, "$ORIGIN");
    assert.equal(
      readElf(relocateConda("lib/python3.12/a.so", absolute, undefined, linux))?.runPath,
      "$ORIGIN/..",
    );
  });

  test("is replaced at the start, at the end and several times in a row", () => {
    const bytes = Buffer.from(`/p/etc:/p/etc/x /p`);
    assert.equal(replaceStrings(bytes, "/p", [["/etc", ""]]), true);
    assert.equal(bytes.toString(), "///etc:///etc/x //");
    assert.equal(replaceStrings(Buffer.from("nothing"), "/p", []), false);
    const etcetera = Buffer.from("/p/etcetera");
    replaceStrings(etcetera, "/p", [["/etc", ""]]);
    assert.equal(etcetera.toString(), "///etcetera");
  });
});

describe("the kind of an archive", () => {
  test("is recognised by name for python-build-standalone, with warnings about builds that some machines or modules can't use", () => {
    const warnings = (rest: string) => standaloneArchive(`cpython-3.13.5+20250612-${rest}`)?.warnings.length;
    assert.equal(warnings(`${linuxTriple}-install_only.tar.gz`), 0);
    assert.equal(warnings("x86_64_v3-unknown-linux-gnu-install_only.tar.gz"), 1);
    assert.equal(warnings(`${linuxTriple}-debug-full.tar.zst`), 1);
    assert.equal(warnings("x86_64-unknown-linux-musl-lto+static-full.tar.zst"), 1);
    assert.equal(standaloneArchive("python.tar.gz"), undefined);
  });

  test("is recognised by name for NuGet packages and embeddable zips", () => {
    const nuget = (name: string) => {
      const { interpreter } = nugetPackage(name) ?? {};
      return interpreter && [interpreter.platform, interpreter.version, interpreter.freeThreaded];
    };
    assert.deepEqual(nuget("python.3.13.5.nupkg"), ["windows-x86_64", "3.13.5", false]);
    assert.deepEqual(nuget("pythonx86.3.13.5.nupkg"), ["windows-x86", "3.13.5", false]);
    assert.deepEqual(nuget("PythonArm64.3.14.0-rc1.nupkg"), ["windows-arm64", "3.14.0rc1", false]);
    assert.deepEqual(nuget("python-freethreaded.3.13.5.nupkg"), ["windows-x86_64", "3.13.5", true]);
    for (const name of ["python.3.13.nupkg", "other.3.13.5.nupkg", "python.3.13.5.zip"])
      assert.equal(nuget(name), undefined);
    assert.equal(embeddableZip("python-3.13.5-embed-win32.zip")?.interpreter.platform, "windows-x86");
    assert.equal(embeddableZip("python-3.13.5-embed-other.zip"), undefined);
    assert.equal(embeddableZip("python-3.13.5-amd64.zip"), undefined);
  });

  test("is recognised by name for jars of the catalogue", async () => {
    assert.equal(await catalogueJar("cpython-1.0-1-linux-x86_64.jar"), undefined);
    assert.equal(await catalogueJar("python.3.13.5.nupkg"), undefined);
    const [jar] = await (await import("../../../../src/pythons/catalogue/load-catalogue.ts")).loadCatalogue();
    assert.ok(jar?.source.kind === "catalogue");
    const { kind, warnings, interpreter } = (await catalogueJar(jar.source.filename)) ?? assert.fail();
    assert.deepEqual([kind, interpreter.source], ["catalogue jar", jar.source]);
    assert.equal(warnings.length, jar.lacks.length === 0 ? 0 : 1);
  });
});

test("refuses an archive for another platform than the requested one", {
  skip: process.platform === "win32",
}, async () => {
  using sandbox = newSandbox();
  const path = join(sandbox.root, `cpython-3.13.5+20250612-${linuxTriple}-install_only.tar.gz`);
  const tree = [{ path: "python/bin/python3.13", data: "x", mode: 0o755 }];
  writeFileSync(path, gzipSync(writeTar(tree)));
  await assert.rejects(convertArchive(path, sandbox.root, { platform: "macos-arm64" }), {
    code: "unknown-platform",
    message: /is for `linux-x86_64`, not `macos-arm64`/,
  });
  const { kind, version, platformTags } = await convertArchive(path, sandbox.root, {
    platform: "linux-x86_64",
  });
  const zip = openZipFile(join(sandbox.root, "cpython-3.13.5-manylinux_2_17_x86_64.pybi"), { label: "x" });
  const names = zip.entries.toSorted((a, b) => a.offset - b.offset).map((entry) => entry.path);
  zip.close();
  // The metadata are last, so that one range request reads them.
  assert.deepEqual(names, [
    "bin/python",
    "bin/python3",
    "bin/python3.13",
    "pybi-info/METADATA",
    "pybi-info/PYBI",
    "pybi-info/RECORD",
  ]);
  assert.deepEqual(
    [kind, version, platformTags],
    ["python-build-standalone", "3.13.5", ["manylinux_2_17_x86_64"]],
  );
});

test("the macOS platform tag is that of the newest program; for universal code, only Intel code counts", () => {
  const systems = (...oldest: readonly (readonly [number, number])[]) => {
    const seen = new OldestSystems();
    for (const version of oldest)
      seen.see(makeMachO({ processor: processors.arm64, oldest: [...version] as [number, number] }));
    return seen;
  };
  const arm = { platformTags: ["macosx_11_0_arm64"] };
  assert.equal(systems().tag(arm), "macosx_11_0_arm64");
  assert.equal(systems([12, 3], [11, 0]).tag(arm), "macosx_12_0_arm64");
  assert.equal(systems([11, 0], [12, 3]).tag(arm), "macosx_12_0_arm64");
  assert.equal(systems([11, 3]).tag(arm), "macosx_11_0_arm64");
  assert.equal(systems([10, 9], [10, 13], [10, 12]).tag(arm), "macosx_10_13_arm64");
  assert.equal(systems([13, 0]).tag({ platformTags: ["macosx_11_0_universal2"] }), "macosx_11_0_universal2");
});
