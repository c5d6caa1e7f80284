import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { removeFolder } from "../support/remove-folder.ts";

const files = [
  makeWheel({
    name: "greeting",
    files: { "greeting/__init__.py": "import subject\ntext = 'hello ' + subject.text\n" },
    requires: ["subject"],
  }),
  makeWheel({
    name: "subject",
    files: { "subject.py": "text = 'world'\n", "subject.bin": Buffer.alloc(300_000, "abc") },
  }),
];
const program = ["--", "python", "-c", "import greeting; print(greeting.text)"];

describe("a folder that can't be written", () => {
  // A file has the path of the folder. Unlike permissions, this stops root as well.
  for (const [title, blocked] of Object.entries({
    "the home": ["home"],
    "the store": ["home", "data", "envs-v1"],
    "the wheels": ["home", "data", "wheels-v1"],
    "the cache": ["home", "cache"],
  })) {
    test(`is named in the error when a file has the path of ${title}`, async () => {
      await using index = await startIndex({ files });
      using sandbox = await newSandbox({ interpreter: blocked.length > 1 });
      const path = join(sandbox.root, ...blocked);
      mkdirSync(join(path, ".."), { recursive: true });
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, "in the way");
      const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
      const run = await sandbox.posy(args);
      assertFailed(run, 73, new RegExp(blocked.at(-1) ?? ""));
      assert.equal(readFileSync(path, "utf8"), "in the way");
      if (blocked.length === 1) return;
      rmSync(path);
      assertPrinted(await sandbox.posy(args), "hello world\n");
    });
  }

  test("is named in the error, and works again when it has write permission", {
    skip: process.getuid?.() === 0,
  }, async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
    const run = await sandbox.posy(args, {
      shell: 'chmod 500 "$POSY_HOME/data"; "$@"; s=$?; chmod 700 "$POSY_HOME/data"; exit $s',
    });
    assertFailed(run, 73, /data/);
    assertPrinted(await sandbox.posy(args), "hello world\n");
  });
});

test("a full disk ends the run with an error, and the next run ignores the half-written files", async () => {
  await using index = await startIndex({ files });
  using sandbox = await newSandbox();
  const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
  // `ulimit -f 100` limits every file to 100 kB: writes beyond that fail as on a full disk.
  const run = await sandbox.posy(args, { shell: 'trap "" XFSZ; ulimit -f 100; exec "$@"' });
  assertFailed(run, 73, /larger than/);
  assertPrinted(await sandbox.posy(args), "hello world\n");
});

test("a folder may have more wheels than a process may open files", async () => {
  using sandbox = await newSandbox();
  const names = Array.from({ length: 300 }, (_, index) => `p${index}`);
  const folder = join(sandbox.home, "wheels");
  mkdirSync(folder, { recursive: true });
  for (const [index, name] of names.entries()) {
    const wheel = makeWheel({ name, ...(index === 0 && { requires: names.slice(1) }) });
    writeFileSync(join(folder, wheel.filename), wheel.bytes);
  }
  const args = ["resolve", "--no-index", "--find-links", folder, "p0"];
  const run = await sandbox.posy(args, { shell: 'ulimit -n 150; exec "$@"' });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /^p299==1\.0$/m);
});

test("a relative POSY_HOME is resolved against the current folder", async () => {
  using sandbox = await newSandbox();
  const program = ["run", "--", "python", "-c", "import sys; print(sys.prefix)"];
  for (const time of ["cold", "warm"]) {
    const run = await sandbox.posy(program, { env: { POSY_HOME: "../home" } });
    assert.ok(run.stdout.startsWith(join(sandbox.home, "data", "envs-v1")), `${time}: ${run.stdout}`);
  }
});

test("a command that can't write its output ends with an error", {
  skip: !existsSync("/dev/full"),
}, async () => {
  using sandbox = await newSandbox();
  const run = await sandbox.posy(["cache", "size"], { shell: 'exec "$@" > /dev/full' });
  assertFailed(run, 73, /standard output.*no space/);
});

describe("a damaged file in the cache is written again", () => {
  const damages: Readonly<Record<string, (path: string) => void>> = {
    "cut off": (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
    emptied: (path) => truncateSync(path, 0),
    garbled: (path) =>
      writeFileSync(
        path,
        Buffer.from(readFileSync(path)).map((byte) => byte ^ 0x55),
      ),
  };
  for (const [title, damage] of Object.entries(damages)) {
    test(`when it was ${title}`, async () => {
      await using index = await startIndex({ files });
      using sandbox = await newSandbox();
      const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
      assertPrinted(await sandbox.posy(args), "hello world\n");
      const cached = filesUnder(join(sandbox.home, "cache"));
      assert.ok(cached.length > 3, `the cache holds something: ${cached.join(" ")}`);
      for (const path of cached) {
        // Files made from this one would hide the damage, so the Env and the cached answers are removed each time.
        forgetEnvs(sandbox, path);
        if (!existsSync(path)) continue;
        damage(path);
        const run = await sandbox.posy(args);
        assert.equal(run.stdout, "hello world\n", `${title}: ${sandbox.normalized(path)}\n${run.stderr}`);
        assert.equal(run.status, 0);
      }
    });
  }
});

test("reports a folder that has the path of a cached download", async () => {
  await using index = await startIndex({ files });
  using sandbox = await newSandbox();
  const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
  assertPrinted(await sandbox.posy(args, { env: { POSY_KEEP_ARCHIVES: "1" } }), "hello world\n");
  const kept = filesUnder(join(sandbox.home, "cache", "artifacts-v2"))[0] ?? "";
  forgetEnvs(sandbox, kept);
  rmSync(kept);
  mkdirSync(kept);
  assertFailed(await sandbox.posy(args), 73, /folder/, /move/);
  rmSync(kept, { recursive: true });
  assertPrinted(await sandbox.posy(args), "hello world\n");
});

/** Removes everything that would let a run skip the cache, except the buckets that hold `except`. */
function forgetEnvs(sandbox: Sandbox, except: string): void {
  for (const bucket of ["data/envs-v1", "data/wheels-v1", "cache/briefs-v1"]) {
    const folder = join(sandbox.home, bucket);
    if (!except.startsWith(folder)) removeFolder(folder);
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
