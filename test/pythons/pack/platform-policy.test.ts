import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useSystemCertificates } from "../../../src/pythons/pack/certificate-paths.ts";
import { glibcMinor, isSystemLibrary } from "../../../src/pythons/pack/platform-policy.ts";

describe("the lowest glibc on which files load (PEP 600)", () => {
  const table: readonly (readonly [string, string, number | undefined])[] = [
    ["libc.so.6", "GLIBC_2.2.5", 5],
    ["libc.so.6", "GLIBC_2.17", 17],
    ["libm.so.6", "GLIBC_2.35", 35],
    ["libc.so.6", "GLIBC_ABI_DT_RELR", 36],
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
    ["libssl-01234567.so.3", "OPENSSL_3.0.0", 5],
  ];
  for (const [library, version, minor] of table) {
    test(`${library} ${version} → ${minor}`, () => {
      assert.equal(glibcMinor([{ versions: new Map([[library, [version]]]) }]), minor);
    });
  }

  test("the highest of all files counts", () => {
    const file = (version: string) => ({ versions: new Map([["libc.so.6", [version]]]) });
    assert.equal(glibcMinor([file("GLIBC_2.9"), file("GLIBC_2.28"), file("GLIBC_2.4")]), 28);
    assert.equal(glibcMinor([]), 5);
  });

  test("libraries of the system, and those that come along", () => {
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

describe("OpenSSL looks for certificates where distributions have them", () => {
  const library = (folder: string) =>
    Buffer.from(
      `x\0OPENSSLDIR: "${folder}"\0${folder}/certs\0${folder}/cert.pem\0${folder}-not\0${folder}\0tail`,
    );

  test("in places that are no longer than the ones before", () => {
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

  test("or in the largest bundle's where there is room", () => {
    const bytes = library("/home/somebody/builds/openssl/ssl");
    useSystemCertificates(bytes);
    assert.match(bytes.toString("latin1"), /\0\/etc\/ssl\/certs\/ca-bundle\.crt\0/);
  });

  for (const folder of ["/etc/ssl", "relative/ssl"]) {
    test(`${folder} stays`, () => {
      const bytes = library(folder);
      const before = Buffer.from(bytes);
      assert.equal(useSystemCertificates(bytes), false);
      assert.deepEqual(bytes, before);
    });
  }
});
