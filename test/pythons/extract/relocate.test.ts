import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { relocate } from "../../../src/pythons/extract/relocate.ts";
import { relocateFramework } from "../../../src/pythons/pybi/convert/macos/relocate-framework.ts";
import { frameworkInterpreter } from "../../../src/pythons/pybi/convert/macos/extract-framework.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { checkSignature } from "../../system/binaries/macho/check-signature.ts";
import { makeMachO, processors } from "../../system/binaries/macho/make-macho.ts";

const python = describeInterpreter(parseVersion("3.13.5"), "linux-x86_64");
const root = /\/build(?![\w-])/g;
const relocated = (path: string, text: string) =>
  Buffer.from(relocate(path, Buffer.from(text), python, root)).toString();

describe("a file with paths of the builder's machine", () => {
  test("is unchanged if it is not configuration", () => {
    const bytes = Buffer.from("/build/lib");
    for (const path of [
      "lib/python3.13/os.py",
      "bin/python3.13",
      "lib/libx.so",
      "lib/python3.13/config.py",
      "share/x-config",
    ]) {
      assert.equal(relocate(path, bytes, python, root), bytes, path);
    }
  });

  test("of pkg-config computes the prefix from its own folder", () => {
    assert.equal(
      relocated("lib/pkgconfig/python-3.13.pc", "prefix=/build\nlibdir=/build/lib\n"),
      "prefix=${pcfiledir}/../..\nlibdir=${prefix}/lib\n",
    );
  });

  test("of make computes the prefix from its own folder", () => {
    const text = relocated(
      "lib/python3.13/config-3.13/Makefile",
      "prefix=\t/build\nLIBDIR=/build/lib\nX=-s -Wl,-rpath,\\$$ORIGIN/x y\n",
    );
    assert.match(
      text,
      /^prefix= \$\(abspath \$\(dir \$\(lastword \$\(MAKEFILE_LIST\)\)\)\.\.\/\.\.\/\.\.\)$/m,
    );
    assert.match(text, /^LIBDIR=\$\(prefix\)\/lib$/m);
    assert.ok(!text.includes("rpath"));
    assert.match(relocated("lib/python3.13/config/Makefile", "X=/build\n"), /X=\$\(prefix\)/);
  });

  test("of sysconfig computes the prefix when it is imported", () => {
    const text = relocated(
      "lib/python3.13/_sysconfigdata_x.py",
      "build_time_vars = {'CC': 'gcc -m64', 'CXX': 'clang++', 'prefix': '/build'}\n",
    );
    assert.match(text, /'CC': 'cc', 'CXX': 'c\+\+', 'prefix': '@prefix@'/);
    assert.match(text, /prefix = dirname\(dirname\(dirname\(abspath\(__file__\)\)\)\)/);
  });

  test("of sysconfig and make keeps the compiler's options, without those that only fit the builder's machine", () => {
    const builder = "/home/b/cppbuild/linux-x86_64";
    const values: Readonly<Record<string, string>> = {
      "gcc -m64 -pthread": "cc -pthread",
      "clang -pthread": "cc -pthread",
      "g++ -m64 -pthread": "c++ -pthread",
      "clang++": "c++",
      "gcc-ar rcs": "gcc-ar rcs",
      "x gcc": "x gcc",
      "cc -s -Wl,-rpath,\\\\$ORIGIN/,-rpath,\\\\$ORIGIN/../lib/ -O3": "cc -O3",
      "cc -Wl,-rpath,@loader_path/../lib -O3": "cc -O3",
      "cc -Wl,-O1 -s": "cc -Wl,-O1 -s",
      [`cc -L${builder}/../openssl/cppbuild/linux-x86_64/lib -I${builder}/include -O3`]: "cc -O3",
      "cc -I/usr/include": "cc -I/usr/include",
    };
    for (const [value, expected] of Object.entries(values)) {
      const text = relocated("lib/python3.13/_sysconfigdata_x.py", `build_time_vars = {'CC': '${value}'}\n`);
      assert.equal(text.split("\n")[0], `build_time_vars = {'CC': '${expected}'}`);
    }
    const made = (value: string) => relocated("lib/python3.13/config-3.13/Makefile", `X=${value}\n`);
    assert.equal(made("cc -s -Wl,-rpath,\\$$ORIGIN/,-rpath,\\$$ORIGIN/../lib/ -O3"), "X=cc -O3\n");
    assert.equal(made("cc -Wl,-rpath,@loader_path/../lib -O3"), "X=cc -O3\n");
    assert.equal(made("cc -s -Wl,-O1"), "X=cc -s -Wl,-O1\n");
  });

  test("of PEP 739 has the way from the standard library to the prefix", () => {
    const paths = { ...python.paths, stdlib: "Python.framework/Versions/3.13/lib/python3.13" };
    const text = Buffer.from('{"base_prefix": "/build", "libpython": {}}');
    const details = relocate("lib/python3.13/build-details.json", text, { paths }, root);
    assert.deepEqual(JSON.parse(Buffer.from(details).toString()), {
      base_prefix: "../../../../..",
      libpython: {},
    });
  });

  test("of PEP 739 becomes relative, without libraries that are left out", () => {
    const text = JSON.stringify({
      base_prefix: "/build",
      base_interpreter: "/build/bin/python3.13",
      libpython: {
        dynamic: "/build/lib/x.so",
        static: "/build/lib/x.a",
        dynamic_stableabi: "/build/lib/y.so",
      },
    });
    assert.deepEqual(JSON.parse(relocated("lib/python3.13/build-details.json", text)), {
      base_prefix: "../..",
      base_interpreter: "bin/python3.13",
      libpython: { dynamic: "lib/x.so" },
    });
    const short = relocated("lib/python3.13/build-details.json", '{"base_prefix": "/build"}');
    assert.equal(short, '{\n  "base_prefix": "../.."\n}\n');
    assert.deepEqual(JSON.parse(short), {
      base_prefix: "../..",
    });
  });

  test("that is a script starts the Python beside it", () => {
    for (const head of [
      "#!/build/bin/python3.13",
      "#!/usr/bin/env python",
      "#! /x/pypy3.9",
      "#!/build/bin/python3.13t",
    ]) {
      assert.match(
        relocated("bin/pydoc3.13", `${head}\nimport pydoc\n`),
        /^#!\/bin\/sh\n'''exec' "\$\(dirname -- "\$\(realpath -- "\$0"\)"\)\/python3\.13" "\$0" "\$@"\n' '''\nimport pydoc\n$/,
        head,
      );
    }
    for (const head of ["#!/bin/sh", "#!/build/bin/ruby"]) {
      assert.equal(relocated("bin/pydoc3.13", `${head}\nx\n`), `${head}\nx\n`);
    }
    assert.match(
      relocated("bin/python3.13-config", "#!/bin/sh\nprefix=/build\n"),
      /^#!\/bin\/sh\nprefix=@prefix@\n$/,
    );
  });

  test("that is a library keeps its size", () => {
    const builder = "/home/b/cppbuild/linux-x86_64";
    const text = `x\0${builder}/ssl/cert.pem\0${builder}/ssl/certs\0${builder}/lib/engines\0libbz2.so.1.0\0y`;
    const path = "lib/python3.13/lib-dynload/_ssl.cpython-313.so";
    const result = Buffer.from(relocate(path, Buffer.from(text), python)).toString("latin1");
    assert.equal(result.length, text.length);
    const strings = result.split("\0").filter(Boolean);
    assert.deepEqual(strings, [
      "x",
      "/etc/ssl/certs/ca-bundle.crt",
      "/etc/ssl/certs",
      "/etc/ssl/none",
      "libbz2.so.1",
      "y",
    ]);
  });
});

describe("a library with paths of the builder's machine", () => {
  const text = "x\0/home/b/cppbuild/linux-x86_64/ssl/cert.pem\0libbz2.so.1.0\0y";
  const changed = (path: string) =>
    Buffer.from(relocate(path, Buffer.from(text), python)).toString("latin1") !== text;

  for (const name of ["_ssl", "_hashlib", "_bz2"]) {
    test(`is changed if it is the extension module \`${name}\``, () => {
      assert.ok(changed(`lib/python3.13/lib-dynload/${name}.cpython-313.so`));
      assert.ok(changed(`lib/python3.13/lib-dynload/${name}.abi3.so`));
    });
  }

  for (const path of [
    "lib/python3.13/lib-dynload/_sslx.cpython-313.so",
    "lib/python3.13/lib-dynload/_lzma.cpython-313.so",
    "lib/python3.13/_ssl.cpython-313.so",
    "lib/python3.13/lib-dynload/_ssl.cpython-313.so.txt",
  ]) {
    test(`is unchanged at ${path}`, () => assert.ok(!changed(path)));
  }

  test("keeps names and paths that are only parts of a string", () => {
    const kept =
      "x\0y/home/b/cppbuild/linux-x86_64/ssl\0libbz2.so.1.0.8\0/home/b/cppbuild/linux-x86_64/share\0";
    const bytes = Buffer.from(kept);
    assert.equal(relocate("lib/python3.13/lib-dynload/_ssl.cpython-313.so", bytes, python), bytes);
  });
});

describe("a library for macOS", () => {
  const builder = "/Users/b/cppbuild/macosx-arm64";
  const data = `x\0${builder}/ssl/cert.pem\0${builder}/ssl/certs\0${builder}/lib/engines\0y`;
  const path = "lib/python3.13/lib-dynload/_ssl.cpython-313-darwin.so";

  test("looks for the certificates of macOS, and its signature matches the changed pages", () => {
    const before = makeMachO({ processor: processors.arm64, data, signature: 2000 });
    const after = Buffer.from(relocate(path, before, python));
    const at = before.length - 2000;
    const strings = after.toString("latin1", 4096, at).split("\0").filter(Boolean);
    assert.deepEqual(strings, ["x", "/etc/ssl/cert.pem", "/etc/ssl/certs", "/etc/ssl/none", "y"]);
    assert.equal(after.length, before.length);
    assert.equal(checkSignature(after, at), "_ssl.cpython-313-darwin.so");
  });

  test("keeps its signature if it has no paths of the builder", () => {
    const before = makeMachO({ processor: processors.arm64, data: "x", signature: 2000 });
    assert.equal(relocate(path, before, python), before);
  });

  test("has no signature if it had none, as those for Intel processors", () => {
    const after = Buffer.from(relocate(path, makeMachO({ data }), python));
    assert.match(after.toString("latin1"), /\/etc\/ssl\/cert\.pem/);
    assert.doesNotMatch(after.toString("latin1"), /cppbuild/);
  });
});

describe("a file of a framework", () => {
  const framework = frameworkInterpreter(parseVersion("3.13.5"), true);
  const home = "/Library/Frameworks/Python.framework/Versions/3.13";
  const text = (path: string, content: string) =>
    Buffer.from(relocateFramework(path, Buffer.from(content), framework)).toString();

  test("gets paths relative to the prefix of its version", () => {
    const data = text(
      "lib/python3.13/_sysconfigdata_x.py",
      `x = {'a': '${home}/lib', 'b': '/Library/Frameworks', 'c': '/Library/FrameworksX', 'd': '${home}4'}\n`,
    );
    assert.match(
      data,
      /'a': '@prefix@\/lib', 'b': '@prefix@\/\.\.\/\.\.\/\.\.', 'c': '\/Library\/FrameworksX'/,
    );
    assert.match(data, /'d': '[^']*3\.134'/);
    assert.match(
      text("lib/python3.13/config-3.13-darwin/Makefile", "X=/Library/Frameworks\n"),
      /X=\$\(prefix\)\/\.\.\/\.\.\/\.\./,
    );
    assert.equal(text("lib/python3.13/os.py", home), home);
    const source = "folder = '/Library/Frameworks'\n";
    assert.equal(text("lib/python3.13/os.py", source), source);
  });

  test("is described with its paths, for Intel Macs only or for Intel and ARM Macs", () => {
    assert.equal(framework.paths.data, "Python.framework/Versions/3.13");
    assert.equal(framework.paths.scripts, "Python.framework/Versions/3.13/bin");
    assert.ok(!("platform_machine" in framework.markers));
    const intel = frameworkInterpreter(parseVersion("3.9.13"), false);
    assert.deepEqual([intel.platform, intel.markers.platform_machine], ["macos-x86_64", "x86_64"]);
  });
});
