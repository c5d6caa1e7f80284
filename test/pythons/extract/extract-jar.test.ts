import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import type { Interpreter } from "../../../src/model/interpreter.ts";
import { extractInterpreter } from "../../../src/pythons/extract/extract-interpreter.ts";
import { verifyInterpreter } from "../../../src/forest/interpreters/verify-interpreter.ts";
import type { PlatformName } from "../../../src/vocab/tags/platform-name.ts";
import { parsePybiFile, parsePybiMetadata } from "../../../src/vocab/metadata/pybi-metadata.ts";
import { parseRecord } from "../../../src/vocab/metadata/record.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { libraryWith } from "../../system/binaries/pe/make-library.ts";
import { askPython } from "../../support/oracle.ts";
import { writeZip } from "../../support/zip-writer.ts";
import { newSandbox, type Sandbox } from "../sandbox.ts";

const builder = "/home/builder/presets/cppbuild/linux-x86_64";
const stdlib = "lib/python3.14";

/** Consecutive C strings, as in the library of OpenSSL. */
const openssl = [
  "",
  `${builder}/ssl`,
  `${builder}/ssl/certs`,
  `${builder}/ssl/cert.pem`,
  `${builder}/lib/engines-3`,
  "tail",
];

const linuxTree: Readonly<Record<string, string>> = {
  "bin/python3": "ELF",
  "bin/python3.14": "ELF",
  "python3.14": "ELF",
  "bin/python3.14-config": `#!/bin/sh\nprefix="${builder}"\n`,
  "bin/python3-config": "copy",
  "bin/pydoc3.14": `#!${builder}/bin/python3.14\nprint(1)\n`,
  "bin/pip3": "x",
  "bin/idle3.14": "x",
  "bin/2to3": "x",
  "bin/c_rehash": "x",
  "libpython3.14.so.1.0": "ELF",
  "libffi.so": "ELF",
  "libffi.so.8": "ELF",
  "libjnipython.so": "ELF",
  "libs/x": "x",
  "share/man/man1/python3.1": "x",
  "include/python3.14/Python.h": "#",
  "lib/cmake/OpenSSL/OpenSSLConfig.cmake": "x",
  "lib/engines-3/afalg.so": "x",
  "lib/ossl-modules/legacy.so": "x",
  "lib/pkgconfig/python-3.14.pc": `# See: man\nprefix=${builder}\nlibdir=\${prefix}/lib\nCflags: -I${builder}/include\n`,
  "lib/pkgconfig/openssl.pc": "x",
  [`${stdlib}/os.py`]: "# os",
  [`${stdlib}/LICENSE.txt`]: "licence",
  [`${stdlib}/__pycache__/os.cpython-314.pyc`]: "x",
  [`${stdlib}/test/test_os.py`]: "x",
  [`${stdlib}/unittest/test/test_case.py`]: "x",
  [`${stdlib}/unittest/case.py`]: "# case",
  [`${stdlib}/idlelib/idle.py`]: "x",
  [`${stdlib}/site-packages/pip/__init__.py`]: "x",
  [`${stdlib}/site-packages/README.txt`]: "x",
  [`${stdlib}/ensurepip/__init__.py`]: "# ensurepip",
  [`${stdlib}/ensurepip/_bundled/pip-25.3-py3-none-any.whl`]: "wheel",
  [`${stdlib}/config-3.14-x86_64-linux-gnu/Makefile`]: `prefix=\t${builder}\nSRC= ${builder}/Python\nLDFLAGS= -s -Wl,-rpath,\\$$ORIGIN/,-rpath,\\$$ORIGIN/../lib/\n`,
  [`${stdlib}/config-3.14-x86_64-linux-gnu/config.c`]: "x",
  [`${stdlib}/lib-dynload/_ssl.cpython-314-x86_64-linux-gnu.so`]: openssl.join("\0"),
  [`${stdlib}/lib-dynload/_bz2.cpython-314-x86_64-linux-gnu.so`]: "a\0libbz2.so.1.0\0libc.so.6\0",
  [`${stdlib}/lib-dynload/_testcapi.cpython-314-x86_64-linux-gnu.so`]: "x",
  [`${stdlib}/lib-dynload/_ctypes_test.cpython-314-x86_64-linux-gnu.so`]: "x",
  [`${stdlib}/lib-dynload/xxlimited.cpython-314-x86_64-linux-gnu.so`]: "x",
  [`${stdlib}/lib-dynload/_xxsubinterpreters.cpython-314-x86_64-linux-gnu.so`]: "ELF",
  [`${stdlib}/_sysconfig_vars__linux_x86_64-linux-gnu.json`]: "{}",
  [`${stdlib}/_sysconfigdata__linux_x86_64-linux-gnu.py`]: `build_time_vars = {
    'CC': 'gcc -m64',
    'CXX': 'g++',
    'LDSHARED': 'gcc -m64 -shared -s -Wl,-rpath,\\\\$ORIGIN/,-rpath,\\\\$ORIGIN/../lib/',
    'LIBDIR': '${builder}/lib',
    'NUMBER': 1,
    'prefix': '${builder}'}
`,
  [`${stdlib}/build-details.json`]: JSON.stringify({
    base_prefix: builder,
    base_interpreter: `${builder}/bin/python3.14`,
    libpython: { dynamic: `${builder}/lib/libpython3.14.so`, static: `${builder}/lib/libpython3.14.a` },
  }),
};

function interpreter(platform: PlatformName, classifier: string, lacks: readonly string[] = []): Interpreter {
  const filename = `snake-3.14.9-1-${classifier}.jar`;
  return {
    ...describeInterpreter(parseVersion("3.14.9"), platform),
    lacks,
    source: {
      kind: "catalogue",
      purl: `pkg:maven/org.example/snake@3.14.9-1?classifier=${classifier}`,
      filename,
      size: 1,
      hashes: {},
    },
  };
}

/** Writes the archive and extracts it; returns the folder of the tree. */
async function placed(
  sandbox: Sandbox,
  python: Interpreter,
  tree: Readonly<Record<string, string>>,
): Promise<string> {
  const classifier = python.source.kind === "catalogue" ? (python.source.purl.split("=")[1] ?? "") : "";
  const jar = join(sandbox.root, "archive.jar");
  const members = Object.entries(tree).map(([path, data]) => ({
    path: `org/example/snake/${classifier}/${path}`,
    data: Buffer.from(data, "latin1"),
    mode: 0,
  }));
  // Files of others in the archive. What follows is called like Python's files from the same position on.
  const foreign = [stdlib, "bin", "Lib"].map((folder) => ({
    path: `org/example/other/${classifier}/${folder}/foreign.py`,
    data: "x",
  }));
  writeFileSync(jar, writeZip([{ path: "META-INF/MANIFEST.MF", data: "x" }, ...foreign, ...members]));
  const into = join(sandbox.root, "tree");
  mkdirSync(into);
  await extractInterpreter(python, jar, into);
  // RECORD names every file and every link.
  assert.deepEqual(await verifyInterpreter(into, { full: true }), []);
  return into;
}

function filesOf(tree: string): string[] {
  const names = readdirSync(tree, { recursive: true, encoding: "utf8" });
  return names.filter((name) => !lstatSync(join(tree, name)).isDirectory()).sort();
}

describe("unpacking a Linux archive of the catalogue", {
  skip: process.platform === "win32",
}, () => {
  const python = interpreter("linux-x86_64", "linux-x86_64", ["_sqlite3", "readline"]);

  test("writes only Python's files, at their paths in a pybi", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, linuxTree);
    assert.deepEqual(
      filesOf(tree).filter((name) => !name.startsWith("pybi-info/")),
      [
        "bin/pydoc3",
        "bin/pydoc3.14",
        "bin/python",
        "bin/python3",
        "bin/python3-config",
        "bin/python3.14",
        "bin/python3.14-config",
        "include/python3.14/Python.h",
        "lib/libpython3.14.so",
        "lib/libpython3.14.so.1.0",
        "lib/pkgconfig/python-3.14.pc",
        `${stdlib}/LICENSE.txt`,
        `${stdlib}/_sqlite3.py`,
        `${stdlib}/_sysconfigdata__linux_x86_64-linux-gnu.py`,
        `${stdlib}/build-details.json`,
        `${stdlib}/config-3.14-x86_64-linux-gnu/Makefile`,
        `${stdlib}/ensurepip/__init__.py`,
        `${stdlib}/ensurepip/_bundled/pip-25.3-py3-none-any.whl`,
        `${stdlib}/lib-dynload/_bz2.cpython-314-x86_64-linux-gnu.so`,
        `${stdlib}/lib-dynload/_ssl.cpython-314-x86_64-linux-gnu.so`,
        `${stdlib}/lib-dynload/_xxsubinterpreters.cpython-314-x86_64-linux-gnu.so`,
        `${stdlib}/lib-dynload/libffi.so.8`,
        `${stdlib}/os.py`,
        `${stdlib}/readline.py`,
        `${stdlib}/unittest/case.py`,
      ],
    );
    assert.deepEqual(readdirSync(join(tree, stdlib, "site-packages")), []);
    assert.equal(readlinkSync(join(tree, "bin/python")), "python3.14");
    assert.equal(readlinkSync(join(tree, "bin/python3")), "python3.14");
    assert.equal(statSync(join(tree, "bin/python")).mode & 0o111, 0o111);
    assert.equal(statSync(join(tree, stdlib, "os.py")).mode & 0o111, 0);
  });

  test("removes paths of the builder's machine", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, linuxTree);
    for (const name of filesOf(tree)) {
      assert.ok(!readFileSync(join(tree, name), "latin1").includes(builder), name);
    }
    const text = (path: string) => readFileSync(join(tree, path), "latin1");
    assert.match(text("lib/pkgconfig/python-3.14.pc"), /^prefix=\$\{pcfiledir\}\/\.\.\/\.\.$/m);
    assert.match(text("bin/pydoc3.14"), /^#!\/bin\/sh\n'''exec' .*\/python3\.14" "\$0" "\$@"\n' '''\nprint/);
    const details = JSON.parse(text(`${stdlib}/build-details.json`)) as Record<string, unknown>;
    assert.deepEqual(details, {
      base_prefix: "../..",
      base_interpreter: "bin/python3.14",
      libpython: { dynamic: "lib/libpython3.14.so" },
    });
    const makefile = text(`${stdlib}/config-3.14-x86_64-linux-gnu/Makefile`);
    assert.match(makefile, /^SRC= \$\(prefix\)\/Python$/m);
    assert.match(makefile, /^LDFLAGS=$/m);
  });

  test("lets libraries search the folders of Linux distributions, and keeps their size", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, linuxTree);
    const library = (name: string) =>
      readFileSync(join(tree, stdlib, "lib-dynload", `${name}.cpython-314-x86_64-linux-gnu.so`), "latin1");
    const strings = library("_ssl").split("\0").filter(Boolean);
    assert.deepEqual(strings, [
      "/etc/ssl",
      "/etc/ssl/certs",
      "/etc/ssl/certs/ca-bundle.crt",
      "/etc/ssl/none",
      "tail",
    ]);
    assert.equal(library("_ssl").length, openssl.join("\0").length);
    // Each new string has the offset of the string that it replaces.
    const at = (strings: readonly string[], index: number) => strings.slice(0, index).join("\0").length + 1;
    assert.equal(library("_ssl").indexOf("/etc/ssl/certs/ca-bundle.crt"), at(openssl, 3));
    assert.equal(library("_ssl").indexOf("tail"), at(openssl, 5));
    assert.equal(library("_bz2"), "a\0libbz2.so.1\0\0\0libc.so.6\0");
  });

  test("makes sysconfig return paths below the tree in any folder", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, linuxTree);
    const script = `import importlib.util, json, sys
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("data", json.load(sys.stdin))
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps(module.build_time_vars))`;
    const file = join(tree, stdlib, "_sysconfigdata__linux_x86_64-linux-gnu.py");
    assert.deepEqual(await askPython(script, file), {
      CC: "cc",
      CXX: "c++",
      LDSHARED: "cc -shared",
      LIBDIR: join(tree, "lib"),
      NUMBER: 1,
      prefix: tree,
    });
  });

  test("writes the metadata of PEP 711 and a correct RECORD", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, linuxTree);
    const info = (name: string) => readFileSync(join(tree, "pybi-info", name), "utf8");
    const metadata = parsePybiMetadata(info("METADATA"));
    assert.equal(metadata.version.text, "3.14.9");
    assert.deepEqual(metadata.markers, python.markers);
    assert.deepEqual(metadata.paths, python.paths);
    assert.deepEqual(metadata.wheelTags, python.wheelTags);
    assert.deepEqual(parsePybiFile(info("PYBI")).tags, python.platformTags);
    const rows = parseRecord(info("RECORD"));
    assert.deepEqual(rows.map(({ path }) => path).sort(), filesOf(tree));
    for (const { path, hash, size, symlink } of rows) {
      const file = join(tree, path);
      if (path === "pybi-info/RECORD") continue;
      if (symlink !== undefined) {
        assert.equal(readlinkSync(file), symlink);
        continue;
      }
      const content = readFileSync(file);
      assert.equal(size, content.length, path);
      assert.equal(hash?.digest, createHash("sha256").update(content).digest("hex"), path);
    }
  });

  test("adds a stub for a missing module that raises a ModuleNotFoundError with the reason", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, linuxTree);
    const script = `import json, runpy, sys
try:
    runpy.run_path(json.load(sys.stdin))
except ModuleNotFoundError as error:
    print(json.dumps([error.name, str(error)]))`;
    const [name, message] = await askPython<[string, string]>(script, join(tree, stdlib, "_sqlite3.py"));
    assert.equal(name, "_sqlite3");
    assert.match(message, /^No module named '_sqlite3': Python 3\.14\.9 .*without it; ask for `>=3\.12`/);
  });
});

test("a Windows archive gets PEP 711's layout", async () => {
  using sandbox = newSandbox();
  const tree = await placed(sandbox, interpreter("windows-x86_64", "windows-x86_64", ["_tkinter"]), {
    "bin/python.exe": "MZ",
    "bin/pythonw.exe": "MZ",
    "python.exe": "MZ",
    "python314.dll": "MZ",
    "jnipython.dll": "MZ",
    "include/Python.h": "#",
    "libs/python314.lib": "x",
    "lib/os.py": "#",
    "lib/json/__init__.py": "#",
    "lib/_ssl.pyd": "MZ",
    "lib/_testcapi.pyd": "MZ",
    "lib/libssl-3.dll": "MZ",
    "lib/vcruntime140.dll": "MZ",
    "lib/tcl86t.dll": "MZ",
    "lib/_tkinter.pyd": "MZ",
    "lib/pip/__init__.py": "x",
    "lib/pip-25.3.dist-info/RECORD": "x",
    "lib/test/test_os.py": "x",
    "lib/venv/scripts/nt/python.exe": "MZ",
    "lib/site-packages/README.txt": "x",
    "share/x": "x",
  });
  assert.deepEqual(
    filesOf(tree).map((name) => name.replaceAll("\\", "/")),
    [
      "DLLs/_ssl.pyd",
      "DLLs/libssl-3.dll",
      "Include/Python.h",
      "Lib/_tkinter.py",
      "Lib/json/__init__.py",
      "Lib/os.py",
      "Lib/venv/scripts/nt/python.exe",
      "Scripts/python.exe",
      "Scripts/python314.dll",
      "Scripts/pythonw.exe",
      "Scripts/vcruntime140.dll",
      "libs/python314.lib",
      "pybi-info/METADATA",
      "pybi-info/PYBI",
      "pybi-info/RECORD",
    ],
  );
  assert.ok(existsSync(join(tree, "Lib", "site-packages")));
});

describe("an archive for Windows", () => {
  const python = interpreter("windows-x86_64", "windows-x86_64");
  const library = libraryWith(["Py_Main", "PyList_New"]).toString("latin1");
  const members = { "bin/python.exe": "MZ", "python314.dll": library };

  test("without `python3.dll` gets one that forwards to the library of its version, for extension modules of any version", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, members);
    const made = readFileSync(join(tree, "Scripts", "python3.dll"), "latin1");
    for (const name of ["Py_Main", "PyList_New"]) assert.ok(made.includes(`python314.${name}\0`), name);
  });

  test("without `python3.dll` gets none if the library of its version has no exports that can be read", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, python, { ...members, "python314.dll": "MZ" });
    assert.ok(!existsSync(join(tree, "Scripts", "python3.dll")));
  });

  test("keeps its own `python3.dll`", async () => {
    for (const own of [
      { "python3.dll": "own", ...members },
      { ...members, "python3.dll": "own" },
    ]) {
      using sandbox = newSandbox();
      const tree = await placed(sandbox, python, own);
      assert.equal(readFileSync(join(tree, "Scripts", "python3.dll"), "latin1"), "own");
    }
  });

  test("is not unpacked if `python3.dll` can't be written", async () => {
    using sandbox = newSandbox();
    await placed(sandbox, python, members);
    const into = join(sandbox.root, "other");
    mkdirSync(join(into, "Scripts"), { recursive: true });
    writeFileSync(join(into, "Scripts", "python3.dll"), "a file that should not be there");
    const again = extractInterpreter(python, join(sandbox.root, "archive.jar"), into);
    await assert.rejects(again, { code: "invalid-archive" });
  });
});

test("refuses an archive without a Python", async () => {
  using sandbox = newSandbox();
  await assert.rejects(
    placed(sandbox, interpreter("linux-x86_64", "linux-x86_64"), { [`${stdlib}/os.py`]: "#" }),
    {
      code: "invalid-interpreter",
    },
  );
});

test("fails if its metadata can't be written", { skip: process.platform === "win32" }, async () => {
  using sandbox = newSandbox();
  const python = interpreter("linux-x86_64", "linux-x86_64");
  await placed(sandbox, python, { "bin/python3.14": "ELF" });
  const into = join(sandbox.root, "other");
  mkdirSync(into);
  writeFileSync(join(into, "pybi-info"), "a file where the folder should be");
  const again = extractInterpreter(python, join(sandbox.root, "archive.jar"), into);
  await assert.rejects(again, { code: "invalid-archive" });
});

test("fails if the stub of a missing module can't be written", async () => {
  using sandbox = newSandbox();
  const python = interpreter("linux-x86_64", "linux-x86_64", ["_tkinter"]);
  await placed(sandbox, python, { "bin/python3.14": "ELF" });
  const into = join(sandbox.root, "other");
  mkdirSync(join(into, stdlib), { recursive: true });
  writeFileSync(join(into, stdlib, "_tkinter.py"), "a file that should not be there");
  const again = extractInterpreter(python, join(sandbox.root, "archive.jar"), into);
  await assert.rejects(again, { code: "invalid-archive" });
});

test("refuses an interpreter that has no archive", async () => {
  const python = describeInterpreter(parseVersion("3.14.9"), "linux-x86_64");
  for (const source of [
    python.source,
    { kind: "open", request: ">=3" },
    { kind: "adopted", executable: "/usr/bin/python3", fingerprint: "" },
    interpreter("linux-x86_64", "linux-x86_64").source,
  ] as const) {
    const refused = { code: "no-interpreter" };
    await assert.rejects(extractInterpreter({ ...python, source }, undefined, "/nowhere"), refused);
    if (source.kind === "catalogue") continue;
    await assert.rejects(extractInterpreter({ ...python, source }, "/x.zip", "/nowhere"), refused);
  }
});
