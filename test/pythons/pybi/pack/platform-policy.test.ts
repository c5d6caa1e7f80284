import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useSystemCertificates } from "../../../../src/pythons/pybi/pack/certificate-paths.ts";
import { glibcLevel, isSystemLibrary } from "../../../../src/pythons/pybi/pack/platform-policy.ts";
import { platformTagOf, type Programs } from "../../../../src/pythons/pybi/pack/platform-tag-of.ts";
import { readElf } from "../../../../src/system/binaries/elf/read-elf.ts";
import { detectLibc } from "../../../../src/system/machine/libc.ts";
import { makeElf, type MadeElf } from "../../../system/binaries/elf/make-elf.ts";

describe("the lowest glibc on which files load (PEP 600)", () => {
  const table: readonly (readonly [string, string, number | undefined])[] = [
    ["libc.so.6", "GLIBC_2.2.5", 5],
    ["libc.so.6", "GLIBC_2.17", 17],
    ["libm.so.6", "GLIBC_2.35", 35],
    ["libc.so.6", "GLIBC_ABI_DT_RELR", 36],
    ["libc.so.6", "GLIBC_ABI_GNU2_TLS", 42],
    ["libc.so.6", "GLIBC_PRIVATE", undefined],
    ["libstdc++.so.6", "GLIBCXX_3.4.19", 17],
    ["libstdc++.so.6", "GLIBCXX_3.4.20", 24],
    ["libstdc++.so.6", "GLIBCXX_3.4.33", 39],
    ["libstdc++.so.6", "GLIBCXX_3.5", undefined],
    ["libstdc++.so.6", "CXXABI_1.3.13", 34],
    ["libstdc++.so.6", "CXXABI_FLOAT128", 24],
    ["libgcc_s.so.1", "GCC_3.0", 5],
    ["libgcc_s.so.1", "GCC_12.0.0", 35],
    ["libfoo.so.1", "FOO_99", 5],
    ["libc.so.6", "OTHER_1", 5],
    ["libc.so.6", "GLIBC_OTHER", undefined],
    ["libstdc++-01234567.so.6", "GLIBCXX_3.4.33", 5],
    ["libstdc++.so.6", "CXXABI_1.3.1", 5],
    ["libstdc++.so.6", "CXXABI_1.3.3", 12],
    ["libstdc++.so.6", "CXXABI_1.3.7", 17],
    ["libstdc++.so.6", "CXXABI_1.3.10", 24],
    ["libstdc++.so.6", "CXXABI_1.3.11", 27],
    ["libstdc++.so.6", "CXXABI_1.3.12", 31],
    ["libstdc++.so.6", "GLIBCXX_3.4.30", 35],
    ["libstdc++.so.6", "CXXABI_1.3.15", 39],
    ["libatomic.so.1", "LIBATOMIC_1.0", 17],
    ["libgcc_s.so.1", "GCC_14.0.0", 39],
    ["libssl-01234567.so.3", "OPENSSL_3.0.0", 5],
  ];
  for (const [library, version, minor] of table) {
    test(`is 2.${minor ?? "none"} for ${version} of ${library}`, () => {
      const level = glibcLevel([["x.so", { versions: new Map([[library, [version]]]) }]]);
      assert.equal(level.minor, minor);
      assert.deepEqual(level.reason, minor === 5 ? undefined : { path: "x.so", library, version });
    });
  }

  test("is the highest version that any file needs", () => {
    const file = (version: string) => ({ versions: new Map([["libc.so.6", [version]]]) });
    const files = Object.entries({ a: "GLIBC_2.9", b: "GLIBC_2.28", c: "GLIBC_2.4", d: "GLIBC_2.28" });
    const level = glibcLevel(files.map(([path, version]) => [path, file(version)]));
    assert.deepEqual([level.minor, level.reason?.path], [28, "b"]);
    assert.deepEqual(glibcLevel([]), { minor: 5 });
  });

  test("treats libc and the loader as system libraries, and others as copied", () => {
    for (const name of [
      "libc.so.6",
      "ld-linux-x86-64.so.2",
      "ld-linux-aarch64.so.1",
      "libc.musl-x86_64.so.1",
    ]) {
      assert.equal(isSystemLibrary(name), true, name);
    }
    for (const name of ["libssl.so.3", "libz.so.1", "libcrypt.so.1", "libncursesw.so.6", "libcrypto.so"]) {
      assert.equal(isSystemLibrary(name), false, name);
    }
  });
});

describe("the reason for a platform tag", () => {
  const markers = { platform_machine: "x86_64" };
  const programs = (files: Readonly<Record<string, MadeElf>>): Programs => {
    const contents = new Map(Object.entries(files).map(([path, made]) => [path, makeElf(made)]));
    const elves = new Map(
      [...contents].flatMap(([path, bytes]) => [[path, readElf(bytes) ?? assert.fail()] as const]),
    );
    return { contents, elves };
  };
  const libc = (...names: string[]) => ({ needed: ["libc.so.6"], versions: { "libc.so.6": names } });

  test("names the file and the symbols", () => {
    const made = programs({
      "bin/python3.13": libc("GLIBC_2.4"),
      "lib/pyexpat.so": {
        ...libc("GLIBC_2.4", "GLIBC_2.36"),
        symbols: ["read@GLIBC_2.4", "arc4random_buf@GLIBC_2.36"],
      },
    });
    assert.deepEqual(platformTagOf(made, { markers }, undefined), {
      tag: "manylinux_2_36_x86_64",
      reason: {
        path: "lib/pyexpat.so",
        library: "libc.so.6",
        version: "GLIBC_2.36",
        symbols: ["arc4random_buf"],
      },
    });
  });

  test("names no symbols that have the same version in another library of glibc", () => {
    const versions = { "libm.so.6": ["GLIBC_2.38"], "libc.so.6": ["GLIBC_2.38"] };
    const symbols = ["fmod@GLIBC_2.38@libm.so.6", "strlcpy@GLIBC_2.38@libc.so.6"];
    const made = programs({ "lib/math.so": { needed: ["libm.so.6", "libc.so.6"], versions, symbols } });
    const { reason } = platformTagOf(made, { markers }, undefined);
    assert.deepEqual([reason?.library, reason?.symbols], ["libm.so.6", ["fmod"]]);
  });

  test("may be a symbol of glibc 2.18 without a version", () => {
    const made = programs({
      a: { ...libc("GLIBC_2.4"), symbols: ["__cxa_thread_atexit_impl", "read@GLIBC_2.4"] },
    });
    const { tag, reason } = platformTagOf(made, { markers }, undefined);
    assert.equal(tag, "manylinux_2_18_x86_64");
    assert.deepEqual(reason?.symbols, ["__cxa_thread_atexit_impl"]);
    const newer = programs({ a: { ...libc("GLIBC_2.30"), symbols: ["__cxa_thread_atexit_impl"] } });
    assert.equal(platformTagOf(newer, { markers }, undefined).tag, "manylinux_2_30_x86_64");
  });

  test("is the symbol with a version if both need glibc 2.18", () => {
    const made = programs({ a: { ...libc("GLIBC_2.18"), symbols: ["__issignaling", "read@GLIBC_2.18"] } });
    const { tag, reason } = platformTagOf(made, { markers }, undefined);
    assert.deepEqual([tag, reason?.symbols], ["manylinux_2_18_x86_64", ["read"]]);
  });

  test("is no symbol that has a version, or that every glibc has", () => {
    const made = programs({ a: { ...libc("GLIBC_2.4"), symbols: ["__issignaling@GLIBC_2.4", "read"] } });
    assert.deepEqual(platformTagOf(made, { markers }, undefined), {
      tag: "manylinux_2_5_x86_64",
      reason: undefined,
    });
    const last = programs({
      a: { ...libc("GLIBC_2.4"), symbols: ["read@GLIBC_2.4", "write", "__issignaling"] },
    });
    assert.equal(platformTagOf(last, { markers }, undefined).tag, "manylinux_2_18_x86_64");
  });

  test("may have no known symbol", () => {
    assert.throws(
      () => platformTagOf(programs({ "lib/x.so": libc("GLIBC_PRIVATE") }), { markers }, undefined),
      {
        message: "`lib/x.so` works with one version of glibc only: it needs `GLIBC_PRIVATE`",
      },
    );
  });

  test("is an error for symbols that only fit one version of glibc", () => {
    const made = programs({ "lib/x.so": { ...libc("GLIBC_PRIVATE"), symbols: ["_dl_sym@GLIBC_PRIVATE"] } });
    assert.throws(() => platformTagOf(made, { markers }, undefined), {
      code: "unknown-platform",
      message: "`lib/x.so` works with one version of glibc only: it needs `_dl_sym` of `GLIBC_PRIVATE`",
    });
  });

  test("does not exist for musl, which has no symbol versions", () => {
    const made = programs({
      python: { interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libc.musl-x86_64.so.1"] },
    });
    const { tag, reason } = platformTagOf(made, { markers }, undefined);
    const [major, minor] = detectLibc("x86_64").musl ?? [1, 2];
    assert.equal(tag, `musllinux_${major}_${minor}_x86_64`);
    assert.equal(reason, undefined);
    assert.equal(isSystemLibrary("libc.musl-x86_64.so.1", "musl"), true);
    assert.equal(isSystemLibrary("libgcc_s.so.1", "musl"), false);
    assert.equal(isSystemLibrary("libgcc_s.so.1", "glibc"), true);
  });
});

describe("the certificate paths of OpenSSL", () => {
  const library = (folder: string) =>
    Buffer.from(
      `x\0OPENSSLDIR: "${folder}"\0${folder}/certs\0${folder}/cert.pem\0${folder}-not\0${folder}\0tail`,
    );

  test("are replaced by paths of distributions that are not longer", () => {
    const bytes = library("/usr/lib/ssl");
    const { length } = bytes;
    assert.equal(useSystemCertificates(bytes), true);
    assert.equal(bytes.length, length);
    assert.deepEqual(bytes.toString("latin1").split("\0").filter(Boolean), [
      "x",
      'OPENSSLDIR: "/etc/ssl"    ',
      "/etc/ssl/certs",
      "/etc/pki/tls/cert.pem",
      "/usr/lib/ssl-not",
      "/etc/ssl",
      "tail",
    ]);
  });

  test("are replaced where a string begins, and only up to its end", () => {
    const strings = [
      'OPENSSLDIR: "/opt/ssl/x"',
      "lib=/opt/ssl/x/certs",
      '/opt/ssl/x/a"b',
      "/opt/ssl/x/certs",
      '"/opt/ssl/x" and more',
      '"/opt/ssl/x',
    ];
    const bytes = Buffer.from(`/opt/ssl/x/at-the-beginning\0${strings.join("\0")}`);
    assert.equal(useSystemCertificates(bytes), true);
    assert.deepEqual(bytes.toString("latin1").split("\0").filter(Boolean), [
      "/etc/ssl/at-the-beginning",
      'OPENSSLDIR: "/etc/ssl"  ',
      "lib=/opt/ssl/x/certs",
      '/etc/ssl/a"b',
      "/etc/ssl/certs",
      '"/etc/ssl"   and more',
      '"/etc/ssl" ',
    ]);
  });

  test("are changed although the folder of engines has no room for another", () => {
    const bytes = Buffer.from(
      'OPENSSLDIR: "/opt/ssl/x"\0ENGINESDIR: "/e"\0/e\0MODULESDIR: "/opt/openssl/modules"\0',
    );
    assert.equal(useSystemCertificates(bytes), true);
    assert.deepEqual(bytes.toString("latin1").split("\0").filter(Boolean), [
      'OPENSSLDIR: "/etc/ssl"  ',
      'ENGINESDIR: "/e"',
      "/e",
      `MODULESDIR: "/etc/ssl/none"${" ".repeat("/opt/openssl/modules".length - "/etc/ssl/none".length)}`,
    ]);
  });

  test("are changed although the last of the folders has no room for another", () => {
    const bytes = Buffer.from('OPENSSLDIR: "/opt/ssl/x"\0MODULESDIR: "/m"\0');
    assert.equal(useSystemCertificates(bytes), true);
  });

  test("are left unchanged in a file that is not OpenSSL's", () => {
    const bytes = Buffer.from('twelve bytes/usr/lib/other" \0/usr/lib/other/certs\0');
    assert.equal(useSystemCertificates(bytes), false);
    assert.match(bytes.toString("latin1"), /\0\/usr\/lib\/other\/certs\0$/);
  });

  test("are replaced by the most common bundle if there is room", () => {
    const bytes = library("/home/somebody/builds/openssl/ssl");
    useSystemCertificates(bytes);
    assert.match(bytes.toString("latin1"), /\0\/etc\/ssl\/certs\/ca-bundle\.crt\0/);
  });

  for (const folder of ["/etc/ssl", "relative/ssl"]) {
    test(`are left unchanged if the folder is ${folder}`, () => {
      const bytes = library(folder);
      const before = Buffer.from(bytes);
      assert.equal(useSystemCertificates(bytes), false);
      assert.deepEqual(bytes, before);
    });
  }
});
