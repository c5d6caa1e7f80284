import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkPythonJson } from "../../../src/pythons/extract/python-json.ts";
import { extractInterpreter } from "../../../src/pythons/extract/extract-interpreter.ts";
import { verifyInterpreter } from "../../../src/forest/interpreters/verify-interpreter.ts";
import { extractStandalone } from "../../../src/pythons/extract/extract-standalone.ts";
import { withoutToolchain } from "../../../src/pythons/extract/standalone-toolchain.ts";
import { standaloneInterpreter } from "../../../src/pythons/standalone/standalone-interpreter.ts";
import { parseStandaloneName } from "../../../src/pythons/standalone/standalone-name.ts";
import { parseRecord } from "../../../src/vocab/metadata/record.ts";
import { linux } from "../../support/standalone-archive.ts";
import { type NewTarMember, writeTar } from "../../support/tar-writer.ts";
import { newSandbox, type Sandbox } from "../sandbox.ts";

const filename = `cpython-3.13.5+20250612-${linux}-install_only_stripped.tar.gz`;
const nameOf = (text: string) => parseStandaloneName(text) ?? assert.fail();
const python: NewTarMember = { path: "python/bin/python3.13", data: "#!/bin/sh\necho it\n", mode: 0o755 };

/** Extracts an archive of these members; returns the folder of the tree. */
async function placed(
  sandbox: Sandbox,
  members: readonly NewTarMember[],
  called = filename,
): Promise<string> {
  const archive = join(sandbox.root, "archive");
  writeFileSync(archive, gzipSync(writeTar(members)));
  const into = join(sandbox.root, "tree");
  mkdirSync(into);
  const source = { kind: "standalone", url: "https://x.example/", filename: called, hashes: {} } as const;
  const interpreter = { ...standaloneInterpreter(nameOf(filename)), source };
  await extractInterpreter(interpreter, archive, into);
  // RECORD names every file and every link.
  assert.deepEqual(await verifyInterpreter(into, { full: true }), []);
  return into;
}

const files = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => !each.isDirectory())
    .map((each) => join(each.parentPath, each.name).slice(root.length + 1))
    .toSorted((a, b) => (a < b ? -1 : 1));

describe("unpacking an archive of python-build-standalone", { skip: process.platform === "win32" }, () => {
  test("ignores a hard link to a link, to a missing file, or to a file outside of `bin`", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, [
      python,
      { path: "python/lib/python3.13/os.py", data: "x" },
      { path: "python/bin/python3", target: "python3.13" },
      { path: "python/bin/python", target: "python/bin/python3", type: "1" },
      { path: "python/bin/pydoc3", target: "python/bin/missing", type: "1" },
      { path: "python/bin/pydoc3.13", target: "python/lib/python3.13/os.py", type: "1" },
    ]);
    assert.deepEqual(
      files(tree).filter((path) => path.startsWith("bin/")),
      ["bin/python", "bin/python3", "bin/python3.13"],
    );
    assert.equal(readlinkSync(join(tree, "bin/python")), "python3.13");
  });

  test("writes programs, links, `#!` lines of scripts, and a RECORD of every file", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, [
      python,
      { path: "python/bin/python3", target: "python3.13" },
      { path: "python/bin/python", target: "python3.13", type: "1" },
      { path: "python/bin/pydoc3.13", data: "#!/install/bin/python3.13\nx\n", mode: 0o755 },
      { path: "python/bin/pip3", data: "#!/install/bin/python3.13\nx\n", mode: 0o755 },
      { path: "python/bin/idle3.13", data: "x", mode: 0o755 },
      { path: "python/bin/python3.13-gdb.py", data: "x", mode: 0o755 },
      { path: "python/lib/libpython3.13.so.1.0", data: "ELF", mode: 0o755 },
      { path: "python/lib/python3.13/os.py", data: "x" },
      { path: "python/lib/python3.13/test/test_os.py", data: "x" },
      { path: "python/lib/tcl9.0/init.tcl", data: "x" },
      { path: "python/share/terminfo/x/xterm", data: "x" },
      { path: "elsewhere/x", data: "x" },
    ]);
    const there = files(tree);
    assert.deepEqual(there, [
      "bin/pydoc3.13",
      "bin/python",
      "bin/python3",
      "bin/python3.13",
      "lib/libpython3.13.so.1.0",
      "lib/python3.13/os.py",
      "lib/tcl9.0/init.tcl",
      "pybi-info/METADATA",
      "pybi-info/PYBI",
      "pybi-info/RECORD",
      "share/terminfo/x/xterm",
    ]);
    assert.equal(readlinkSync(join(tree, "bin/python3")), "python3.13");
    assert.match(readFileSync(join(tree, "bin/pydoc3.13"), "utf8"), /^#!\/bin\/sh\n'''exec'.*\/python3.13"/);
    assert.ok((lstatSync(join(tree, "bin/python3.13")).mode & 0o111) !== 0);
    assert.match(readFileSync(join(tree, "pybi-info/PYBI"), "utf8"), /^Tag: manylinux_2_17_x86_64$/m);
    const record = parseRecord(readFileSync(join(tree, "pybi-info/RECORD"), "utf8"));
    assert.deepEqual(
      record.map(({ path }) => path).toSorted((a, b) => (a < b ? -1 : 1)),
      there,
    );
    assert.equal(execFileSync(join(tree, "bin/python"), { encoding: "utf8" }), "it\n");
  });

  test("copies hard links to programs, and skips files with names of other Pythons", async () => {
    using sandbox = newSandbox();
    const hardLink = (path: string, target: string): NewTarMember => ({
      path,
      target,
      type: "1",
      mode: 0o755,
    });
    const tree = await placed(sandbox, [
      python,
      hardLink("python/bin/python3", "python/bin/python3.13"),
      hardLink("python/bin/python", "./python/bin/python3.13"),
      hardLink("python/bin/pydoc3.13", "python/bin/nothing"),
      { path: "python/bin/python3.1", data: "x" },
      { path: "python/bin/python3.13-config", data: "#!/bin/sh\n", mode: 0o755 },
      { path: "python/lib/libpython3.13.so", data: "x" },
      { path: "python/lib/libpython3.13.a", data: "x" },
      { path: "python/lib/tk9.0/x.a", data: "x" },
      { path: "python/lib/pkgconfig/python-3.13.pc", data: "x" },
      { path: "python/lib/pkgconfig/x.pc", data: "x" },
      { path: "python/lib/python3.13/config-3.13/x.o", data: "x" },
      { path: "python/lib/python3.13/config-3.13/config.c", data: "x" },
      { path: "python/lib/python3.13/config-3.13/Makefile", data: "x" },
      { path: "python/lib/python3.13/site-packages/pip/__init__.py", data: "x" },
      { path: "python/lib/python3.13/EXTERNALLY-MANAGED", data: "x" },
      { path: "python/lib/python3.13/json/EXTERNALLY-MANAGED", data: "x" },
      { path: "python/include/python3.13/Python.h", data: "x" },
      { path: "python/share/x", data: "x" },
    ]);
    assert.deepEqual(
      files(tree).filter((path) => !path.startsWith("pybi-info")),
      [
        "bin/python",
        "bin/python3",
        "bin/python3.13",
        "bin/python3.13-config",
        "include/python3.13/Python.h",
        "lib/libpython3.13.so",
        "lib/pkgconfig/python-3.13.pc",
        "lib/python3.13/config-3.13/Makefile",
        "lib/python3.13/json/EXTERNALLY-MANAGED",
      ],
    );
    for (const name of ["python", "python3"]) {
      assert.ok(!lstatSync(join(tree, "bin", name)).isSymbolicLink());
      assert.equal(readFileSync(join(tree, "bin", name), "utf8"), python.data);
    }
  });

  test("makes no file of a folder, even if the folder has the target of a link", async () => {
    using sandbox = newSandbox();
    const folder = (path: string): NewTarMember => ({ path, type: "5", target: "python/bin/python3.13" });
    const tree = await placed(sandbox, [python, folder("python/bin/pydoc3"), folder("python/include/x")]);
    assert.deepEqual(
      files(tree).filter((path) => !path.startsWith("pybi-info")),
      ["bin/python", "bin/python3", "bin/python3.13"],
    );
  });

  test("keeps program names without the `t` of a free-threaded build", async () => {
    using sandbox = newSandbox();
    const called = `cpython-3.13.5+20250612-${linux}-freethreaded-install_only.tar.gz`;
    const paths = ["python3.13t", "pydoc3.13", "python3.13", "pydoc3.1", "python3", "python3.12t"];
    const archive = join(sandbox.root, "archive");
    writeFileSync(
      archive,
      gzipSync(writeTar(paths.map((path) => ({ path: `python/bin/${path}`, data: "x" })))),
    );
    const into = join(sandbox.root, "tree");
    mkdirSync(into);
    await extractStandalone(standaloneInterpreter(nameOf(called)), nameOf(called), called, archive, into);
    assert.deepEqual(
      files(into).filter((path) => path.startsWith("bin/")),
      ["bin/pydoc3.13", "bin/python", "bin/python3", "bin/python3.13", "bin/python3.13t"],
    );
  });

  const hostile: readonly (readonly [string, readonly NewTarMember[], string])[] = [
    ["a name that leaves the tree", [{ path: "python/../../x", data: "x" }], "invalid-archive"],
    ["an absolute name", [{ path: "/etc/x", data: "x" }], "invalid-archive"],
    ["a device", [{ path: "python/bin/x", type: "3" }], "invalid-archive"],
    ["two files with the same name", [python, python], "invalid-archive"],
    [
      "a file behind a link",
      [
        python,
        { path: "python/lib/libtcl9.0.so", data: "x" },
        { path: "python/lib/tcl9.0", target: "libtcl9.0.so" },
        { path: "python/lib/tcl9.0/init.tcl", data: "x" },
      ],
      "invalid-archive",
    ],
    [
      "an archive without a Python",
      [{ path: "python/lib/python3.13/os.py", data: "x" }],
      "invalid-interpreter",
    ],
    ["a Python of another version", [{ path: "python/bin/python3.12", data: "x" }], "invalid-interpreter"],
  ];
  for (const [what, members, code] of hostile) {
    test(`refuses ${what}, and writes nothing outside of the tree`, async () => {
      using sandbox = newSandbox();
      await assert.rejects(placed(sandbox, members), { code });
      assert.deepEqual(
        readdirSync(sandbox.root).toSorted((a, b) => (a < b ? -1 : 1)),
        ["archive", "tree"],
      );
    });
  }

  test("leaves out links that leave the tree, are circular or have no target", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, [
      python,
      { path: "python/lib/libpython3.13.so", target: "/etc/passwd" },
      { path: "python/lib/libx.so", target: "../../../etc/passwd" },
      { path: "python/lib/liba.so", target: "libb.so" },
      { path: "python/lib/libb.so", target: "liba.so" },
      { path: "python/lib/libc.so", target: "libc.so.6" },
    ]);
    assert.deepEqual(
      files(tree).filter((path) => path.startsWith("lib/")),
      [],
    );
  });

  test("refuses a malformed name before it reads the archive", async () => {
    using sandbox = newSandbox();
    await assert.rejects(placed(sandbox, [python], "python.tar.gz"), { code: "invalid-interpreter" });
  });
});

describe("an archive of another version than its name says", { skip: process.platform === "win32" }, () => {
  const lie = { path: "python/PYTHON.json", data: JSON.stringify({ python_version: "3.13.4" }) };

  test("is refused if it is a full archive, whose `PYTHON.json` has the version", async () => {
    using sandbox = newSandbox();
    const called = filename.replace("install_only_stripped", "pgo+lto-full");
    const members = [{ ...python, path: "python/install/bin/python3.13" }];
    await assert.rejects(placed(sandbox, [...members, lie], called), {
      code: "invalid-interpreter",
      message: /`PYTHON\.json` of `cpython-3\.13\.5.*-full\.tar\.gz` says `python_version` is .*3\.13\.4/,
    });
  });

  test("is unpacked without its `PYTHON.json` if it is not a full archive", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, [python, lie]);
    assert.ok(!files(tree).some((path) => path.includes("PYTHON.json")));
  });

  test("has its tree in `python/install/` if it is a full archive", async () => {
    using sandbox = newSandbox();
    const called = filename.replace("install_only_stripped", "pgo+lto-full");
    const tree = await placed(
      sandbox,
      [
        { path: "python/PYTHON.json", data: JSON.stringify({ python_version: "3.13.5" }) },
        { path: "python/build/bin/python3.13", data: "x" },
        { ...python, path: "python/install/bin/python3.13" },
      ],
      called,
    );
    assert.equal(readFileSync(join(tree, "bin/python3.13"), "utf8"), python.data);
  });
});

describe("sysconfig and Makefile lose the tools of the build machine in", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["CC", "clang -pthread", "cc -pthread"],
    ["CC", "/usr/bin/aarch64-linux-gnu-gcc", "cc"],
    ["CC", "/tools/clang-linux64/bin/clang", "cc"],
    ["CC", "musl-clang -pthread", "cc -pthread"],
    ["CXX", "/usr/bin/x86_64-linux-gnu-g++", "c++"],
    ["LDCXXSHARED", "clang++ -pthread -shared", "c++ -pthread -shared"],
    ["LDSHARED", "clang -pthread -shared -L/tools/deps/lib", "cc -pthread -shared"],
    ["BLDSHARED", "clang -bundle -arch arm64 -isysroot /Applications/X.sdk", "cc -bundle -arch arm64"],
    ["AR", "/tools/llvm/bin/llvm-ar", "ar"],
    ["RANLIB", "aarch64-linux-gnu-ranlib", "ranlib"],
    ["CFLAGS", "-I/tools/deps/include -O3  -fdebug-default-version=4 -g", "-O3 -g"],
    ["MAINCC", "clang", "cc"],
    ["LINKCC", "/usr/bin/x86_64-linux-gnu-gcc -pthread", "cc -pthread"],
    ["CPP", "clang -E", "cc -E"],
    ["PURIFY", "gcc", "cc"],
    ["CC", "clang-15 -pthread", "clang-15 -pthread"],
    ["NM", "/tools/llvm/bin/llvm-nm", "nm"],
    ["READELF", "x86_64-linux-gnu-readelf", "readelf"],
    ["STRIP", "llvm-strip", "strip"],
    ["ARFLAGS", "llvm-rcs", "llvm-rcs"],
    ["CFLAGS", "-O3 --sysroot=/tools/sysroot -g", "-O3 -g"],
    ["LDFLAGS", "-L/tools/deps/lib", ""],
    ["CFLAGS", "-I/tools/other -Lx", "-I/tools/other -Lx"],
    ["CCSHARED", "-fPIC", "-fPIC"],
    ["OPT", "-DNDEBUG  -g", "-DNDEBUG  -g"],
  ];
  for (const [key, value, expected] of cases) {
    test(`${key}: ${value}`, () => {
      const change = (path: string, text: string) =>
        Buffer.from(withoutToolchain(path, Buffer.from(text))).toString();
      const data = "lib/python3.13/_sysconfigdata__linux_x86_64-linux-gnu.py";
      assert.equal(change(data, `    "${key}": "${value}",\n`), `    "${key}": "${expected}",\n`);
      assert.equal(change(data, ` '${key}': '${value}',\n`), ` '${key}': '${expected}',\n`);
      const makefile = "lib/python3.13/config-3.13-x86_64-linux-gnu/Makefile";
      assert.equal(change(makefile, `${key}=\t\t${value}\n`), `${key}=\t\t${expected}\n`);
      assert.equal(change("lib/python3.13/os.py", `"${key}": "${value}",`), `"${key}": "${value}",`);
    });
  }
});

describe("PYTHON.json of a full archive", () => {
  const name = nameOf(`cpython-3.13.5+20250612-${linux}-pgo+lto-full.tar.zst`);
  const honest = {
    version: "8",
    python_version: "3.13.5",
    target_triple: linux,
    python_tag: "cp313",
    crt_features: ["glibc-dynamic", "glibc-max-symbol-version:2.17)"],
    python_extension_module_loading: ["builtin", "shared-library"],
  };
  const check = (json: unknown) => checkPythonJson(Buffer.from(JSON.stringify(json)), name, "x");

  test("is accepted if it matches the archive's name, even if it is old and has fewer keys", () => {
    check(honest);
    check({ version: "4", python_version: "3.13.5" });
  });

  const rows: readonly (readonly [object, RegExp])[] = [
    [{ python_version: "3.13.4" }, /says `python_version` is .*3\.13\.4.*, but its name says `3\.13\.5`/],
    [{ target_triple: "aarch64-unknown-linux-gnu" }, /`target_triple`/],
    [{ python_tag: "cp312" }, /`python_tag`/],
    [{ crt_features: ["glibc-max-symbol-version:2.28"] }, /needs glibc 2\.28/],
    [{ python_extension_module_loading: ["builtin"] }, /can't load extension modules/],
  ];
  for (const [change, message] of rows) {
    test(`is refused if the archive's name differs from ${JSON.stringify(change)}`, () => {
      assert.throws(() => check({ ...honest, ...change }), { code: "invalid-interpreter", message });
    });
  }

  test("may need any glibc up to that of its platform, and a Python for another C library ignores glibc", () => {
    const on = (triple: string, features: unknown) =>
      checkPythonJson(
        Buffer.from(JSON.stringify({ target_triple: triple, crt_features: features })),
        nameOf(`cpython-3.13.5+20250612-${triple}-pgo+lto-full.tar.zst`),
        "x",
      );
    on(linux, ["glibc-max-symbol-version:2.5"]);
    on(linux, ["other", "glibc-max-symbol-version:2.17"]);
    on(linux, "glibc-max-symbol-version:2.28");
    assert.throws(() => on(linux, ["other", "glibc-max-symbol-version:2.18"]), {
      code: "invalid-interpreter",
      message: /needs glibc 2\.18, .* at most 2\.17/,
    });
    on("x86_64-unknown-linux-musl", ["glibc-max-symbol-version:2.28"]);
    on("aarch64-apple-darwin", ["glibc-max-symbol-version:2.28"]);
  });

  test("is refused if it is not a JSON object", () => {
    for (const text of ["", "[]", "null", "{"]) {
      assert.throws(() => checkPythonJson(Buffer.from(text), name, "x"), { code: "invalid-interpreter" });
    }
  });
});
