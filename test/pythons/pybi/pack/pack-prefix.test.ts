import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { localPybi } from "../../../../src/pythons/pybi/local-pybi.ts";
import { packPrefix, type PackOptions } from "../../../../src/pythons/pybi/pack/pack-prefix.ts";
import type { PybiPaths } from "../../../../src/model/interpreter.ts";
import type { PrefixAnswer } from "../../../../src/pythons/pybi/pack/probe-prefix.ts";
import { relocatePacked } from "../../../../src/pythons/pybi/pack/relocate-packed.ts";
import { extractInterpreter } from "../../../../src/pythons/extract/extract-interpreter.ts";
import { readElf } from "../../../../src/system/binaries/elf/read-elf.ts";
import { openZipFile } from "../../../../src/system/archives/zip/open-zip-file.ts";
import { silentReporter } from "../../../../src/report/reporter.ts";
import { makeElf, type MadeElf } from "../../../system/binaries/elf/make-elf.ts";
import { recordingReporter } from "../../../support/recording-reporter.ts";
import { newSandbox, type Sandbox } from "../../sandbox.ts";

const needsLinux = { skip: process.platform !== "linux" || process.arch !== "x64" };
const dynload = "lib/python3.12/lib-dynload";

/** Makes a prefix like `make install`. Its program is a script that answers like a Python. */
function makePrefix(sandbox: Sandbox, change: object = {}): string {
  const prefix = join(sandbox.root, "opt/python");
  const put = (path: string, content: string | Uint8Array, mode = 0o644) => {
    const file = join(prefix, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  };
  const elf = (path: string, made: MadeElf) => put(path, makeElf({ data: path, ...made }), 0o755);
  const libpython = "libpython3.12.so.1.0";
  const libc = { "libc.so.6": ["GLIBC_2.17"] };
  elf(`lib/${libpython}`, {
    soname: libpython,
    needed: ["libc.so.6"],
    runPath: `${prefix}/lib`,
    versions: libc,
  });
  symlinkSync(libpython, join(prefix, "lib/libpython3.12.so"));
  const runPath = `${prefix}/lib`;
  elf(`${dynload}/_ssl.so`, {
    needed: ["libssl.so.9", "libc.so.6"],
    runPath: `${prefix}/private`,
    versions: { "libssl.so.9": ["S_1"] },
  });
  elf(`${dynload}/math.so`, { needed: ["libc.so.6"], runPath, versions: { "libc.so.6": ["GLIBC_2.29"] } });
  elf(`${dynload}/lost.so`, { needed: ["libgone.so.1"] });
  elf(`${dynload}/_testcapi.so`, {});
  elf("private/libssl.so.9", {
    soname: "libssl.so.9",
    needed: ["libcrypto.so.9"],
    runPath: "$ORIGIN",
    symbols: ["SSL_new"],
  });
  elf("private/libcrypto.so.9", {
    soname: "libcrypto.so.9",
    data: `\0OPENSSLDIR: "/opt/builder/ssl"\0/opt/builder/ssl/certs\0/opt/builder/ssl/cert.pem\0`,
  });
  put("lib/python3.12/os.py", "# os\n");
  put("lib/python3.12/__pycache__/os.cpython-312.pyc", "x");
  put("lib/python3.12/test/test_os.py", "x");
  put("lib/python3.12/idlelib/idle.py", "x");
  put("lib/python3.12/ensurepip/__init__.py", "# ensurepip\n");
  put("lib/python3.12/site-packages/pip/__init__.py", "x");
  put("lib/python3.12/config-3.12/libpython3.12.a", "x");
  put(
    "lib/python3.12/config-3.12/Makefile",
    `prefix=\t${prefix}\nLDFLAGS= -L${prefix}/lib -Wl,-rpath,${prefix}/lib\n`,
  );
  put(
    "lib/python3.12/_sysconfigdata__linux_.py",
    `build_time_vars = {'CC': 'gcc -pthread', 'LIBDIR': '${prefix}/lib', 'abs_srcdir': '/build/python'}\n`,
  );
  put("lib/pkgconfig/python-3.12.pc", `prefix=${prefix}\nlibdir=${prefix}/lib\n`);
  put("include/python3.12/Python.h", "#\n");
  put("include/python3.12/pyconfig.h", "#\n");
  put("bin/pydoc3.12", `#!${prefix}/bin/python3.12\nprint(1)\n`, 0o755);
  put("bin/pip3", "x", 0o755);
  put("share/man/man1/python3.1", "x");
  const version = "3.12.9";
  const answer = {
    implementation: "cpython",
    markers: {
      implementation_name: "cpython",
      implementation_version: version,
      os_name: "posix",
      platform_machine: "x86_64",
      platform_python_implementation: "CPython",
      platform_system: "Linux",
      python_full_version: version,
      python_version: "3.12",
      sys_platform: "linux",
    },
    executable: `${prefix}/bin/python3.12`,
    prefix,
    stdlib: `${prefix}/lib/python3.12`,
    include: `${prefix}/include/python3.12`,
    libraries: [`${prefix}/lib`],
    wheels: "",
    tcl: "",
    roots: [prefix, "/build/python"],
    freeThreaded: false,
    soabi: "cpython-312-x86_64-linux-gnu",
    abiFlags: "",
    wideUnicode: true,
    multiarch: "",
    ...change,
  };
  put("bin/python3.12", `#!/bin/sh\n/bin/cat <<'END'\n${JSON.stringify(answer)}\nEND\n`, 0o755);
  symlinkSync("python3.12", join(prefix, "bin/python3"));
  return prefix;
}

function pack(sandbox: Sandbox, prefix: string, change: Partial<PackOptions> = {}) {
  return packPrefix({ prefix, output: join(sandbox.root, "out"), reporter: silentReporter, ...change });
}

interface Content {
  readonly names: readonly string[];
  readonly bytes: (name: string) => Uint8Array;
  readonly text: (name: string) => string;
}

function contentOf(path: string): Content {
  const zip = openZipFile(path, { label: path, names: "portable" });
  const all = new Map(zip.entries.map((entry) => [entry.path, zip.readSync(entry)]));
  const names = zip.entries.toSorted((a, b) => a.offset - b.offset).map((entry) => entry.path);
  zip.close();
  const bytes = (name: string) => all.get(name) ?? assert.fail(`there is no ${name}`);
  return { names, bytes, text: (name) => Buffer.from(bytes(name)).toString("latin1") };
}

describe("packing an installed Python", needsLinux, () => {
  test("includes only the files of Python and the libraries that they need", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox));
    const { names } = contentOf(packed.path);
    assert.equal(packed.filename, "cpython-3.12.9-manylinux_2_29_x86_64.pybi");
    assert.equal(packed.platformReason?.path, `${dynload}/math.so`);
    assert.deepEqual(
      names.map((name) => name.replace(/-[0-9a-f]{8}\.so/, "-HASH.so")),
      [
        "bin/pydoc",
        "bin/pydoc3",
        "bin/pydoc3.12",
        "bin/python",
        "bin/python3",
        "bin/python3.12",
        "include/python3.12/Python.h",
        "include/python3.12/pyconfig.h",
        "lib/libcrypto-HASH.so.9",
        "lib/libpython3.12.so",
        "lib/libpython3.12.so.1.0",
        "lib/libssl-HASH.so.9",
        "lib/pkgconfig/python-3.12.pc",
        "lib/python3.12/_sysconfigdata__linux_.py",
        "lib/python3.12/config-3.12/Makefile",
        "lib/python3.12/ensurepip/__init__.py",
        `${dynload}/_ssl.so`,
        `${dynload}/lost.so`,
        `${dynload}/math.so`,
        "lib/python3.12/os.py",
        "pybi-info/PYBI",
        "pybi-info/METADATA",
        "pybi-info/RECORD",
      ],
    );
    assert.deepEqual(Object.keys(packed.dropped).sort(), [
      "bytecode",
      "foreign",
      "leftovers",
      "static",
      "tests",
    ]);
    assert.deepEqual(
      packed.vendored.map(({ name }) => name),
      ["libcrypto.so.9", "libssl.so.9"],
    );
    assert.deepEqual(packed.warnings, [
      `\`${dynload}/lost.so\` won't load: this machine does not have \`libgone.so.1\`, which it needs`,
    ]);
  });

  test("lists every file in RECORD, and makes programs and libraries executable", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox));
    const { names, text } = contentOf(packed.path);
    const rows = text("pybi-info/RECORD").split("\n");
    for (const name of names)
      assert.ok(
        rows.some((row) => row.startsWith(`${name},`)),
        name,
      );
    assert.ok(rows.includes("pybi-info/RECORD,,"));
    const zip = openZipFile(packed.path, { label: "", names: "portable" });
    const modes = Object.fromEntries(
      zip.entries.map(({ path, kind, mode = 0 }) => [path, `${kind} ${(mode & 0o777).toString(8)}`]),
    );
    zip.close();
    assert.equal(modes["bin/python3.12"], "file 755");
    assert.equal(modes["bin/python3"], "symlink 777");
    assert.equal(modes["lib/python3.12/os.py"], "file 644");
    assert.equal(modes[packed.vendored[0]?.path ?? ""], "file 755");
    assert.equal(modes["pybi-info/METADATA"], "file 644");
    assert.equal(modes["pybi-info/RECORD"], "file 644");
  });

  test("leaves out what only debuggers read, unless the caller asks to keep it", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const debug = "for debuggers only".repeat(100);
    writeFileSync(join(prefix, `${dynload}/math.so`), makeElf({ debug }));
    const has = async (keep: PackOptions["keep"] = []) =>
      contentOf((await pack(sandbox, prefix, { keep })).path)
        .text(`${dynload}/math.so`)
        .includes(debug);
    assert.equal(await has(), false);
    assert.equal(await has(["debug"]), true);
  });

  test("lets libraries find each other in the tree by unique names", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox));
    const { bytes, text } = contentOf(packed.path);
    const [crypto = "", ssl = ""] = packed.vendored.map(({ path }) => path);
    const [cryptoName = "", sslName = ""] = [crypto, ssl].map((path) => path.slice("lib/".length));
    const module = readElf(bytes(`${dynload}/_ssl.so`));
    assert.deepEqual(module?.needed, [sslName, "libc.so.6"]);
    assert.deepEqual([...module.versions.keys()], [sslName]);
    assert.equal(module.runPath, "$ORIGIN/../..");
    assert.deepEqual(readElf(bytes(ssl))?.needed, [cryptoName]);
    assert.equal(readElf(bytes(ssl))?.soname, sslName);
    assert.equal(readElf(bytes(ssl))?.runPath, "$ORIGIN");
    assert.match(text(crypto), /\0\/etc\/ssl\/certs\0/);
    assert.match(text(crypto), /\0\/etc\/pki\/tls\/cert\.pem\0|\0\/etc\/ssl\/cert\.pem\0/);
  });

  test("removes paths of this machine", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox));
    const { names, text } = contentOf(packed.path);
    // The program of this test is a script that contains its path.
    for (const name of names.filter((each) => each !== "bin/python3.12")) {
      assert.ok(!text(name).includes(sandbox.root) && !text(name).includes("/build/python"), name);
    }
    assert.match(text(`lib/python3.12/config-3.12/Makefile`), /^LDFLAGS=$/m);
    assert.match(text("lib/python3.12/_sysconfigdata__linux_.py"), /'CC': 'cc -pthread'/);
  });

  test("gives the same bytes each time, and the pybi can be unpacked", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const [one, two] = [
      await pack(sandbox, prefix),
      await pack(sandbox, prefix, { output: join(sandbox.root, "again") }),
    ];
    assert.deepEqual(readFileSync(one.path), readFileSync(two.path));
    const interpreter = await localPybi(one.path, "linux-x86_64");
    const into = join(sandbox.root, "tree");
    mkdirSync(into);
    await extractInterpreter(interpreter, one.path, into);
    assert.equal(interpreter.paths.purelib, "lib/python3.12/site-packages");
    assert.equal(interpreter.wheelTags[0], "cp312-cp312-PLATFORM");
    assert.match(
      execFileSync(join(into, "bin/python"), { encoding: "utf8" }),
      /"python_full_version":"3.12.9"/,
    );
  });

  test("copies all libraries except the C library for musl", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const elf = (path: string, made: MadeElf) => {
      writeFileSync(join(prefix, path), makeElf({ data: path, ...made }));
      chmodSync(join(prefix, path), 0o755);
    };
    elf(`${dynload}/_ssl.so`, {
      needed: ["libgcc_s.so.1", "libc.musl-x86_64.so.1"],
      runPath: `${prefix}/private`,
    });
    elf("private/libgcc_s.so.1", { soname: "libgcc_s.so.1" });
    elf(`${dynload}/math.so`, { needed: ["libc.musl-x86_64.so.1"] });
    // The program is a script here, so this library names the loader.
    writeFileSync(
      join(prefix, "lib/libpython3.12.so.1.0"),
      makeElf({ interpreter: "/lib/ld-musl-x86_64.so.1" }),
    );
    const packed = await pack(sandbox, prefix);
    assert.match(packed.filename, /-musllinux_1_[12]_x86_64\.pybi$/);
    assert.deepEqual(
      packed.vendored.map(({ name }) => name),
      ["libgcc_s.so.1"],
    );
  });

  test("includes the parts that the caller asks to keep", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox), { keep: ["tests", "bytecode", "static"] });
    const { names } = contentOf(packed.path);
    assert.ok(names.includes("lib/python3.12/test/test_os.py"));
    assert.ok(names.includes(`${dynload}/_testcapi.so`));
    assert.ok(names.includes("lib/python3.12/__pycache__/os.cpython-312.pyc"));
    assert.ok(names.includes("lib/python3.12/config-3.12/libpython3.12.a"));
    assert.ok(!names.includes("lib/python3.12/idlelib/idle.py"));
  });

  test("accepts another name, version and build tag, and a higher platform tag", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const named = { name: "my-python", version: "3.12.9.1", build: "2", platform: "manylinux_2_35_x86_64" };
    assert.equal(
      (await pack(sandbox, prefix, named)).filename,
      "my_python-3.12.9.1-2-manylinux_2_35_x86_64.pybi",
    );
    for (const platform of [
      "manylinux_2_28_x86_64",
      "manylinux_2_35_aarch64",
      "musllinux_1_2_x86_64",
      "nonsense",
    ]) {
      await assert.rejects(pack(sandbox, prefix, { platform }), { code: "usage" }, platform);
    }
    await assert.rejects(pack(sandbox, prefix, { build: "x" }), { code: "usage" });
  });

  const kinds = [
    [{ soabi: "cpython-312d-x86_64-linux-gnu" }, ["cp312-cp312d-PLATFORM", "cp312-cp312-PLATFORM"]],
    [{ freeThreaded: true, soabi: "cpython-312t-x86_64-linux-gnu" }, ["cp312-cp312t-PLATFORM"]],
  ] as const;
  for (const [change, tags] of kinds) {
    test(`writes the ABI into the wheel tags: ${tags[0]}`, async () => {
      using sandbox = newSandbox();
      const packed = await pack(sandbox, makePrefix(sandbox, change));
      const { wheelTags } = await localPybi(packed.path, "linux-x86_64");
      assert.deepEqual(wheelTags.slice(0, tags.length), tags);
      assert.equal(packed.filename.startsWith("cpython_freethreaded-"), "freeThreaded" in change);
    });
  }

  test("includes the scripts of Tcl and Tk if it has tkinter", async () => {
    using sandbox = newSandbox();
    for (const name of ["tcl8.6/init.tcl", "tcl8.6/tcl8/msgcat.tm", "tk8.6/tk.tcl", "tk8.6/demos/widget"]) {
      mkdirSync(dirname(join(sandbox.root, "share", name)), { recursive: true });
      writeFileSync(join(sandbox.root, "share", name), "# tcl\n");
    }
    const prefix = makePrefix(sandbox, { tcl: join(sandbox.root, "share/tcl8.6") });
    mkdirSync(join(prefix, "lib/python3.12/tkinter"));
    writeFileSync(join(prefix, "lib/python3.12/tkinter/__init__.py"), "# tkinter\n");
    const { names, text } = contentOf((await pack(sandbox, prefix)).path);
    assert.deepEqual(
      names.filter((name) => name.startsWith("lib/t")),
      ["lib/tcl8.6/init.tcl", "lib/tcl8.6/tcl8/msgcat.tm", "lib/tk8.6/tk.tcl"],
    );
    assert.match(text("lib/python3.12/tkinter/__init__.py"), /^# tkinter\n[^]*"TCL8_6_TM_PATH"/);
  });

  test("replaces Debian's layout by the usual one", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const sysconfig = "    'deb_system': {}\n        prefix_scheme = 'posix_local'\n";
    writeFileSync(join(prefix, "lib/python3.12/sysconfig.py"), sysconfig);
    writeFileSync(join(prefix, "lib/python3.12/EXTERNALLY-MANAGED"), "x");
    symlinkSync("/etc/python3.12/sitecustomize.py", join(prefix, "lib/python3.12/sitecustomize.py"));
    const { names, text } = contentOf((await pack(sandbox, prefix)).path);
    assert.match(text("lib/python3.12/sysconfig.py"), /prefix_scheme = 'posix_prefix'/);
    assert.match(text("lib/python3/dist-packages/site-packages.pth"), /site-packages/);
    assert.ok(!names.some((name) => /EXTERNALLY|sitecustomize/.test(name)));
  });

  test("gives a free-threaded Python names with and without `t`, also for Debian", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox, { freeThreaded: true, abiFlags: "t" });
    const rename = (from: string, to: string) => renameSync(join(prefix, from), join(prefix, to));
    rename("lib/python3.12", "lib/python3.12t");
    rename("lib/pkgconfig/python-3.12.pc", "lib/pkgconfig/python-3.12t.pc");
    symlinkSync("python-3.12t.pc", join(prefix, "lib/pkgconfig/python-3.12.pc"));
    symlinkSync("python-3.12.pc", join(prefix, "lib/pkgconfig/python3.pc"));
    const answering = readFileSync(join(prefix, "bin/python3.12"), "utf8");
    writeFileSync(join(prefix, "bin/python3.12"), answering.replace('lib/python3.12"', 'lib/python3.12t"'));
    const scheme = "'purelib': '{base}/lib/python{py_version_short}{abi_thread}/site-packages',\n";
    writeFileSync(join(prefix, "lib/python3.12t/sysconfig.py"), `    'deb_system': {}\n        ${scheme}`);
    const { path } = await pack(sandbox, prefix);
    const { names, text } = contentOf(path);
    for (const name of [
      "bin/python3.12",
      "bin/python3.12t",
      "bin/pydoc3.12",
      "lib/pkgconfig/python-3.12t.pc",
    ])
      assert.ok(names.includes(name), name);
    assert.equal(text("lib/pkgconfig/python-3.12.pc"), "python-3.12t.pc");
    assert.equal(text("lib/pkgconfig/python3.pc"), "python-3.12t.pc");
    // In a virtual environment, Debian's `site` omits the `t`.
    const { paths } = await localPybi(path, "linux-x86_64");
    assert.equal(paths.stdlib, "lib/python3.12t");
    assert.equal(paths.purelib, "lib/python3.12/site-packages");
    assert.match(text("lib/python3.12t/sysconfig.py"), /\{py_version_short\}\/site-packages/);
    assert.match(text("lib/python3/dist-packages/site-packages.pth"), /"python3\.12", "site-packages"/);
  });

  test("works if the Python does not find its own shared library", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const answering = readFileSync(join(prefix, "bin/python3.12"), "utf8");
    const lost = "error while loading shared libraries: libpython3.12.so.1.0: cannot open shared object file";
    const guard = `[ "$LD_LIBRARY_PATH" = "${prefix}/lib:${prefix}/lib64" ] || { echo "python: ${lost}" >&2; exit 127; }`;
    writeFileSync(join(prefix, "bin/python3.12"), answering.replace("\n", `\n${guard}\n`));
    assert.equal((await pack(sandbox, prefix)).filename, "cpython-3.12.9-manylinux_2_29_x86_64.pybi");
  });

  test("writes the folder of PyPy's library into sysconfig", () => {
    const text = "    build_time_vars['LIBDIR'] = os.path.join(mybase, 'bin')\n";
    const answer = { prefix: "/usr", roots: ["/usr"], multiarch: "", tcl: "" } as unknown as PrefixAnswer;
    const paths = { stdlib: "lib/pypy3.9" } as PybiPaths;
    const changed = relocatePacked("lib/pypy3.9/_sysconfigdata.py", Buffer.from(text), answer, { paths });
    assert.match(Buffer.from(changed).toString(), /join\(mybase, 'lib'\)\n/);
  });

  test("refuses a Python for macOS", async () => {
    using sandbox = newSandbox();
    const markers = { python_full_version: "3.12.9", platform_machine: "arm64", sys_platform: "darwin" };
    await assert.rejects(pack(sandbox, makePrefix(sandbox, { markers })), {
      code: "unknown-platform",
      hint: /posy pybi convert/,
    });
  });

  for (const [version, warning] of [
    ["2.7.18", /^Python 2 does not read `pyvenv\.cfg`/],
    ["3.6.15", /^Python 3\.6 is older than the Pythons of PEP 711/],
    ["3.7.17", undefined],
  ] as const) {
    test(`${warning === undefined ? "does not warn" : "warns"} about the limits of Python ${version}`, async () => {
      using sandbox = newSandbox();
      const markers = { python_full_version: version, platform_machine: "x86_64", sys_platform: "linux" };
      const { warnings, filename } = await pack(sandbox, makePrefix(sandbox, { markers }));
      assert.equal(filename, `cpython-${version}-manylinux_2_29_x86_64.pybi`);
      const limits = warnings.filter((text) => text.startsWith("Python"));
      assert.equal(limits.length, warning === undefined ? 0 : 1);
      if (warning !== undefined) assert.match(limits[0] ?? "", warning);
    });
  }

  test("uses PyPy's version as the build tag", async () => {
    using sandbox = newSandbox();
    const markers = {
      python_full_version: "3.9.18",
      implementation_version: "7.3.15",
      platform_machine: "x86_64",
      sys_platform: "linux",
    };
    const prefix = makePrefix(sandbox, { implementation: "pypy", markers, soabi: "pypy39-pp73" });
    assert.equal((await pack(sandbox, prefix)).filename, "pypy-3.9.18-7.3.15-manylinux_2_29_x86_64.pybi");
    assert.equal(
      (await pack(sandbox, prefix, { build: "1" })).filename,
      "pypy-3.9.18-1-manylinux_2_29_x86_64.pybi",
    );
  });

  test("reports progress and each warning", async () => {
    using sandbox = newSandbox();
    const reporter = recordingReporter();
    const { warnings } = await pack(sandbox, makePrefix(sandbox), { reporter });
    assert.deepEqual(reporter.warnings(), warnings);
    const stages = reporter.events.flatMap((event) => (event.kind === "stage" ? [event.state] : []));
    assert.deepEqual(stages, ["start", "end"]);
  });

  test("returns the size, the hash and what was left out", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox));
    const bytes = readFileSync(packed.path);
    assert.equal(packed.size, bytes.length);
    assert.equal(packed.sha256, createHash("sha256").update(bytes).digest("hex"));
    assert.equal(packed.dropped.tests?.files, 2);
    assert.equal(packed.platformTag, "manylinux_2_29_x86_64");
    assert.match(packed.vendored[1]?.path ?? "", /^lib\/libssl-[0-9a-f]{8}\.so\.9$/);
    const { names } = contentOf(packed.path);
    const tree = names.slice(0, -3);
    assert.deepEqual(tree, tree.toSorted());
  });

  test("keeps the modes of files, and makes libraries executable", async () => {
    using sandbox = newSandbox();
    const packed = await pack(sandbox, makePrefix(sandbox));
    const zip = openZipFile(packed.path, { label: "x", names: "portable" });
    const modes = new Map(zip.entries.map(({ path, mode = 0 }) => [path, mode & 0o777]));
    zip.close();
    assert.equal(modes.get("bin/python3.12"), 0o755);
    assert.equal(modes.get(packed.vendored[0]?.path ?? ""), 0o755);
    assert.equal(modes.get("lib/python3.12/os.py"), 0o644);
    assert.equal(modes.get("pybi-info/METADATA"), 0o644);
  });

  test("accepts an executable or a prefix, with any of the usual program names", async () => {
    using sandbox = newSandbox();
    const prefix = makePrefix(sandbox);
    const name = "cpython-3.12.9-manylinux_2_29_x86_64.pybi";
    assert.equal((await pack(sandbox, join(prefix, "bin/python3.12"))).filename, name);
    rmSync(join(prefix, "bin/python3"));
    assert.equal((await pack(sandbox, prefix)).filename, name);
    renameSync(join(prefix, "bin/python3.12"), join(prefix, "bin/python3.x"));
    await assert.rejects(pack(sandbox, prefix), { code: "not-found", hint: /has no `python3`/ });
  });

  test("refuses folders and programs that are not a Python", async () => {
    using sandbox = newSandbox();
    await assert.rejects(pack(sandbox, join(sandbox.root, "nowhere")), { code: "not-found" });
    await assert.rejects(pack(sandbox, sandbox.root), { code: "not-found" });
    const liar = sandbox.program("bin/python3", "#!/bin/sh\necho hello\n");
    await assert.rejects(pack(sandbox, liar), { code: "invalid-interpreter" });
    const elsewhere = makePrefix(sandbox, { stdlib: "/somewhere/else" });
    await assert.rejects(pack(sandbox, elsewhere), { code: "invalid-interpreter", message: /prefix/ });
  });
});
