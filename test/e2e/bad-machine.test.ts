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
import { assertFailed, assertPrinted, newPlace, type Place } from "../support/posy.ts";

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
  // A file stands where the folder should be: that stops root too, for whom permissions are no hindrance.
  for (const [title, blocked] of Object.entries({
    "the home": ["home"],
    "the store": ["home", "data", "envs-v1"],
    "the wheels": ["home", "data", "wheels-v1"],
    "the cache": ["home", "cache"],
  })) {
    test(title, async () => {
      await using index = await startIndex({ files });
      using place = await newPlace({ interpreter: blocked.length > 1 });
      const path = join(place.root, ...blocked);
      mkdirSync(join(path, ".."), { recursive: true });
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, "in the way");
      const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
      const run = await place.posy(args);
      assertFailed(run, 73, new RegExp(blocked.at(-1) ?? ""));
      assert.equal(readFileSync(path, "utf8"), "in the way");
      if (blocked.length === 1) return;
      rmSync(path);
      assertPrinted(await place.posy(args), "hello world\n");
    });
  }

  test("without permission", { skip: process.getuid?.() === 0 }, async () => {
    await using index = await startIndex({ files });
    using place = await newPlace();
    const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
    const run = await place.posy(args, {
      shell: 'chmod 500 "$POSY_HOME/data"; "$@"; s=$?; chmod 700 "$POSY_HOME/data"; exit $s',
    });
    assertFailed(run, 73, /data/);
    assertPrinted(await place.posy(args), "hello world\n");
  });
});

test("no space: what is half written is not taken for whole", async () => {
  await using index = await startIndex({ files });
  using place = await newPlace();
  const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
  // A limit of 100 kB a file: the system refuses the rest as a full disk would.
  const run = await place.posy(args, { shell: 'trap "" XFSZ; ulimit -f 100; exec "$@"' });
  assertFailed(run, 73, /larger than/);
  assertPrinted(await place.posy(args), "hello world\n");
});

test("a relative POSY_HOME is seen from the current folder", async () => {
  using place = await newPlace();
  const program = ["run", "--", "python", "-c", "import sys; print(sys.prefix)"];
  for (const time of ["cold", "warm"]) {
    const run = await place.posy(program, { env: { POSY_HOME: "../home" } });
    assert.ok(run.stdout.startsWith(join(place.home, "data", "envs-v1")), `${time}: ${run.stdout}`);
  }
});

test("no space for the data itself", { skip: !existsSync("/dev/full") }, async () => {
  using place = await newPlace();
  const run = await place.posy(["cache", "size"], { shell: 'exec "$@" > /dev/full' });
  assertFailed(run, 73, /standard output.*no space/);
});

describe("a damaged file in the cache is made again", () => {
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
    test(title, async () => {
      await using index = await startIndex({ files });
      using place = await newPlace();
      const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
      assertPrinted(await place.posy(args), "hello world\n");
      const cached = filesUnder(join(place.home, "cache"));
      assert.ok(cached.length > 3, `the cache holds something: ${cached.join(" ")}`);
      for (const path of cached) {
        // What was made from this one must not hide it: the Env and what is known of the Brief go each time.
        forgetEnvs(place, path);
        if (!existsSync(path)) continue;
        damage(path);
        const run = await place.posy(args);
        assert.equal(run.stdout, "hello world\n", `${title}: ${place.normalized(path)}\n${run.stderr}`);
        assert.equal(run.status, 0);
      }
    });
  }
});

test("a folder in place of a kept download is told of", async () => {
  await using index = await startIndex({ files });
  using place = await newPlace();
  const args = ["run", "--default-index", index.url, "--with", "greeting", ...program];
  assertPrinted(await place.posy(args), "hello world\n");
  const kept = filesUnder(join(place.home, "cache", "artifacts-v2"))[0] ?? "";
  forgetEnvs(place, kept);
  rmSync(kept);
  mkdirSync(kept);
  assertFailed(await place.posy(args), 73, /folder/, /move/);
  rmSync(kept, { recursive: true });
  assertPrinted(await place.posy(args), "hello world\n");
});

/** All that stands between a run and the cache, but for the file itself. */
function forgetEnvs(place: Place, except: string): void {
  for (const bucket of ["data/envs-v1", "data/wheels-v1", "cache/briefs-v1"]) {
    const folder = join(place.home, bucket);
    if (!except.startsWith(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
