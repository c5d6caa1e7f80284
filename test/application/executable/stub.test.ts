import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { tmpdir } from "node:os";
import { writeExecutable } from "../../../src/application/executable/index.ts";
import stubs from "../../../src/application/executable/stubs.json" with { type: "json" };
import { demoOptions, makeTree, moreFile, someBytes } from "./make-tree.ts";

const sources = join("src", "application", "executable", "stub");
const large = someBytes(9_000_000, 3);
const isLinux = process.platform === "linux";

test("the compiled stubs are made from the present source (`npm run build:stubs`)", () => {
  const hash = createHash("sha256");
  for (const name of readdirSync(sources).toSorted()) hash.update(readFileSync(join(sources, name)));
  hash.update(readFileSync(join("src", "forest", "launchers", "run-program.h")));
  assert.equal(stubs.source, hash.digest("hex"));
});

test("the compiled stubs are what the source compiles to", {
  skip: process.env["POSY_ZIG"] === undefined && "skipped: POSY_ZIG names no folder with `ziglang`",
}, () => {
  const bun = join("node_modules", "bun", "bin", "bun.exe");
  const { status, stderr } = spawnSync(bun, [join("scripts", "build-stubs.ts"), "--check"], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stderr], [0, ""]);
});

describe("a one-file application on Linux", { skip: !isLinux }, () => {
  const root = mkdtempSync(join(tmpdir(), "posy-app-"));
  const cache = join(root, "cache");
  const app = join(root, "demo");
  const next = join(root, "demo-2");
  const more = [
    moreFile("lib/large.bin", large),
    moreFile("lib/random.bin", new Uint8Array(createHash("sha512").update("x").digest())),
  ];
  before(async () => {
    await writeExecutable(app, makeTree(undefined, more), demoOptions);
    await writeExecutable(next, makeTree(), { ...demoOptions, description: "demo 2.0\n" });
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function run(
    args: readonly string[],
    env: NodeJS.ProcessEnv = { XDG_CACHE_HOME: cache },
    input = "",
    program = app,
  ) {
    return spawnSync(program, args, {
      encoding: "utf8",
      input,
      env: { PATH: process.env["PATH"], ...env },
    });
  }
  const versions = (folder = join(cache, "posy-apps", "demo")) =>
    existsSync(folder) ? readdirSync(folder).filter((name) => name !== "lock") : [];
  const clean = () => rmSync(cache, { recursive: true, force: true });

  test("is unpacked on its first start, and has all files, modes and links", () => {
    clean();
    const first = run(["a b", "", "--", "ü"]);
    assert.deepEqual([first.status, first.stderr], [0, ""]);
    assert.match(first.stdout, /^\[\/.*\/bin\/demo\]\[a b\]\[\]\[--\]\[ü\]$/);
    const [version = ""] = versions();
    assert.deepEqual([versions().length, /^[0-9a-f]{16}$/.test(version)], [1, true]);
    const folder = join(cache, "posy-apps", "demo", version);
    assert.ok(readFileSync(join(folder, "lib", "large.bin")).equals(large));
    assert.equal(readFileSync(join(folder, "lib", "é ü.txt"), "utf8"), "text\n");
    assert.equal(statSync(join(folder, "lib", "empty.py")).size, 0);
    assert.equal(statSync(join(folder, "bin", "python")).mode & 0o777, 0o755);
    assert.equal(statSync(join(folder, "lib", "random.bin")).mode & 0o777, 0o644);
    assert.equal(readlinkSync(join(folder, "bin", "python3")), "python");
    const inode = lstatSync(folder).ino;
    assert.equal(run(["again"]).status, 0);
    assert.equal(lstatSync(folder).ino, inode);
  });

  test("passes the input and the exit status on", () => {
    assert.equal(run(["status", "37"]).status, 37);
    assert.match(run(["input"], undefined, "typed\n").stdout, /\]typed\n$/);
  });

  test("ends by the signal that it gets, as the same process", async () => {
    const child = spawn(app, ["wait"], { env: { PATH: process.env["PATH"], XDG_CACHE_HOME: cache } });
    await new Promise((settle) => child.stdout.once("data", settle));
    child.kill("SIGTERM");
    const signal = await new Promise((settle) => child.on("exit", (_, name) => settle(name)));
    assert.equal(signal, "SIGTERM");
  });

  test("shows its contents with `--posy-info`, without unpacking them", () => {
    clean();
    const { status, stdout } = run(["--posy-info"]);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^demo 1\.0\nunpacked to: .*\/posy-apps\/demo\/[0-9a-f]{16}\n\nbin\/demo 27\nbin\/python \d+\nbin\/python3 -> python\n/,
    );
    assert.deepEqual(versions(), []);
  });

  test("is unpacked once if several start at once", async () => {
    clean();
    const runs = Array.from({ length: 6 }, () => {
      const child = spawn(app, ["where"], { env: { PATH: process.env["PATH"], XDG_CACHE_HOME: cache } });
      return new Promise((settle) => child.on("exit", settle));
    });
    assert.deepEqual(await Promise.all(runs), [0, 0, 0, 0, 0, 0]);
    assert.equal(versions().length, 1);
  });

  test("starts although it was killed while it was unpacked", async () => {
    for (const delay of [1, 5, 10, 20, 40]) {
      clean();
      const child = spawn(app, ["x"], { env: { PATH: process.env["PATH"], XDG_CACHE_HOME: cache } });
      await new Promise((settle) => setTimeout(settle, delay));
      child.kill("SIGKILL");
      await new Promise((settle) => child.on("exit", settle));
      const again = run(["x"]);
      assert.equal(again.status, 0, again.stderr);
      const [version = ""] = versions();
      assert.equal(versions().length, 1, versions().join(" "));
      const file = join(cache, "posy-apps", "demo", version, "lib", "large.bin");
      assert.ok(readFileSync(file).equals(large));
    }
  });

  test("removes older versions that nobody uses", async () => {
    clean();
    const child = spawn(app, ["wait"], { env: { PATH: process.env["PATH"], XDG_CACHE_HOME: cache } });
    await new Promise((settle) => child.stdout.once("data", settle));
    assert.equal(run([], undefined, "", next).status, 0);
    assert.equal(versions().length, 2);
    child.kill();
    await new Promise((settle) => child.on("exit", settle));
    const file = join(root, "demo-3");
    await writeExecutable(file, makeTree(), { ...demoOptions, description: "demo 3.0\n" });
    assert.equal(run([], undefined, "", file).status, 0);
    assert.equal(versions().length, 1);
  });

  test("unpacks again if its interpreter was removed from the cache", () => {
    clean();
    run([]);
    const [version = ""] = versions();
    rmSync(join(cache, "posy-apps", "demo", version, "bin", "python"));
    assert.equal(run([]).status, 0);
    assert.deepEqual(versions(), [version]);
  });

  test("uses a temporary folder if the cache can't be written", () => {
    clean();
    const temporary = join(root, "tmp");
    mkdirSync(temporary, { recursive: true });
    const blocked = join(root, "file");
    writeFileSync(blocked, "");
    const { status, stderr } = run([], { XDG_CACHE_HOME: blocked, TMPDIR: temporary });
    assert.deepEqual([status, stderr], [0, ""]);
    assert.equal(versions(join(temporary, `posy-apps-${process.getuid?.()}`, "demo")).length, 1);
  });

  test("does not use a folder that others can write", () => {
    const temporary = join(root, "shared");
    const folder = join(temporary, `posy-apps-${process.getuid?.()}`, "demo");
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    const { status, stderr } = run([], { XDG_CACHE_HOME: join(root, "file"), TMPDIR: temporary });
    assert.equal(status, 73);
    assert.match(
      stderr,
      /^error: `demo` can't be unpacked to `.*`: Operation not permitted\nhint: set POSY_APP_CACHE to a folder that you can write\n$/,
    );
  });

  test("unpacks into the folder that POSY_APP_CACHE names, and nowhere else", () => {
    const chosen = join(root, "chosen");
    assert.equal(run([], { POSY_APP_CACHE: chosen }).status, 0);
    assert.equal(versions(join(chosen, "demo")).length, 1);
    const { status, stderr } = run([], { POSY_APP_CACHE: join(root, "file") });
    assert.equal(status, 73);
    assert.match(stderr, /^error: `demo` can't be unpacked to `.*`: Not a directory\nhint: /);
  });

  test("says that it is damaged, and leaves nothing, if a byte or its end is missing", () => {
    const damaged = join(root, "damaged");
    const bytes = readFileSync(app);
    for (const [change, message] of [
      [bytes.subarray(0, 60_000), "it is too short"],
      [bytes.subarray(0, bytes.length - 1), "it is too short"],
      [flipped(bytes, 100_000), "a part of its content has another hash"],
      [flipped(bytes, bytes.length - 1), "its index has another hash"],
    ] as const) {
      clean();
      writeFileSync(damaged, change, { mode: 0o755 });
      const { status, stderr } = run([], undefined, "", damaged);
      assert.equal(status, 76, message);
      assert.equal(
        stderr,
        `error: this file of an application is damaged: ${message}\nhint: get the file again\n`,
      );
      assert.deepEqual(versions(), []);
    }
  });

  test("keeps working if something is added at its end, as a signature is", () => {
    const signed = join(root, "signed");
    writeFileSync(signed, Buffer.concat([readFileSync(app), Buffer.alloc(5000, 7)]), { mode: 0o755 });
    assert.equal(run(["status", "5"], undefined, "", signed).status, 5);
  });

  test("refuses paths that leave its folder", async () => {
    for (const entry of [
      { kind: "file", path: "../evil", executable: false, source: { bytes: Buffer.from("x") } },
      { kind: "file", path: "/evil", executable: false, source: { bytes: Buffer.from("x") } },
      { kind: "file", path: "a//b", executable: false, source: { bytes: Buffer.from("x") } },
      { kind: "symlink", path: "lib/evil", target: "../../x" },
      { kind: "symlink", path: "lib/evil", target: "/etc" },
    ] as const) {
      clean();
      const hostile = join(root, "hostile");
      await writeExecutable(hostile, makeTree(undefined, [{ owner: "x", ...entry }]), demoOptions);
      const { status, stderr } = run([], undefined, "", hostile);
      assert.equal(status, 76, entry.path);
      assert.match(stderr, /damaged: (its index is malformed|a link points out of the application)/);
      assert.deepEqual(versions(), []);
    }
  });

  test("has the same bytes each time", async () => {
    const again = join(root, "again");
    await writeExecutable(again, makeTree(undefined, more), demoOptions);
    assert.ok(readFileSync(again).equals(readFileSync(app)));
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
