import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { libcIn } from "../../../src/system/machine/libc.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "posy-libc-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), content, "latin1");
}

/** Writes a program whose first page names a loader, like the programs of linkers. */
const writeProgram = (path: string, loader: string) =>
  write(path, `\x7fELF\x02\x01\x01${"\0".repeat(561)}${loader}\0`);
const writeGlibc = (folder: string, version: string) =>
  write(
    `${folder}/libc.so.6`,
    `\x7fELF\0GNU C Library (Debian GLIBC ${version}-9) stable release version ${version}.\n\0`,
  );
const writeMusl = (arch: string, version: string) =>
  write(`lib/ld-musl-${arch}.so.1`, `\x7fELF\0musl libc (${arch})\nVersion %s\n\0${version}\0`);

const [glibcLoader, muslLoader] = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"];

describe("the C libraries of a Linux system", () => {
  test("are found from a program for musl on a system with glibc", () => {
    writeProgram("bin/sh", glibcLoader);
    writeGlibc("lib/x86_64-linux-gnu", "2.36");
    writeMusl("x86_64", "1.2.3");
    assert.deepEqual(libcIn(root, "x86_64", undefined), { glibc: [2, 36], musl: [1, 2], system: "glibc" });
  });

  test("are found from a program for glibc on a system with musl", () => {
    writeProgram("bin/sh", muslLoader);
    writeMusl("x86_64", "1.2.5");
    assert.deepEqual(libcIn(root, "x86_64", [2, 35]), { glibc: [2, 35], musl: [1, 2], system: "musl" });
  });

  test("are found on a system with musl only", () => {
    writeProgram("bin/sh", "/lib/ld-musl-aarch64.so.1");
    writeMusl("aarch64", "1.2.4_git20230717");
    assert.deepEqual(libcIn(root, "aarch64", undefined), { glibc: undefined, musl: [1, 2], system: "musl" });
  });

  test("are read from the next program if the shell is static, a script or missing", () => {
    write("bin/sh", "\x7fELF\x02\x01\x01");
    write("usr/bin/env", `#!/bin/sh\n# ${glibcLoader}\0`);
    writeProgram("bin/ls", muslLoader);
    writeMusl("x86_64", "1.1.24");
    assert.deepEqual(libcIn(root, "x86_64", undefined), { glibc: undefined, musl: [1, 1], system: "musl" });
  });

  test("are found next to the loader of the system's programs, as on NixOS", () => {
    const folder = "nix/store/abc-glibc-2.39/lib";
    writeProgram("bin/sh", `/${folder}/ld-linux-x86-64.so.2`);
    writeGlibc(folder, "2.39");
    assert.deepEqual(libcIn(root, "x86_64", undefined), {
      glibc: [2, 39],
      musl: undefined,
      system: "glibc",
    });
  });

  test("are not found in an empty folder", () => {
    assert.deepEqual(libcIn(root, "x86_64", undefined), {
      glibc: undefined,
      musl: undefined,
      system: undefined,
    });
  });

  test("are not glibc where a compatibility layer has its file name only", () => {
    writeProgram("bin/sh", muslLoader);
    write("lib64/libc.so.6", "\x7fELF\0gcompat\0");
    writeMusl("x86_64", "1.2.5");
    assert.equal(libcIn(root, "x86_64", undefined).glibc, undefined);
  });
});
