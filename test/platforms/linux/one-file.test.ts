import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { writeExecutable } from "../../../src/application/executable/index.ts";
import { demoOptions, makeTree, moreFile, someBytes } from "../../application/executable/make-tree.ts";
import { arm64Root, registerQemu, withoutQemu } from "../support/qemu.ts";
import { runOrThrow, runTool, withoutTools } from "../support/tools.ts";

const large = moreFile("lib/large.bin", someBytes(9_000_000, 3));

describe("a one-file application", { skip: withoutTools("disks", ["mount", "umount", "setpriv"]) }, () => {
  let root: string;
  let app: string;
  before(async () => {
    root = mkdtempSync("/tmp/posy-one-file-");
    chmodSync(root, 0o755);
    app = join(root, "demo");
    await writeExecutable(app, makeTree("linux-x86_64", [large]), demoOptions);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const run = (env: Record<string, string>, command: readonly string[] = [app, "status", "4"]) =>
    runTool(command, { env: { PATH: "/usr/bin:/bin", ...env } });

  test("says that the disk of the cache is full, and leaves nothing", () => {
    const cache = join(root, "full");
    mkdirSync(cache);
    runOrThrow(["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", cache]);
    try {
      const { status, stderr } = run({ XDG_CACHE_HOME: cache });
      assert.equal(status, 73);
      assert.match(
        stderr,
        /^error: `demo` can't be unpacked to `.*`: no space is left on the disk\nhint: make room on this disk, or set POSY_APP_CACHE to a folder on another one\n$/,
      );
      assert.deepEqual(readdirSync(join(cache, "posy-apps", "demo")), ["lock"]);
    } finally {
      runOrThrow(["umount", cache]);
    }
  });

  test("starts from a read-only cache in which it is, and else from a temporary folder", () => {
    const cache = join(root, "read-only");
    const temporary = join(root, "temporary");
    for (const folder of [cache, temporary]) mkdirSync(folder);
    runOrThrow(["mount", "-t", "tmpfs", "-o", "size=40m,mode=755", "tmpfs", cache]);
    try {
      runOrThrow(["mount", "-o", "remount,ro", cache]);
      assert.equal(run({ XDG_CACHE_HOME: cache, TMPDIR: temporary }).status, 4);
      assert.deepEqual(readdirSync(temporary), ["posy-apps-0"]);
      rmSync(join(temporary, "posy-apps-0"), { recursive: true });
      runOrThrow(["mount", "-o", "remount,rw", cache]);
      assert.equal(run({ XDG_CACHE_HOME: cache, TMPDIR: temporary }).status, 4);
      runOrThrow(["mount", "-o", "remount,ro", cache]);
      assert.equal(run({ XDG_CACHE_HOME: cache, TMPDIR: temporary }).status, 4);
      assert.deepEqual(readdirSync(temporary), []);
    } finally {
      runOrThrow(["umount", cache]);
    }
  });

  test("of another user is not used by root, and the other way round it is not written", () => {
    const home = join(root, "home");
    mkdirSync(home);
    runOrThrow(["chown", "4242:4242", home]);
    const temporary = join(root, "for-root");
    mkdirSync(temporary);
    const other = ["setpriv", "--reuid", "4242", "--regid", "4242", "--clear-groups", app, "status", "4"];
    assert.equal(run({ HOME: home }, other).status, 4);
    assert.equal(run({ HOME: home, TMPDIR: temporary }).status, 4);
    assert.deepEqual(readdirSync(temporary), ["posy-apps-0"]);
  });

  test("starts in a root folder that has no /proc and no C library", () => {
    const jail = join(root, "jail");
    for (const folder of ["bin", "tmp"]) mkdirSync(join(jail, folder), { recursive: true });
    cpSync(app, join(jail, "demo"));
    const { status, stderr } = run({}, ["chroot", jail, "/demo", "x"]);
    // The interpreter of this application is a script, whose /bin/sh is not there.
    assert.equal(status, 73);
    assert.match(
      stderr,
      /^error: can't start `\/tmp\/posy-apps-0\/demo\/\w+\/bin\/python`: No such file or directory\nhint: this application is for linux-x86_64;/,
    );
    assert.equal(readdirSync(join(jail, "tmp", "posy-apps-0", "demo")).length, 2);
  });
});

describe("a one-file application for Linux arm64, under QEMU", { skip: withoutQemu }, () => {
  test("is unpacked and started", async () => {
    registerQemu();
    const root = arm64Root();
    const app = join(root, "opt", "demo-one-file");
    // In this root folder are a shell and few other programs.
    await writeExecutable(app, makeTree("linux-aarch64", [large]), demoOptions);
    try {
      const command = ["chroot", root, "/opt/demo-one-file", "status", "4"];
      for (const _ of [1, 2]) {
        const { status, stdout, stderr } = runTool(command, { env: { PATH: "/bin", TMPDIR: "/tmp" } });
        assert.equal(status, 4, stderr);
        assert.match(stdout, /^\[\/tmp\/posy-apps-0\/demo\/\w+\/bin\/demo\]\[status\]\[4\]$/);
      }
    } finally {
      rmSync(app);
      rmSync(join(root, "tmp", "posy-apps-0"), { recursive: true, force: true });
    }
  });
});
