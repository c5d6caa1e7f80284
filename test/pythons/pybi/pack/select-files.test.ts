import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import type { PrefixAnswer } from "../../../../src/pythons/pybi/pack/probe-prefix.ts";
import { selectFiles, type Selection } from "../../../../src/pythons/pybi/pack/select-files.ts";
import { dropReason, type Keepable } from "../../../../src/pythons/pybi/pack/unwanted.ts";
import { newSandbox, type Sandbox } from "../../sandbox.ts";

interface Prefix {
  readonly root: string;
  put(path: string, text?: string, mode?: number): string;
  link(path: string, target: string): void;
  select(change?: Partial<PrefixAnswer>, keep?: readonly Keepable[]): Selection;
}

/** Makes a prefix with a program, a standard library and headers. */
function newPrefix(sandbox: Sandbox, python = "python3.12"): Prefix {
  const root = join(sandbox.root, "opt");
  const put = (path: string, text = "x", mode = 0o644) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  put(`bin/${python}`, "#!", 0o755);
  put(`lib/${python}/os.py`);
  put(`include/${python}/Python.h`);
  return {
    root,
    put,
    link(path, target) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(target, join(root, path));
    },
    select: (change = {}, keep = []) =>
      selectFiles(
        {
          executable: `${root}/bin/${python}`,
          prefix: root,
          stdlib: `${root}/lib/${python}`,
          include: `${root}/include/${python}`,
          libraries: [`${root}/lib`],
          wheels: "",
          tcl: "",
          abiFlags: "",
          multiarch: "",
          ...change,
        } as PrefixAnswer,
        new Set(keep),
      ),
  };
}

const texts = ({ entries }: Selection) =>
  entries.map((entry) => (entry.kind === "symlink" ? `${entry.path} → ${entry.target}` : entry.path));

describe("the selected files of a prefix", { skip: process.platform === "win32" }, () => {
  test("are sorted by path, with links for the program's other names", () => {
    using sandbox = newSandbox();
    const selection = newPrefix(sandbox).select();
    assert.deepEqual(texts(selection), [
      "bin/python → python3.12",
      "bin/python3 → python3.12",
      "bin/python3.12",
      "include/python3.12/Python.h",
      "lib/python3.12/os.py",
    ]);
    const { stdlib, include, python, packages, debian, warnings } = selection;
    assert.deepEqual(
      [stdlib, include, python, packages, debian, warnings],
      ["lib/python3.12", "include/python3.12", "python3.12", "python3.12", false, []],
    );
  });

  test("say their size and whether they are executable", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    prefix.put("lib/python3.12/lib-dynload/a.so", "12345", 0o644);
    prefix.put("lib/python3.12/script.py", "123", 0o711);
    const files = new Map(prefix.select().entries.map((entry) => [entry.path, entry]));
    const of = (path: string) => {
      const entry = files.get(path);
      return entry?.kind === "file" ? [entry.size, entry.executable] : entry;
    };
    assert.deepEqual(of("lib/python3.12/lib-dynload/a.so"), [5, true]);
    assert.deepEqual(of("lib/python3.12/script.py"), [3, true]);
    assert.deepEqual(of("lib/python3.12/os.py"), [1, false]);
    assert.deepEqual(of("bin/python3.12"), [2, true]);
  });

  test("include a link if its target is included, or else a copy of the target", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    prefix.put("share/data.txt", "1234");
    prefix.put("lib/python3.12/json/tool.py");
    prefix.link("lib/python3.12/beside.py", "os.py");
    prefix.link("lib/python3.12/json/up.py", "../os.py");
    prefix.link("lib/python3.12/absolute.py", join(prefix.root, "lib/python3.12/os.py"));
    prefix.link("lib/python3.12/outside.txt", "../../share/data.txt");
    prefix.link("lib/python3.12/folder", "json");
    prefix.link("lib/python3.12/share", "../../share");
    prefix.link("lib/python3.12/broken.py", "nothing.py");
    prefix.put("lib/python3.12/test/x.py");
    prefix.link("lib/python3.12/tests.py", "test/x.py");
    const selection = prefix.select();
    assert.deepEqual(
      texts(selection).filter((text) => text.startsWith("lib/")),
      [
        "lib/python3.12/absolute.py",
        "lib/python3.12/beside.py → os.py",
        "lib/python3.12/folder → json",
        "lib/python3.12/json/tool.py",
        "lib/python3.12/json/up.py → ../os.py",
        "lib/python3.12/os.py",
        "lib/python3.12/outside.txt",
        "lib/python3.12/tests.py",
      ],
    );
    const outside = selection.entries.find(({ path }) => path.endsWith("outside.txt"));
    assert.ok(outside?.kind === "file" && outside.size === 4);
    assert.deepEqual(selection.warnings.toSorted(), [
      "`lib/python3.12/broken.py` is left out: it is a link whose target does not exist",
      "`lib/python3.12/share` is left out: it is a link to a folder that is not packed",
    ]);
  });

  test("come with the number and size of files left out, where links have no size", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    prefix.put("lib/python3.12/test/x.py", "123");
    prefix.put("lib/python3.12/test/deep/y.py", "12");
    prefix.link("lib/python3.12/test/z.py", "x.py");
    prefix.put("lib/python3.12/__pycache__/os.pyc", "1");
    prefix.put("lib/python3.12/site-packages/six.py", "1234");
    assert.deepEqual(prefix.select().dropped, {
      tests: { files: 3, bytes: 5 },
      bytecode: { files: 1, bytes: 1 },
      foreign: { files: 1, bytes: 4 },
    });
    assert.deepEqual(prefix.select({}, ["tests", "bytecode"]).dropped, { foreign: { files: 1, bytes: 4 } });
  });

  test("come with a warning if there are no headers", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    for (const include of ["", `${prefix.root}/none`]) {
      const selection = prefix.select({ include });
      assert.match(selection.warnings.join(), /^the headers are not installed/);
      assert.equal(selection.include, "include/python3.12");
      assert.ok(!texts(selection).some((text) => text.startsWith("include/")));
    }
    prefix.put("include/other/pyconfig.h");
    assert.equal(prefix.select({ include: `${prefix.root}/include/other` }).warnings.length, 1);
    prefix.put("include/py/Python.h");
    const named = prefix.select({ include: `${prefix.root}/include/py` });
    assert.deepEqual([named.include, named.warnings], ["include/py", []]);
  });

  test("include the configuration header of Debian's architecture", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    prefix.put("include/python3.12/pyconfig.h", "1");
    prefix.put("include/x86_64-linux-gnu/python3.12/pyconfig.h", "12345");
    const size = (change: Partial<PrefixAnswer>) => {
      const entry = prefix
        .select(change)
        .entries.find(({ path }) => path === "include/python3.12/pyconfig.h");
      return entry?.kind === "file" ? entry.size : undefined;
    };
    assert.equal(size({ multiarch: "x86_64-linux-gnu" }), 5);
    assert.equal(size({ multiarch: "other" }), 1);
    // Its content is selected although it is a link.
    prefix.put("include/arm64/python3.12/pyconfig-64.h", "1234567");
    prefix.link("include/arm64/python3.12/pyconfig.h", "pyconfig-64.h");
    assert.equal(size({ multiarch: "arm64" }), 7);
    assert.equal(size({}), 1);
  });

  test("include the shared library and pkg-config files of this Python only", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    for (const name of [
      "libpython3.12.so.1.0",
      "libpython3.so",
      "libpython3.11.so.1.0",
      "libother.so",
      "libpython3.12.a",
    ]) {
      prefix.put(`lib/${name}`);
    }
    prefix.link("lib/libpython3.12.so", "libpython3.12.so.1.0");
    for (const name of ["python-3.12.pc", "python-3.12-embed.pc", "python-3.11.pc", "other.pc"]) {
      prefix.put(`lib/pkgconfig/${name}`);
    }
    prefix.link("lib/pkgconfig/python3.pc", "python-3.12.pc");
    prefix.link("lib/pkgconfig/python3-embed.pc", "python-3.11.pc");
    assert.deepEqual(
      texts(prefix.select()).filter((text) => /^lib\/(lib|pkg)/.test(text)),
      [
        "lib/libpython3.12.so → libpython3.12.so.1.0",
        "lib/libpython3.12.so.1.0",
        "lib/libpython3.so",
        "lib/pkgconfig/python-3.12-embed.pc",
        "lib/pkgconfig/python-3.12.pc",
        "lib/pkgconfig/python3.pc → python-3.12.pc",
      ],
    );
    // PyPy has its library beside the program.
    prefix.put("bin/libpython3.so");
    assert.ok(texts(prefix.select({ libraries: [join(prefix.root, "none")] })).includes("lib/libpython3.so"));
  });

  test("include the scripts of this Python, but not those of pip, IDLE and 2to3", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    for (const name of ["python3.12-config", "pydoc3.12", "pip3", "idle3.12", "2to3", "python3.11-config"]) {
      prefix.put(`bin/${name}`, "#!", 0o755);
    }
    assert.deepEqual(
      texts(prefix.select()).filter((text) => text.startsWith("bin/")),
      [
        "bin/pydoc → pydoc3.12",
        "bin/pydoc3 → pydoc3.12",
        "bin/pydoc3.12",
        "bin/python → python3.12",
        "bin/python-config → python3.12-config",
        "bin/python3 → python3.12",
        "bin/python3-config → python3.12-config",
        "bin/python3.12",
        "bin/python3.12-config",
      ],
    );
  });

  test("include names with ABI flags, names without the `t` of a free-threaded build, and names of PyPy", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    prefix.put("bin/python3.12d-config", "#!", 0o755);
    const debug = texts(prefix.select({ abiFlags: "d" }));
    assert.ok(debug.includes("bin/python3.12d → python3.12") && debug.includes("bin/python3.12d-config"));
    using other = newSandbox();
    const threaded = newPrefix(other, "python3.13t");
    threaded.put("bin/python3.13t-config", "#!", 0o755);
    threaded.put("lib/libpython3.13t.so");
    const names = texts(threaded.select({ abiFlags: "t" }));
    assert.ok(names.includes("bin/python3.13 → python3.13t"));
    assert.ok(names.includes("bin/python3.13-config → python3.13t-config"));
    assert.ok(names.includes("lib/libpython3.13t.so"));
    assert.ok(!names.some((name) => name.includes("3.13tt")));
    using third = newSandbox();
    const pypy = texts(newPrefix(third, "pypy3.9").select());
    for (const name of ["pypy", "pypy3", "python", "python3"])
      assert.ok(pypy.includes(`bin/${name} → pypy3.9`), name);
  });

  test("include the `pydoc` without a version number only for Python 2", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox, "python2.7");
    prefix.put("bin/pydoc", "#!", 0o755);
    assert.ok(texts(prefix.select()).includes("bin/pydoc2.7"));
    using other = newSandbox();
    const newer = newPrefix(other);
    newer.put("bin/pydoc", "#!", 0o755);
    assert.ok(!texts(newer.select()).some((text) => text.includes("pydoc")));
  });

  test("include the wheels of ensurepip beside the module", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    for (const name of [
      "pip-24-py3-none-any.whl",
      "setuptools-70-py3-none-any.whl",
      "six-1-py3-none-any.whl",
    ]) {
      prefix.put(`share/wheels/${name}`);
    }
    const bundled = (wheels: string) =>
      texts(prefix.select({ wheels })).filter((text) => text.includes("_bundled"));
    assert.deepEqual(bundled(`${prefix.root}/share/wheels`), [
      "lib/python3.12/ensurepip/_bundled/pip-24-py3-none-any.whl",
      "lib/python3.12/ensurepip/_bundled/setuptools-70-py3-none-any.whl",
    ]);
    assert.deepEqual(bundled(""), []);
    assert.deepEqual(bundled(`${prefix.root}/none`), []);
  });

  test("include the scripts of Tcl and Tk without demos and libraries", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    for (const name of [
      "tcl8.6/init.tcl",
      "tcl8.6/x.a",
      "tk8.6/tk.tcl",
      "tk8.6/demos/d.tcl",
      "tcl8/8.6/m.tm",
      "tcl9.0/x.tcl",
    ]) {
      prefix.put(`share/${name}`);
    }
    const scripts = (tcl: string) => texts(prefix.select({ tcl })).filter((text) => text.startsWith("lib/t"));
    assert.deepEqual(scripts(`${prefix.root}/share/tcl8.6`), [
      "lib/tcl8.6/init.tcl",
      "lib/tcl8/8.6/m.tm",
      "lib/tk8.6/tk.tcl",
    ]);
    assert.deepEqual(scripts(""), []);
    assert.deepEqual(scripts(`${prefix.root}/none8.6`), []);
  });

  test("are refused if the standard library is the prefix itself or outside of it", () => {
    using sandbox = newSandbox();
    const prefix = newPrefix(sandbox);
    for (const stdlib of [prefix.root, "/usr/lib/python3.12"]) {
      assert.throws(() => prefix.select({ stdlib }), { code: "invalid-interpreter", hint: /make install/ });
    }
  });
});

test("the standard library leaves out tests, bytecode, packages and files for linking", () => {
  const none = new Set<Keepable>();
  const cases: Readonly<Record<string, string | undefined>> = {
    "os.py": undefined,
    "lib-dynload/_ssl.so": undefined,
    "site-packages/six.py": "foreign",
    "dist-packages/six.py": "foreign",
    "sitecustomize.py": "foreign",
    "json/sitecustomize.py": undefined,
    "__pycache__/x.pyc": "bytecode",
    "json/__pycache__/x": "bytecode",
    "os.pyo": "bytecode",
    "test/x.py": "tests",
    "json/tests/x.py": "tests",
    "testing/x.py": undefined,
    "lib-dynload/_testcapi.so": "tests",
    "idlelib/x.py": "leftovers",
    "_sysconfig_vars_x.json": "leftovers",
    "libx.a": "static",
    "config-3.12/x.o": "static",
    "config-3.12/install-sh": "static",
    "config-3.12/Makefile": undefined,
    "config/python-config.py": undefined,
  };
  for (const [path, reason] of Object.entries(cases)) {
    assert.equal(dropReason(path, none), reason, path);
    if (reason !== undefined) assert.equal(dropReason(path, new Set([reason as Keepable])), undefined, path);
  }
});
