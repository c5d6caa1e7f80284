import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { linkProblem } from "../../../src/pythons/extract/check-links.ts";
import { jarLayout, jarLinks, jarRoot } from "../../../src/pythons/extract/jar-layout.ts";
import { PybiTree } from "../../../src/pythons/extract/pybi-tree.ts";
import { recordProblem } from "../../../src/pythons/extract/record-problem.ts";
import { isUnwanted } from "../../../src/pythons/extract/unwanted-files.ts";
import { embeddableTreePath, windowsTreePath } from "../../../src/pythons/extract/windows-layout.ts";
import { type TreeMember, writeTreeMembers } from "../../../src/pythons/extract/write-tree-members.ts";
import { catalogueInterpreter, entryPlatform } from "../../../src/pythons/catalogue/catalogue-entry.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { runsOn } from "../../../src/pythons/compatibility/host-platform-tag.ts";
import { platformsOfTags } from "../../../src/pythons/compatibility/platform-of-tag.ts";
import { tagRanksOf, wheelTagsOf } from "../../../src/pythons/compatibility/wheel-tags-of.ts";
import { sha256Of } from "../../../src/system/fs/sha256.ts";
import { parseRecord } from "../../../src/vocab/metadata/record.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { newSandbox, testMachine } from "../sandbox.ts";

const linux = describeInterpreter(parseVersion("3.13.5"), "linux-x86_64");

test("a Python for Windows has PEP 711's layout, without files that are not Python's", () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    "python.exe": "Scripts/python.exe",
    "pythonw.exe": "Scripts/pythonw.exe",
    "python313t.dll": "Scripts/python313t.dll",
    "vcruntime140_1.dll": "Scripts/vcruntime140_1.dll",
    "msvcp140.dll": "Scripts/msvcp140.dll",
    "other.dll": undefined,
    "Lib/os.py": "Lib/os.py",
    "lib/os.py": "Lib/os.py",
    "Lib/test/x.py": undefined,
    "Lib/site-packages/x.py": undefined,
    "DLLs/_ssl.pyd": "DLLs/_ssl.pyd",
    "DLLs/x.DLL": "DLLs/x.DLL",
    "DLLs/py.ico": undefined,
    "DLLs/_testcapi.pyd": undefined,
    "include/Python.h": "Include/Python.h",
    "libs/python313.lib": "libs/python313.lib",
    "tcl/tcl8.6/init.tcl": "tcl/tcl8.6/init.tcl",
    "Tools/x.py": undefined,
    "Lib/": undefined,
    Lib: undefined,
  };
  for (const [path, expected] of Object.entries(cases)) assert.equal(windowsTreePath(path), expected, path);
  const embedded: Readonly<Record<string, string | undefined>> = {
    "python.exe": "Scripts/python.exe",
    "python3.dll": "Scripts/python3.dll",
    "libssl-3.dll": "DLLs/libssl-3.dll",
    "_ssl.pyd": "DLLs/_ssl.pyd",
    "python313._pth": undefined,
    "x/y.dll": undefined,
  };
  for (const [path, expected] of Object.entries(embedded))
    assert.equal(embeddableTreePath(path), expected, path);
});

test("a pybi leaves out tests and other files of the standard library", () => {
  for (const path of [
    "test/x.py",
    "json/tests/x.py",
    "x.pyc",
    "x.a",
    "x.o",
    "idlelib/x.py",
    "config-3.13/x",
    "EXTERNALLY-MANAGED",
    "lib-dynload/xxlimited.so",
    "_sysconfig_vars_x.json",
  ]) {
    assert.ok(isUnwanted(path), path);
  }
  for (const path of [
    "os.py",
    "config-3.13/Makefile",
    "testing/x.py",
    "json/idlelib/x.py",
    "lib-dynload/_ssl.so",
    "x.pyd",
  ]) {
    assert.ok(!isUnwanted(path), path);
  }
});

describe("an archive of the catalogue", () => {
  test("has executable programs and libraries at their paths in a pybi", () => {
    const layout = jarLayout(linux);
    const cases: Readonly<Record<string, readonly [string, boolean] | undefined>> = {
      "bin/python3.13": ["bin/python3.13", true],
      "bin/python3.13-config": ["bin/python3.13-config", true],
      "bin/pydoc3.13": ["bin/pydoc3.13", true],
      "bin/pip": undefined,
      "libpython3.13.so.1.0": ["lib/libpython3.13.so.1.0", true],
      "libffi.so.8": ["lib/python3.13/lib-dynload/libffi.so.8", true],
      "libother.so.8": undefined,
      "libpython3.13.dylib": ["lib/libpython3.13.dylib", true],
      "libffi.8.dylib": ["lib/python3.13/lib-dynload/libffi.8.dylib", true],
      "lib/python3.13/os.pyc": undefined,
      "include/python3.13/Python.h": ["include/python3.13/Python.h", false],
      "lib/pkgconfig/python-3.13.pc": ["lib/pkgconfig/python-3.13.pc", false],
      "lib/pkgconfig/other.pc": undefined,
      "lib/python3.13/os.py": ["lib/python3.13/os.py", false],
      "lib/python3.13/lib-dynload/_ssl.so": ["lib/python3.13/lib-dynload/_ssl.so", true],
      "lib/python3.13/test/x.py": undefined,
      "lib/python3.13/idlelib/x.py": undefined,
      "lib/python3.13/_sysconfig_vars_x.json": undefined,
      "lib/python3.13/config-3.13/Makefile": ["lib/python3.13/config-3.13/Makefile", false],
      "lib/python3.13/config-3.13/x.o": undefined,
      "lib/python3.12/os.py": undefined,
    };
    for (const [path, expected] of Object.entries(cases)) {
      const found = layout(path);
      assert.deepEqual(found && [found.path, found.executable], expected, path);
    }
    const names = jarLinks(linux);
    assert.equal(names["bin/python3"], "python3.13");
    assert.equal(names["lib/libpython3.13.so"], "libpython3.13.so.1.0");
    const mac = jarLinks(describeInterpreter(parseVersion("3.13.5"), "macos-arm64"));
    assert.ok("bin/python" in mac && !("lib/libpython3.13.so" in mac));
    assert.deepEqual(jarLinks(describeInterpreter(parseVersion("3.13.5"), "windows-x86_64")), {});
  });

  test("for Windows has libraries next to the program or in DLLs", () => {
    const layout = jarLayout(describeInterpreter(parseVersion("3.13.5"), "windows-x86_64"));
    const cases: Readonly<Record<string, readonly [string, boolean] | undefined>> = {
      "bin/python.exe": ["Scripts/python.exe", true],
      "python313.dll": ["Scripts/python313.dll", true],
      "include/Python.h": ["Include/Python.h", false],
      "libs/python313.lib": ["libs/python313.lib", false],
      "lib/vcruntime140.dll": ["Scripts/vcruntime140.dll", true],
      "lib/_tkinter.pyd": undefined,
      "lib/tcl86t.dll": undefined,
      "lib/tk86t.dll": undefined,
      "lib/zlib1.dll": undefined,
      "lib/libcrypto-3.dll": ["DLLs/libcrypto-3.dll", true],
      "lib/pyshellext.dll": undefined,
      "lib/pip/x.py": undefined,
      "lib/pip-24/x": undefined,
      "lib/idlelib/x.py": undefined,
      "lib/test/x.py": undefined,
      "lib/_ssl.pyd": ["DLLs/_ssl.pyd", true],
      "lib/json/tool.py": ["Lib/json/tool.py", false],
      "share/x": undefined,
    };
    for (const [path, expected] of Object.entries(cases)) {
      const found = layout(path);
      assert.deepEqual(found && [found.path, found.executable], expected, path);
    }
  });

  test("must have the package URL of a known platform", () => {
    assert.throws(() => jarRoot("pkg:maven/a/b@1"), /not the package URL/);
    const entry = {
      purl: "pkg:maven/a.b/cpython@3.13.5-1.5.12?classifier=linux-arm64",
      size: 1,
      sha256: "",
      platformTag: "manylinux_2_17_aarch64",
      lacks: ["_tkinter"],
    };
    assert.equal(entryPlatform(entry), "linux-aarch64");
    assert.throws(
      () => entryPlatform({ ...entry, purl: entry.purl.replace("arm64", "riscv") }),
      /unknown platform/,
    );
    const { version, source, lacks, platformTags } = catalogueInterpreter(entry);
    assert.deepEqual([version, lacks, platformTags], ["3.13.5", ["_tkinter"], ["manylinux_2_17_aarch64"]]);
    assert.equal(source.kind === "catalogue" && source.filename, "cpython-3.13.5-1.5.12-linux-arm64.jar");
  });
});

describe("the links of a pybi", () => {
  const problem = (links: Readonly<Record<string, string>>, path = "bin/x", windows = false) =>
    linkProblem(new Map(Object.entries(links)), path, windows)?.rule;

  test("are checked by the rules of PEP 711", () => {
    assert.equal(problem({ "bin/x": "python" }), undefined);
    assert.equal(problem({ "bin/x": "python" }, "bin/x", true), "link-on-windows");
    assert.equal(problem({ "pybi-info/x": "y" }, "pybi-info/x"), "link-in-info");
    assert.equal(problem({ "PYBI-INFO": "y" }, "PYBI-INFO"), "link-in-info");
    assert.equal(problem({ "pybi-information": "y" }, "pybi-information"), undefined);
    assert.equal(problem({ "bin/x": "" }), "link-target");
    assert.equal(problem({ "bin/x": "a\u0000b" }), "link-target");
    assert.equal(problem({ "bin/x": "/etc" }), "link-target-absolute");
    assert.equal(problem({ "bin/x": "c:x" }), "link-target-absolute");
    assert.equal(problem({ "bin/x": "../.." }), "link-target-outside");
    assert.equal(problem({ "bin/x": "y", "bin/y": "x" }), "link-loop");
  });
});

test("a file must match its row in RECORD", () => {
  const bytes = Buffer.from("text");
  const hash = { algorithm: "sha256", digest: sha256Of(bytes) };
  const rule = (row: Parameters<typeof recordProblem>[1]) => recordProblem(bytes, row)?.rule;
  assert.equal(rule(undefined), "record-missing");
  assert.equal(rule({ path: "x", hash, size: 4 }), undefined);
  assert.equal(rule({ path: "x", hash }), undefined);
  assert.equal(rule({ path: "x", hash, size: 5 }), "record-size");
  assert.equal(rule({ path: "x", hash: { ...hash, digest: "0".repeat(64) } }), "record-hash");
  assert.equal(rule({ path: "x", symlink: "y" }), "record-link");
  assert.equal(rule({ path: "x" }), "record-hash-weak");
  assert.equal(rule({ path: "x", hash: { algorithm: "md5", digest: "0" } }), "record-hash-weak");
  assert.equal(rule({ path: "x", hash: { algorithm: "sha1", digest: "0" } }), "record-hash-weak");
});

test("a file may have any strong hash in RECORD", () => {
  const bytes = Buffer.from("text");
  const digests: Readonly<Record<string, string>> = {
    sha256: "sha256",
    sha384: "sha384",
    sha512: "sha512",
    sha3_256: "sha3-256",
    sha3_384: "sha3-384",
    sha3_512: "sha3-512",
    blake2b: "blake2b512",
  };
  for (const [algorithm, name] of Object.entries(digests)) {
    const digest = createHash(name).update(bytes).digest("hex");
    const rule = (content: Uint8Array) =>
      recordProblem(content, { path: "x", hash: { algorithm, digest } })?.rule;
    assert.equal(rule(bytes), undefined, algorithm);
    assert.equal(rule(Buffer.from("other")), "record-hash", algorithm);
  }
});

describe("the tree of an interpreter", { skip: process.platform === "win32" }, () => {
  test("lists every file and link in RECORD, RECORD itself without a hash", async () => {
    using sandbox = newSandbox();
    const tree = new PybiTree(sandbox.root, "x.pybi");
    await tree.file("bin/python", Buffer.from("text"), true);
    tree.link("bin/python3", "python");
    tree.folder("lib/empty");
    assert.ok(tree.has("bin/python") && tree.has("bin/python3") && !tree.has("lib/empty"));
    await tree.describe({ ...linux, freeThreaded: true });
    const rows = parseRecord(readFileSync(join(sandbox.root, "pybi-info/RECORD"), "utf8"));
    assert.deepEqual(rows[0], {
      path: "bin/python",
      hash: { algorithm: "sha256", digest: sha256Of(Buffer.from("text")) },
      size: 4,
    });
    assert.deepEqual(rows[1], { path: "bin/python3", symlink: "python" });
    assert.deepEqual(rows.at(-1), { path: "pybi-info/RECORD" });
    assert.match(
      readFileSync(join(sandbox.root, "pybi-info/METADATA"), "utf8"),
      /^Name: cpython-freethreaded$/m,
    );
  });

  test("names the archive if two members are the same file, or if the disk fails", async () => {
    using sandbox = newSandbox();
    const tree = new PybiTree(sandbox.root, "x.pybi");
    await tree.file("a", Buffer.from("1"));
    for (const attempt of [
      () => tree.file("a", Buffer.from("2")),
      () => tree.file("a/b", Buffer.from("2")),
    ]) {
      await assert.rejects(attempt, { code: "invalid-archive", message: /^two members of `x\.pybi`/ });
    }
    assert.throws(() => tree.link("a", "b"), { code: "invalid-archive" });
    const broken = new PybiTree(join(sandbox.root, "a\0"), "x.pybi");
    await assert.rejects(
      broken.file("x", Buffer.from("1")),
      (error: Error) => !/two members/.test(error.message),
    );
  });

  test("lets other tasks run while many files are written", async () => {
    using sandbox = newSandbox();
    const tree = new PybiTree(sandbox.root, "x.pybi");
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for (let index = 0; index < 12; index++) await tree.file(`f${index}`, Buffer.alloc(2 ** 20));
    clearInterval(timer);
    assert.ok(turns > 0);
  });
});

describe("unpacking the members of an archive", { skip: process.platform === "win32" }, () => {
  const python: TreeMember = {
    path: "bin/python3.13",
    executable: true,
    content: { bytes: Buffer.from("x") },
  };
  const link = (path: string, target: string): TreeMember => ({
    path,
    executable: true,
    content: { target },
  });

  async function written(members: readonly TreeMember[], interpreter = linux): Promise<readonly string[]> {
    using sandbox = newSandbox();
    mkdirSync(join(sandbox.root, "tree"));
    await writeTreeMembers(members, interpreter, "x", join(sandbox.root, "tree"));
    return parseRecord(readFileSync(join(sandbox.root, "tree/pybi-info/RECORD"), "utf8"))
      .filter(({ path }) => !path.startsWith("pybi-info/"))
      .map(({ path, symlink }) => (symlink === undefined ? path : `${path} → ${symlink}`));
  }

  test("adds links for the usual program names if they are missing", async () => {
    assert.deepEqual(await written([python]), [
      "bin/python3.13",
      "bin/python → python3.13",
      "bin/python3 → python3.13",
    ]);
    const own = { ...python, path: "bin/python3" };
    assert.deepEqual(await written([python, own]), [
      "bin/python3.13",
      "bin/python3",
      "bin/python → python3.13",
    ]);
    assert.deepEqual(
      (await written([link("bin/python", "./python3.13"), python]))[1],
      "bin/python → ./python3.13",
    );
  });

  test("needs `python.exe` on Windows, and adds no links there", async () => {
    const windows = describeInterpreter(parseVersion("3.13.5"), "windows-x86_64");
    const on = (path: string) => written([{ ...python, path }], windows);
    assert.deepEqual(await on("Scripts/python.exe"), ["Scripts/python.exe"]);
    await assert.rejects(on("Scripts/python"), { code: "invalid-interpreter" });
    await assert.rejects(written([{ ...python, path: "bin/python.exe" }]), { code: "invalid-interpreter" });
  });

  test("follows seven links to a file, and leaves out a link that leads through more", async () => {
    const chain = Array.from({ length: 8 }, (_, index) =>
      link(`l${index}`, index === 0 ? "bin/python3.13" : `l${index - 1}`),
    );
    const links = (await written([python, ...chain])).filter((text) => text.startsWith("l"));
    assert.deepEqual(
      links,
      Array.from(
        { length: 7 },
        (_, index) => `l${index} → ${index === 0 ? "bin/python3.13" : `l${index - 1}`}`,
      ),
    );
  });

  test("accepts links only to files, folders and other links of the archive", async () => {
    const good = [
      link("bin/a", "python3.13"),
      link("lib/bin", "../bin"),
      link("lib/b", "bin/python3.13"),
      link("c", "bin/a"),
    ];
    const bad = [
      link("x1", "/bin/python3.13"),
      link("x2", "../x"),
      link("x3", "nothing"),
      link("x4", "x5"),
      link("x5", "x4"),
      link("x6", "."),
      link("lib/bin/inside", "python3.13"),
    ];
    const paths = (await written([python, ...good, ...bad])).filter((text) => !text.startsWith("bin/python"));
    assert.deepEqual(paths, [
      "bin/a → python3.13",
      "lib/bin → ../bin",
      "lib/b → bin/python3.13",
      "c → bin/a",
    ]);
  });

  test("replaces the folder that Python was built for, but not other folders whose names begin with it", async () => {
    using sandbox = newSandbox();
    const texts: Readonly<Record<string, string>> = {
      "-L/install/lib": "-L$(prefix)/lib",
      "-I/install/include": "-I$(prefix)/include",
      "-R/install": "-R$(prefix)",
      "'/install',\"/install\"": "'$(prefix)',\"$(prefix)\"",
      "/usr:/install:/x": "/usr:$(prefix):/x",
      "/installed /x/install -Dx/install": "/installed /x/install -Dx/install",
    };
    const members = Object.keys(texts).map(
      (text, index): TreeMember => ({
        path: `lib/python3.13/config-${index}/Makefile`,
        executable: false,
        content: { bytes: Buffer.from(`/install\nX=${text}\n`) },
      }),
    );
    await writeTreeMembers([python, ...members], linux, "x", sandbox.root);
    for (const [index, expected] of Object.values(texts).entries()) {
      const text = readFileSync(join(sandbox.root, `lib/python3.13/config-${index}/Makefile`), "utf8");
      assert.equal(text, `$(prefix)\nX=${expected}\n`);
    }
  });

  test("refuses members without a Python", async () => {
    await assert.rejects(written([{ ...python, path: "bin/python3.12" }]), { code: "invalid-interpreter" });
    await assert.rejects(written([]), { code: "invalid-interpreter" });
  });
});

describe("the tags of an interpreter", () => {
  test("give a list of platforms in order and without duplicates", () => {
    assert.deepEqual(platformsOfTags(["macosx_11_0_universal2", "macosx_12_0_arm64", "nonsense"]), [
      "macos-arm64",
      "macos-x86_64",
    ]);
    assert.deepEqual(platformsOfTags(["manylinux_2_17_x86_64", "manylinux2014_x86_64", "win_amd64"]), [
      "linux-x86_64",
      "windows-x86_64",
    ]);
  });

  test("have ranks in the order of the tags", () => {
    const ranks = tagRanksOf(linux, testMachine);
    const tags = wheelTagsOf(linux, testMachine);
    const rank = (tag: string | undefined) => ranks.get(tag as never) ?? -1;
    assert.ok(rank(tags[0]) < rank(tags[5]), `${rank(tags[0])} ${rank(tags[5])}`);
  });

  test("do not decide whether an installed Python runs", () => {
    const adopted = {
      ...linux,
      platformTags: ["nonsense"],
      source: { kind: "adopted", executable: "/x", fingerprint: "x" },
    } as const;
    assert.ok(runsOn(adopted, testMachine));
    assert.ok(!runsOn({ ...linux, platformTags: ["nonsense"] }, testMachine));
  });
});
