import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import * as zlib from "node:zlib";
import { checkPybi } from "../../../../src/pythons/pybi/check/check-pybi.ts";
import { parseCondaPaths } from "../../../../src/pythons/pybi/convert/conda/conda-info.ts";
import { replaceStrings } from "../../../../src/pythons/pybi/convert/conda/relocate-conda.ts";
import { convertArchive } from "../../../../src/pythons/pybi/convert/convert-archive.ts";
import { readElf } from "../../../../src/system/binaries/elf/read-elf.ts";
import { readMachO } from "../../../../src/system/binaries/macho/read-macho.ts";
import { openZipFile } from "../../../../src/system/archives/zip/open-zip-file.ts";
import { type NewTarMember, writeTar } from "../../../support/tar-writer.ts";
import { writeZip } from "../../../support/zip-writer.ts";
import { makeElf } from "../../../system/binaries/elf/make-elf.ts";
import { makeMachO, processors } from "../../../system/binaries/macho/make-macho.ts";
import { newSandbox, type Sandbox } from "../../sandbox.ts";

const placeholder = `/home/conda/feedstock_root/build_artifacts/python_1/_h_env_${"placehold_".repeat(6)}`;
const compress = (zlib as { zstdCompressSync?: (data: Buffer) => Buffer }).zstdCompressSync;

interface Recipe {
  readonly name?: string;
  readonly version?: string;
  readonly build?: string;
  readonly subdir?: string;
  readonly depends?: readonly string[];
  readonly files: Readonly<Record<string, string | Buffer | { readonly target: string }>>;
  /** Replaces the hashes of all files in the metadata. */
  readonly sha256?: string;
}

/** Writes a `.conda` package in the format of conda-build; returns its path. */
function makeConda(sandbox: Sandbox, recipe: Recipe): string {
  const {
    name = "python",
    version = "3.12.7",
    build = "h1_0_cpython",
    subdir = "linux-64",
    depends = [],
  } = recipe;
  const files = Object.entries(recipe.files);
  const paths = files.map(([path, content]) => {
    if (typeof content === "object" && "target" in content) return { _path: path, path_type: "softlink" };
    const bytes = Buffer.from(content as string);
    return {
      _path: path,
      path_type: "hardlink",
      sha256: recipe.sha256 ?? createHash("sha256").update(bytes).digest("hex"),
      size_in_bytes: bytes.length,
      ...(bytes.includes(placeholder)
        ? { prefix_placeholder: placeholder, file_mode: bytes.includes(0) ? "binary" : "text" }
        : {}),
    };
  });
  const index = { name, version, build, build_number: 0, subdir, depends };
  const info = writeTar([
    { path: "info/index.json", data: JSON.stringify(index) },
    { path: "info/paths.json", data: JSON.stringify({ paths, paths_version: 1 }) },
  ]);
  const content = writeTar(
    files.map(([path, data]): NewTarMember => {
      if (typeof data === "object" && "target" in data) return { path, target: data.target };
      return { path, data, mode: path.startsWith("bin/") || /\.(so|dylib)/.test(path) ? 0o755 : 0o644 };
    }),
  );
  const stem = `${name}-${version}-${build}`;
  const file = join(sandbox.root, `${stem}.conda`);
  const zst = (bytes: Buffer) => compress?.(bytes) ?? bytes;
  writeFileSync(
    file,
    writeZip([
      { path: "metadata.json", data: '{"conda_pkg_format_version": 2}', method: "stored" },
      { path: `pkg-${stem}.tar.zst`, data: zst(content), method: "stored" },
      { path: `info-${stem}.tar.zst`, data: zst(info), method: "stored" },
    ]),
  );
  return file;
}

const sysconfig = `build_time_vars = {'AR': 'x86_64-conda-linux-gnu-ar',
 'CC': 'x86_64-conda-linux-gnu-gcc -pthread -B ${placeholder}/compiler_compat',
 'CFLAGS': '-O2 -isystem ${placeholder}/include -fdebug-prefix-map=${placeholder}=/usr/local',
 'LDFLAGS': '-Wl,-rpath,${placeholder}/lib -Wl,-rpath-link,${placeholder}/lib -L${placeholder}/lib -Wl,-O2',
 'abs_srcdir': '/home/conda/feedstock_root/build_artifacts/python_1/work/build-shared',
 'prefix': '${placeholder}'}
`;

const elf = (needed: readonly string[], more: Parameters<typeof makeElf>[0] = {}) =>
  Buffer.from(makeElf({ needed: [...needed, "libc.so.6"], runPath: "$ORIGIN/../..", ...more }));

const python: Recipe = {
  depends: [
    "__glibc >=2.17",
    "ld_impl_linux-64 >=2.36.1",
    "libgcc >=13",
    "openssl >=3.3.2,<4.0a0",
    "tzdata",
    "xorg-libx11",
  ],
  files: {
    "bin/python3.12": elf([], { runPath: "$ORIGIN/../lib", interpreter: "/lib64/ld-linux-x86-64.so.2" }),
    "bin/python": { target: "python3.12" },
    "bin/python3.12-config": `#!/bin/sh\nprefix="${placeholder}"\n`,
    "bin/pydoc3.12": `#!${placeholder}/bin/python3.12\nimport pydoc\n`,
    "bin/2to3": "x",
    "include/python3.12/Python.h": "/* */",
    "lib/libpython3.12.so.1.0": elf([], { data: `\0${placeholder}\0${placeholder}/lib/python3.12\0` }),
    "lib/python3.1": { target: "python3.12" },
    "lib/python3.12/os.py": "# os",
    "lib/python3.12/ensurepip/__init__.py": "",
    "lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py": sysconfig,
    "lib/python3.12/_sysconfigdata_x86_64_conda_linux_gnu.py": sysconfig,
    "lib/python3.12/lib-dynload/_ssl.so": elf(["libssl.so.3"], { versions: { "libc.so.6": ["GLIBC_2.17"] } }),
    "lib/python3.12/site-packages/README.txt": "x",
    "lib/python3.12/test/test_os.py": "x",
    "share/man/man1/python3.12.1": "x",
  },
};
const openssl: Recipe = {
  name: "openssl",
  version: "3.3.2",
  build: "h2_0",
  depends: ["ca-certificates", "__glibc >=2.17", "libgcc"],
  files: {
    "bin/openssl": "x",
    "lib/libssl.so": { target: "libssl.so.3" },
    "lib/libssl.so.3": elf(["libcrypto.so.3"], { runPath: `${placeholder}/lib` }),
    "lib/libcrypto.so.3": elf([], {
      data: `\0OPENSSLDIR: "${placeholder}/ssl"\0${placeholder}/ssl/certs\0${placeholder}/ssl/cert.pem\0`,
      versions: { "libc.so.6": ["GLIBC_2.28"] },
    }),
  },
};

async function converted(sandbox: Sandbox, own: Recipe, companions: readonly Recipe[] = []) {
  const [archive = "", ...others] = [own, ...companions].map((each) => makeConda(sandbox, each));
  const done = await convertArchive(archive, join(sandbox.root, "out"), { companions: others });
  const zip = openZipFile(done.path);
  const members = new Map(zip.entries.map((entry) => [entry.path, Buffer.from(zip.readSync(entry))]));
  zip.close();
  const { findings } = await checkPybi(done.path);
  return { ...done, members, rules: findings.map(({ rule }) => rule) };
}

const needsZstd = { skip: process.platform === "win32" || compress === undefined };

describe("convertArchive with conda packages", needsZstd, () => {
  test("converts packages for Linux, with the libraries of other packages", async () => {
    using sandbox = newSandbox();
    const { path, members, rules, warnings } = await converted(sandbox, python, [openssl]);
    assert.equal(basename(path), "cpython-3.12.7-manylinux_2_28_x86_64.pybi");
    assert.deepEqual([rules, warnings], [[], []]);
    const names = [...members.keys()].filter((name) => !name.startsWith("pybi-info/"));
    assert.deepEqual(names.sort(), [
      "bin/pydoc3.12",
      "bin/python",
      "bin/python3",
      "bin/python3.12",
      "bin/python3.12-config",
      "include/python3.12/Python.h",
      "lib/libcrypto.so.3",
      "lib/libpython3.12.so.1.0",
      "lib/libssl.so.3",
      "lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py",
      "lib/python3.12/ensurepip/__init__.py",
      "lib/python3.12/lib-dynload/_ssl.so",
      "lib/python3.12/os.py",
    ]);
    for (const [name, bytes] of members) assert.ok(!bytes.includes("placehold"), name);
    const text = String(members.get("lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py"));
    assert.match(text, /'AR': 'ar'/);
    assert.match(text, /'CC': 'cc -pthread'/);
    assert.match(text, /'CFLAGS': '-O2'/);
    assert.match(text, /'LDFLAGS': ' ?-Wl,-O2'/);
    assert.match(text, /'abs_srcdir': '@prefix@'/);
    assert.match(text, /'prefix': '@prefix@'/);
    assert.equal(readElf(members.get("lib/libssl.so.3") ?? Buffer.alloc(0))?.runPath, "$ORIGIN");
    assert.match(String(members.get("lib/libcrypto.so.3")), /\0\/etc\/ssl\/certs\0/);
    assert.match(String(members.get("lib/libcrypto.so.3")), /\0\/etc\/ssl\/certs\/ca-bundle\.crt\0/);
    assert.match(String(members.get("bin/pydoc3.12")), /^#!\/bin\/sh\n/);
  });

  test("converts packages for macOS", async () => {
    using sandbox = newSandbox();
    const arm = { processor: processors.arm64, signature: 4096, oldest: [12, 1] } as const;
    const needed = [`${placeholder}/lib/libssl.3.dylib`, "@rpath/libz.1.dylib"];
    const { path, members, rules } = await converted(sandbox, {
      subdir: "osx-arm64",
      build: "h1_0_cp313t",
      version: "3.13.0",
      files: {
        "bin/python3.13t": makeMachO({ ...arm, isProgram: true, data: `\0${placeholder}\0` }),
        "bin/python3.13": { target: "python3.13t" },
        "lib/python3.13t/os.py": "# os",
        "lib/python3.13t/ensurepip/__init__.py": "",
        "lib/python3.13t/lib-dynload/_ssl.so": makeMachO({ ...arm, needed }),
      },
    });
    assert.equal(basename(path), "cpython_freethreaded-3.13.0-macosx_12_0_arm64.pybi");
    assert.deepEqual(rules, []);
    const own = readMachO(members.get("lib/python3.13t/lib-dynload/_ssl.so") ?? Buffer.alloc(0));
    assert.deepEqual(own?.[0]?.needed, ["@loader_path/../../libssl.3.dylib", "@rpath/libz.1.dylib"]);
    assert.ok(!members.get("bin/python3.13t")?.includes("placehold"));
  });

  test("converts packages for Windows", async () => {
    using sandbox = newSandbox();
    const windows = { subdir: "win-64", build: "h1_0_cpython" };
    const { path, members, rules } = await converted(
      sandbox,
      {
        ...windows,
        depends: ["openssl >=3", "vc >=14.2", "vc14_runtime >=14.29", "ucrt"],
        files: {
          "python.exe": "MZ",
          "pythonw.exe": "MZ",
          "python312.dll": "MZ",
          "DLLs/_ssl.pyd": "MZ",
          "Lib/os.py": "x",
          "Lib/ensurepip/__init__.py": "",
          "include/Python.h": "x",
          "libs/python312.lib": "x",
        },
      },
      [
        { ...windows, name: "openssl", version: "3", files: { "Library/bin/libssl-3-x64.dll": "MZ" } },
        { ...windows, name: "vc14_runtime", version: "14", files: { "vcruntime140.dll": "MZ" } },
      ],
    );
    assert.equal(basename(path), "cpython-3.12.7-win_amd64.pybi");
    assert.deepEqual(rules, []);
    assert.ok(members.has("DLLs/libssl-3-x64.dll") && members.has("Scripts/vcruntime140.dll"));
  });

  test("names the packages that are missing, including those that only other libraries need", async () => {
    using sandbox = newSandbox();
    const deeper = { ...openssl, depends: ["libzlib >=1.3"] };
    await assert.rejects(converted(sandbox, python), {
      code: "invalid-interpreter",
      message:
        /^`python-3\.12\.7-h1_0_cpython\.conda` needs libraries that are in the conda package `openssl`$/,
      hint: /--with openssl-….conda/,
    });
    await assert.rejects(converted(sandbox, python, [deeper]), { message: /`libzlib`/ });
    // A library needs this one, but no package depends on it.
    const lost = { ...openssl, files: { ...openssl.files, "lib/libfoo.so.1": elf(["libgone.so.7"]) } };
    const { warnings } = await converted(sandbox, python, [lost]);
    assert.match(warnings.join(), /`lib\/libfoo\.so\.1` won't load: no package has `libgone\.so\.7`/);
  });

  const refused: readonly (readonly [string, string, Recipe, readonly Recipe[]])[] = [
    ["a package other than Python", "invalid-interpreter", openssl, []],
    ["PyPy", "invalid-interpreter", { ...python, build: "0_73_pypy" }, []],
    [
      "a package for a platform that Posy does not support",
      "unknown-platform",
      { ...python, subdir: "linux-s390x" },
      [],
    ],
    ["packages for several platforms", "unknown-platform", python, [{ ...openssl, subdir: "osx-64" }]],
    [
      "a file with another hash than its package lists",
      "invalid-archive",
      { ...python, depends: [], sha256: "0".repeat(64) },
      [],
    ],
    ["a package without a Python", "invalid-interpreter", { depends: [], files: { "lib/x": "x" } }, []],
    [
      "a package with a file name that leaves the root",
      "invalid-archive",
      { depends: [], files: { "../evil": "x" } },
      [],
    ],
  ];
  for (const [name, code, own, companions] of refused) {
    test(`refuses ${name}`, async () => {
      using sandbox = newSandbox();
      await assert.rejects(converted(sandbox, own, companions), { code });
    });
  }

  test("accepts companions for every platform, which have the subdir `noarch`", async () => {
    using sandbox = newSandbox();
    const depends = [...(python.depends ?? []), "python-certificates"];
    const noarch = { name: "python-certificates", version: "1", subdir: "noarch", files: { "x.pem": "x" } };
    const { path, rules } = await converted(sandbox, { ...python, depends }, [noarch, openssl]);
    assert.equal(basename(path), "cpython-3.12.7-manylinux_2_28_x86_64.pybi");
    assert.deepEqual(rules, []);
  });

  test("names the package and the two platforms if a companion is for another one", async () => {
    using sandbox = newSandbox();
    await assert.rejects(converted(sandbox, python, [{ ...openssl, subdir: "osx-64" }]), {
      code: "unknown-platform",
      message:
        "`openssl-3.3.2-h2_0.conda` is for `osx-64`, `python-3.12.7-h1_0_cpython.conda` for `linux-64`",
    });
  });

  test("names a package whose file does not exist", async () => {
    using sandbox = newSandbox();
    const archive = makeConda(sandbox, python);
    const companions = [join(sandbox.root, "none-1-0.conda")];
    const missing = convertArchive(archive, sandbox.root, { companions });
    await assert.rejects(missing, { code: "not-found", message: /^opening `[^`]*none-1-0\.conda`/ });
  });

  test("refuses conda packages beside an archive that is not a conda package", async () => {
    using sandbox = newSandbox();
    const file = join(sandbox.root, "python.3.13.5.nupkg");
    writeFileSync(file, "x");
    await assert.rejects(convertArchive(file, sandbox.root, { companions: [file] }), { code: "usage" });
  });
});

test("replaces the placeholder in programs by text of the same length", () => {
  const places = [
    ["/share/terminfo", "/etc/terminfo:/usr"],
    ["/etc", ""],
  ] as const;
  const bytes = Buffer.from(
    `a\0${placeholder}/lib/x:${placeholder}/etc/y\0${placeholder}/share/terminfo\0${placeholder}`,
  );
  const before = Buffer.from(bytes);
  assert.equal(replaceStrings(bytes, placeholder, places), true);
  assert.equal(bytes.length, before.length);
  const short = bytes.toString().replace(/\/{2,}/g, "//");
  assert.equal(short, "a\0//nonexistent/lib/x://etc/y\0/etc/terminfo://usr/share/terminfo\0//nonexistent");
  for (const text of ["/lib/x", "/etc/y", "/share/terminfo"])
    assert.equal(bytes.indexOf(text), before.indexOf(text));
});

test("reads the files with placeholders of older packages from a list", () => {
  const text = `/opt/anaconda1anaconda2anaconda3 binary bin/python\n"/a b"x text y\n"${placeholder}" text "lib/x y"\nbin/z\n`;
  const paths = parseCondaPaths(undefined, text, "x");
  assert.deepEqual(paths.get("bin/python"), {
    placeholder: "/opt/anaconda1anaconda2anaconda3",
    binary: true,
  });
  assert.deepEqual(paths.get("lib/x y"), { placeholder, binary: false });
  assert.equal(paths.get("bin/z")?.placeholder, "/opt/anaconda1anaconda2anaconda3");
});
