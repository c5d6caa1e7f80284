import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkPybi } from "../../../../src/pythons/pybi/check/check-pybi.ts";
import { convertArchive } from "../../../../src/pythons/pybi/convert/convert-archive.ts";
import { OldestSystems } from "../../../../src/pythons/pybi/convert/macos/oldest-systems.ts";
import { readMachO } from "../../../../src/system/binaries/macho/read-macho.ts";
import { openZipFile } from "../../../../src/system/archives/zip/open-zip-file.ts";
import { type NewCpioMember, writeCpio } from "../../../support/cpio-writer.ts";
import { writeXar } from "../../../support/xar-writer.ts";
import { makeFat, makeMachO, type MadeMachO, processors } from "../../../system/binaries/macho/make-macho.ts";
import { newSandbox } from "../../sandbox.ts";

const home = "/Library/Frameworks/Python.framework/Versions/3.13";
const universal = (made: MadeMachO) =>
  makeFat([
    { ...made, oldest: [10, 13], signature: 4096 },
    { ...made, processor: processors.arm64, oldest: [11, 0], signature: 4096 },
  ]);
const openssl = `\0OPENSSLDIR: "${home}/etc/openssl"\0${home}/etc/openssl/cert.pem\0${home}/etc/openssl/certs\0`;
const sysconfig = `build_time_vars = {'CC': 'clang', 'LIBDIR': '${home}/lib',
 'PYTHONFRAMEWORKPREFIX': '/Library/Frameworks',
 'prefix': '${home}'}
`;

/** The members of the payload of `Python_Framework.pkg`, in the layout of `pkgbuild`. */
const payload: readonly NewCpioMember[] = [
  { path: ".", mode: 0o040755 },
  { path: "./Versions", mode: 0o040755 },
  { path: "./Headers", target: "Versions/Current/Headers" },
  { path: "./Python", target: "Versions/Current/Python" },
  { path: "./Versions/Current", target: "3.13" },
  { path: "./Versions/3.13/Python", data: universal({ id: `${home}/Python` }), mode: 0o100755 },
  { path: "./Versions/3.13/Headers", target: "include/python3.13" },
  { path: "./Versions/3.13/include", mode: 0o040755 },
  { path: "./Versions/3.13/include/python3.13", mode: 0o040755 },
  { path: "./Versions/3.13/include/python3.13/Python.h", data: "/* */" },
  {
    path: "./Versions/3.13/bin/python3.13",
    data: universal({ isProgram: true, needed: [`${home}/Python`] }),
    mode: 0o100775,
  },
  { path: "./Versions/3.13/bin/python3", target: "python3.13" },
  { path: "./Versions/3.13/bin/pydoc3.13", data: `#!${home}/bin/python3.13\nimport pydoc\n`, mode: 0o100775 },
  { path: "./Versions/3.13/bin/idle3.13", data: "x", mode: 0o100775 },
  {
    path: "./Versions/3.13/Resources/Python.app/Contents/MacOS/Python",
    data: universal({ isProgram: true, needed: [`${home}/Python`] }),
    mode: 0o100775,
  },
  { path: "./Versions/3.13/Resources/Python.app/Contents/Info.plist", data: "<plist/>" },
  { path: "./Versions/3.13/Resources/Python.app/Contents/_CodeSignature/CodeResources", data: "x" },
  { path: "./Versions/3.13/Resources/English.lproj/Documentation/index.html", data: "x" },
  { path: "./Versions/3.13/lib/libpython3.13.dylib", target: "../Python" },
  { path: "./Versions/3.13/lib/libssl.3.dylib", data: universal({ id: `${home}/lib/libssl.3.dylib` }) },
  { path: "./Versions/3.13/lib/libcrypto.3.dylib", data: universal({ data: openssl }) },
  { path: "./Versions/3.13/lib/evil", target: "../../../../../etc" },
  { path: "./Versions/3.13/lib/python3.13/os.py", data: "# os" },
  { path: "./Versions/3.13/lib/python3.13/ensurepip/__init__.py", data: "" },
  { path: "./Versions/3.13/lib/python3.13/test/test_os.py", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/site-packages/pip/__init__.py", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/idlelib/idle.py", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/turtledemo/tree.py", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/EXTERNALLY-MANAGED", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/config-3.13-darwin/Makefile", data: "prefix=x\n" },
  { path: "./Versions/3.13/lib/python3.13/config-3.13-darwin/python.o", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/__pycache__/os.cpython-313.pyc", data: "x" },
  { path: "./Versions/3.13/lib/python3.12/os.py", data: "x" },
  { path: "./Versions/3.13/lib/tcl8.6/init.tcl", data: "x" },
  { path: "./Versions/3.13/lib/tdbc1.1/tdbc.tcl", data: "x" },
  { path: "./Versions/3.13/lib/tclConfig.sh", data: "x" },
  { path: "./Versions/3.13/lib/pkgconfig/python-3.13.pc", data: "prefix=x\n" },
  { path: "./Versions/3.13/lib/pkgconfig/tcl.pc", data: "x" },
  { path: "./Versions/3.13/share/doc/x", data: "x" },
  { path: "./Versions/3.13/bin/python3.12", data: "x", mode: 0o100775 },
  { path: "./Versions/3.13/bin/python3-intel64", data: "x", mode: 0o100775 },
  { path: "./Versions/3.13/Resources/Info.plist", data: "<plist/>" },
  { path: "./Versions/3.13/Frameworks/Tcl.framework/Tcl", data: "x", mode: 0o100755 },
  { path: "./Versions/3.12/lib/python3.12/os.py", data: "x" },
  { path: "./Versions/3.13/lib/python3.13/_sysconfigdata__darwin_darwin.py", data: sysconfig },
  {
    path: "./Versions/3.13/lib/python3.13/lib-dynload/_ssl.cpython-313-darwin.so",
    data: universal({ needed: [`${home}/lib/libssl.3.dylib`, "/usr/lib/libSystem.B.dylib"] }),
    mode: 0o100755,
  },
];

async function converted(filename: string, bytes: Uint8Array) {
  using sandbox = newSandbox();
  const archive = join(sandbox.root, filename);
  writeFileSync(archive, bytes);
  const done = await convertArchive(archive, join(sandbox.root, "out"));
  const zip = openZipFile(done.path);
  const members = new Map(zip.entries.map((entry) => [entry.path, Buffer.from(zip.readSync(entry))]));
  const modes = new Map(zip.entries.map(({ path, mode = 0 }) => [path, (mode & 0o777).toString(8)]));
  zip.close();
  const { findings } = await checkPybi(done.path);
  return { ...done, members, modes, rules: findings.map(({ rule }) => rule) };
}

const installer = (members: readonly NewCpioMember[], compress: (cpio: Uint8Array) => Buffer = gzipSync) =>
  writeXar({
    Distribution: Buffer.from("<installer-script/>"),
    "Python_Framework.pkg/PackageInfo": Buffer.from("<pkg-info/>"),
    "Python_Framework.pkg/Payload": compress(writeCpio(members)),
  });

/** Writes bytes as `pbzx` of chunks that are not compressed. */
function pbzxOf(bytes: Uint8Array): Buffer {
  const chunkSize = 2 ** 16;
  const start = Buffer.concat([Buffer.from("pbzx"), Buffer.alloc(8)]);
  start.writeBigUInt64BE(BigInt(chunkSize), 4);
  const parts: Uint8Array[] = [start];
  for (let from = 0; from < bytes.length; from += chunkSize) {
    const chunk = bytes.subarray(from, from + chunkSize);
    const head = Buffer.alloc(16);
    head.writeBigUInt64BE(BigInt(chunk.length));
    head.writeBigUInt64BE(BigInt(chunk.length), 8);
    parts.push(head, chunk);
  }
  return Buffer.concat(parts);
}

const root = "Python.framework/Versions/3.13";

describe("convertArchive with python.org's installer for macOS", {
  skip: process.platform === "win32",
}, () => {
  test("keeps the framework layout, for Intel and ARM Macs", async () => {
    const { path, members, rules } = await converted("python-3.13.5-macos11.pkg", installer(payload));
    assert.equal(basename(path), "cpython-3.13.5-macosx_10_13_universal2.pybi");
    assert.deepEqual(rules, []);
    const names = [...members.keys()].filter((name) => !name.startsWith("pybi-info/"));
    assert.deepEqual(
      names.sort(),
      [
        "Python.framework/Headers",
        "Python.framework/Python",
        "Python.framework/Resources",
        `${root}/Frameworks/Tcl.framework/Tcl`,
        `${root}/Headers`,
        `${root}/Python`,
        `${root}/Resources/Info.plist`,
        `${root}/Resources/Python.app/Contents/Info.plist`,
        `${root}/Resources/Python.app/Contents/MacOS/Python`,
        `${root}/bin/pydoc3.13`,
        `${root}/bin/python`,
        `${root}/bin/python3`,
        `${root}/bin/python3.13`,
        `${root}/include/python3.13/Python.h`,
        `${root}/lib/libcrypto.3.dylib`,
        `${root}/lib/libpython3.13.dylib`,
        `${root}/lib/libssl.3.dylib`,
        `${root}/lib/pkgconfig/python-3.13.pc`,
        `${root}/lib/python3.13/config-3.13-darwin/Makefile`,
        `${root}/lib/tcl8.6/init.tcl`,
        `${root}/lib/tdbc1.1/tdbc.tcl`,
        `${root}/lib/python3.13/_sysconfigdata__darwin_darwin.py`,
        `${root}/lib/python3.13/ensurepip/__init__.py`,
        `${root}/lib/python3.13/lib-dynload/_ssl.cpython-313-darwin.so`,
        `${root}/lib/python3.13/os.py`,
        "Python.framework/Versions/Current",
      ].sort(),
    );
    const metadata = String(members.get("pybi-info/METADATA"));
    assert.match(metadata, /"scripts": ?"Python\.framework\/Versions\/3\.13\/bin"/);
    // The processor depends on the machine that runs it.
    assert.doesNotMatch(metadata, /platform_machine/);
  });

  test("gives the same pybi for a payload in `pbzx` as for one in gzip", async () => {
    const name = "python-3.13.5-macos11.pkg";
    const [fromGzip, fromPbzx] = [
      await converted(name, installer(payload)),
      await converted(name, installer(payload, pbzxOf)),
    ];
    assert.deepEqual(fromPbzx.members, fromGzip.members);
    const cutOff = installer(payload, (cpio) => pbzxOf(cpio).subarray(0, -1));
    await assert.rejects(converted(name, cutOff), {
      code: "invalid-archive",
      message: new RegExp(`^the payload of \`${name}\` is damaged: `),
    });
  });

  test("makes files executable that anybody may execute, and no others", async () => {
    const modes = { a: 0o644, b: 0o700, c: 0o610, d: 0o601, e: 0o666 };
    const more = Object.entries(modes).map(([name, mode]) => ({
      path: `./Versions/3.13/lib/python3.13/${name}.py`,
      data: "x",
      mode: 0o100000 | mode,
    }));
    const pybi = await converted("python-3.13.5-macos11.pkg", installer([...payload, ...more]));
    const of = (name: string) => pybi.modes.get(`${root}/lib/python3.13/${name}.py`);
    assert.deepEqual(["a", "b", "c", "d", "e"].map(of), ["644", "755", "755", "755", "644"]);
  });

  test("is for the newest system that any of its programs needs", () => {
    const tagOf = (...oldest: readonly (readonly [number, number])[]) => {
      const systems = new OldestSystems();
      for (const system of oldest) systems.see(makeMachO({ processor: processors.arm64, oldest: system }));
      return systems.tag({ platformTags: ["macosx_11_0_arm64"] });
    };
    assert.equal(tagOf(), "macosx_11_0_arm64");
    assert.equal(tagOf([12, 0]), "macosx_12_0_arm64");
    assert.equal(tagOf([12, 0], [13, 0], [11, 5]), "macosx_13_0_arm64");
    assert.equal(tagOf([13, 0], [12, 9]), "macosx_13_0_arm64");
    // From macOS 11 on, only the major version counts.
    assert.equal(tagOf([12, 3]), "macosx_12_0_arm64");
    assert.equal(tagOf([10, 9], [10, 15], [10, 13]), "macosx_10_15_arm64");
    assert.equal(tagOf([0, 0]), "macosx_0_0_arm64");
  });

  test("lets programs and libraries find each other and the system's certificates", async () => {
    const { members } = await converted("python-3.13.5-macos11.pkg", installer(payload));
    const needed = (path: string) =>
      readMachO(members.get(`${root}/${path}`) ?? Buffer.alloc(0))?.[1]?.needed[0];
    assert.equal(needed("bin/python3.13"), "@loader_path/../Python");
    assert.equal(needed("Resources/Python.app/Contents/MacOS/Python"), "@loader_path/../../../../Python");
    assert.equal(
      needed("lib/python3.13/lib-dynload/_ssl.cpython-313-darwin.so"),
      "@loader_path/../../libssl.3.dylib",
    );
    assert.equal(
      readMachO(members.get(`${root}/Python`) ?? Buffer.alloc(0))?.[0]?.id,
      `@rpath/${root}/Python`,
    );
    assert.match(
      String(members.get(`${root}/lib/libcrypto.3.dylib`)),
      /\0\/etc\/ssl\/cert\.pem\0+\/etc\/ssl\/certs\0/,
    );
  });

  test("replaces the installer's paths in text files by paths relative to the tree", async () => {
    const { members } = await converted("python-3.13.5-macos11.pkg", installer(payload));
    const text = String(members.get(`${root}/lib/python3.13/_sysconfigdata__darwin_darwin.py`));
    assert.match(text, /'LIBDIR': '@prefix@\/lib'/);
    assert.match(text, /'PYTHONFRAMEWORKPREFIX': '@prefix@\/\.\.\/\.\.\/\.\.'/);
    assert.match(String(members.get(`${root}/bin/pydoc3.13`)), /^#!\/bin\/sh\n/);
    for (const [path, bytes] of members) assert.ok(!bytes.includes("/Library/Frameworks"), path);
  });

  test("tags the pybi for Intel Macs if the installer is only for them", async () => {
    const older = payload.map((each) => ({
      ...each,
      path: each.path.replaceAll("3.13", "3.9"),
      ...(each.target === undefined ? {} : { target: each.target.replaceAll("3.13", "3.9") }),
    }));
    const { path } = await converted("python-3.9.13-macosx10.9.pkg", installer(older));
    assert.equal(basename(path), "cpython-3.9.13-macosx_10_13_x86_64.pybi");
  });

  test("leaves no temporary files, even if it fails", async () => {
    using temporary = newSandbox();
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = temporary.root;
    try {
      await converted("python-3.13.5-macos11.pkg", installer(payload));
      await assert.rejects(converted("python-3.13.5-macos11.pkg", installer([])));
      const left = readdirSync(temporary.root).filter((name) => /^posy-(convert|payload)-/.test(name));
      assert.deepEqual(left, []);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });

  test("refuses an installer that is damaged or incomplete, or has a file outside of its root", async () => {
    await assert.rejects(converted("python-3.13.5-macos11.pkg", writeXar({ x: Buffer.from("x") })), {
      code: "invalid-interpreter",
    });
    await assert.rejects(converted("python-3.13.5-macos11.pkg", installer([])), {
      code: "invalid-interpreter",
    });
    const damaged = writeXar({ x: Buffer.alloc(0), "Python_Framework.pkg/Payload": Buffer.from("x") });
    await assert.rejects(converted("python-3.13.5-macos11.pkg", damaged), { code: "invalid-archive" });
    const leaving = installer([...payload, { path: "./Versions/3.13/lib/../../../../evil", data: "x" }]);
    await assert.rejects(converted("python-3.13.5-macos11.pkg", leaving), { code: "invalid-archive" });
  });
});
