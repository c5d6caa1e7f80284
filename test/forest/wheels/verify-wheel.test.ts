import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, rename, rm, symlink, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Damage } from "../../../src/forest/damage/damage.ts";
import { unpackWheel } from "../../../src/forest/wheels/unpack/unpack-wheel.ts";
import { verifyWheel } from "../../../src/forest/wheels/verify-wheel.ts";
import { markPublished } from "../../../src/system/fs/entry-mark.ts";
import { makeWheel } from "../../support/make-wheel.ts";

const windows = process.platform === "win32";
const odd = windows ? "a b;ä'%{}.py" : 'a "b",ä\'%*?:.py';
const { filename, bytes } = makeWheel({
  name: "demo",
  files: {
    "demo/__init__.py": "x = 1\n",
    "demo/deep/er/data.bin": Buffer.alloc(5000, 7),
    "demo/empty.py": "",
    "demo/program": { data: "#!/bin/sh\n", mode: 0o100755 },
    "demo/__pycache__/shipped.cpython-313.pyc": "bytecode",
    [`demo/${odd}`]: "odd",
    "single.py": "y = 1\n",
    "demo-1.0.data/scripts/tool": "\x7fELF",
    "demo-1.0.data/scripts/script": "#!python\n",
    "demo-1.0.data/data/share/x.json": "{}",
    "demo-1.0.data/headers/demo.h": "int x;",
  },
  entryPoints: { demo: "demo:main" },
});

let root: string;
let original: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "posy-verify-"));
  original = join(root, "original");
  await mkdir(original);
  writeFileSync(join(root, filename), bytes);
  await unpackWheel({ archive: join(root, filename), filename, into: original });
});
after(() => rm(root, { recursive: true }));

let count = 0;

/** Copies the stored wheel, publishes it, changes it, and verifies it. */
async function verify(change: (dir: string) => unknown, full: boolean): Promise<readonly Damage[]> {
  const dir = join(root, String(count++));
  await cp(original, dir, { recursive: true, preserveTimestamps: true });
  markPublished(dir);
  await change(dir);
  return verifyWheel(dir, { full });
}

/** Changes a file as a disk or a careful program does: its time stays. */
function changeUnseen(file: string, content: string | Uint8Array): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(file, content);
  utimesSync(file, atime, mtime);
}

/** Changes a file, and makes its time later than that of the mark in any case. */
function edit(file: string, content: string | Uint8Array): void {
  writeFileSync(file, content);
  const later = Date.now() / 1000 + 5;
  utimesSync(file, later, later);
}

type Case = readonly [
  name: string,
  change: (dir: string) => unknown,
  damages: readonly (readonly [path: string, kind: Damage["kind"]])[],
];

const init = "site/demo/__init__.py";

/** Damage that is noticed in any case. */
const noticed: readonly Case[] = [
  ["nothing", () => {}, []],
  ["an edited file of the same size", (dir) => edit(join(dir, init), "x = 2\n"), [[init, "changed"]]],
  ["a file of another size", (dir) => changeUnseen(join(dir, init), "x = 10\n"), [[init, "changed"]]],
  ["a truncated file", (dir) => truncate(join(dir, init), 3), [[init, "changed"]]],
  ["an empty file", (dir) => changeUnseen(join(dir, init), ""), [[init, "changed"]]],
  ["a touched file", (dir) => edit(join(dir, init), "x = 1\n"), []],
  ["a missing file", (dir) => rm(join(dir, "site/single.py")), [["site/single.py", "missing"]]],
  ["a missing empty file", (dir) => rm(join(dir, "site/demo/empty.py")), [["site/demo/empty.py", "missing"]]],
  [
    "a missing folder",
    (dir) => rm(join(dir, "site/demo/deep"), { recursive: true }),
    [["site/demo/deep", "missing"]],
  ],
  [
    "a missing file with an odd name",
    (dir) => rm(join(dir, "site/demo", odd)),
    [[`site/demo/${odd}`, "missing"]],
  ],
  [
    "a changed file with an odd name",
    (dir) => changeUnseen(join(dir, "site/demo", odd), "more"),
    [[`site/demo/${odd}`, "changed"]],
  ],
  [
    "an added file",
    (dir) => writeFileSync(join(dir, "site/demo/new.py"), ""),
    [["site/demo/new.py", "added"]],
  ],
  [
    "an added file with an odd name",
    (dir) => writeFileSync(join(dir, "site/demo", `-${odd}`), ""),
    [[`site/demo/-${odd}`, "added"]],
  ],
  [
    "a file at the top",
    (dir) => writeFileSync(join(dir, "data/left-over"), ""),
    [["data/left-over", "added"]],
  ],
  [
    "an added folder with a file in it",
    (dir) => {
      mkdirSync(join(dir, "site/other/deep"), { recursive: true });
      writeFileSync(join(dir, "site/other/deep/x.py"), "");
    },
    [["site/other", "added"]],
  ],
  ["an added folder without files", (dir) => mkdir(join(dir, "site/other/deep"), { recursive: true }), []],
  [
    "a file instead of a folder",
    async (dir) => {
      await rm(join(dir, "site/demo/deep"), { recursive: true });
      writeFileSync(join(dir, "site/demo/deep"), "");
    },
    [["site/demo/deep", "changed"]],
  ],
  [
    "a folder instead of a file",
    async (dir) => {
      await rm(join(dir, "site/single.py"));
      await mkdir(join(dir, "site/single.py"));
    },
    [["site/single.py", "changed"]],
  ],
  [
    "a changed script",
    (dir) => edit(join(dir, "scripts/script"), "#!pytho2\n"),
    [["scripts/script", "changed"]],
  ],
  ["a changed header", (dir) => edit(join(dir, "headers/demo.h"), "int y;"), [["headers/demo.h", "changed"]]],
  [
    "a changed RECORD in the dist-info",
    (dir) => edit(join(dir, "site/demo-1.0.dist-info/RECORD"), ""),
    [["site/demo-1.0.dist-info/RECORD", "changed"]],
  ],
  [
    "a changed manifest",
    (dir) =>
      edit(join(dir, "wheel.json"), readFileSync(join(dir, "wheel.json"), "utf8").replace("demo", "dem0")),
    [["wheel.json", "changed"]],
  ],
  ["a missing list of files", (dir) => rm(join(dir, "files.json")), [["files.json", "changed"]]],
  [
    "a list of files of NUL bytes",
    (dir) => edit(join(dir, "files.json"), Buffer.alloc(statSync(join(dir, "files.json")).size)),
    [["files.json", "changed"]],
  ],
];

/** Damage that only the hashes show. */
const hidden: readonly Case[] = [
  ["a changed byte", (dir) => changeUnseen(join(dir, init), "x = 2\n"), [[init, "changed"]]],
  [
    "NUL bytes",
    (dir) => changeUnseen(join(dir, "site/demo/deep/er/data.bin"), Buffer.alloc(5000)),
    [["site/demo/deep/er/data.bin", "changed"]],
  ],
];

/** What is no damage: Python and other programs may write it. */
const allowed: readonly Case[] = [
  [
    "bytecode",
    (dir) => {
      mkdirSync(join(dir, "site/__pycache__"));
      writeFileSync(join(dir, "site/__pycache__/single.cpython-313.pyc"), "");
      writeFileSync(join(dir, "site/demo/__pycache__/x.cpython-313.opt-1.pyc"), "");
      writeFileSync(join(dir, "site/demo/__pycache__/x.cpython-313.pyc.140234"), "");
    },
    [],
  ],
  [
    "replaced bytecode of the wheel",
    (dir) => edit(join(dir, "site/demo/__pycache__/shipped.cpython-313.pyc"), "newer bytecode"),
    [],
  ],
  ["removed bytecode of the wheel", (dir) => rm(join(dir, "site/demo/__pycache__"), { recursive: true }), []],
  ["a file of Finder", (dir) => writeFileSync(join(dir, "site/demo/.DS_Store"), ""), []],
  ["a file that NFS keeps", (dir) => writeFileSync(join(dir, "site/.nfs000000000001a2b3"), ""), []],
];

/** Symbolic links and modes, which Windows does not have. */
const posix: readonly Case[] = [
  [
    "an added link",
    (dir) => symlink("/etc/passwd", join(dir, "site/demo/link.py")),
    [["site/demo/link.py", "added"]],
  ],
  [
    "an added link to a folder, which is not followed",
    (dir) => symlink("/", join(dir, "site/everything")),
    [["site/everything", "added"]],
  ],
  [
    "a file that was replaced by a link to the same content",
    async (dir) => {
      await rename(join(dir, init), join(dir, "../outside.py"));
      await symlink(join(dir, "../outside.py"), join(dir, init));
    },
    [[init, "changed"]],
  ],
  [
    "a folder that was replaced by a link, which is not followed",
    async (dir) => {
      await rename(join(dir, "site/demo"), join(dir, "..", `moved-${count}`));
      await symlink(join(dir, "..", `moved-${count}`), join(dir, "site/demo"));
    },
    [["site/demo", "changed"]],
  ],
  [
    "a link that leads nowhere",
    async (dir) => {
      await rm(join(dir, init));
      await symlink("nowhere", join(dir, init));
    },
    [[init, "changed"]],
  ],
  [
    "a `__pycache__` that is a link",
    (dir) => symlink(root, join(dir, "site/__pycache__")),
    [["site/__pycache__", "added"]],
  ],
  [
    "a link in a `__pycache__`",
    (dir) => symlink("/etc/passwd", join(dir, "site/demo/__pycache__/x.cpython-313.pyc")),
    [["site/demo/__pycache__/x.cpython-313.pyc", "added"]],
  ],
  [
    "a program that is not executable any more",
    (dir) => chmod(join(dir, "scripts/tool"), 0o644),
    [["scripts/tool", "changed"]],
  ],
  [
    "a file of a package that is not executable any more",
    (dir) => chmod(join(dir, "site/demo/program"), 0o644),
    [["site/demo/program", "changed"]],
  ],
  ["a file that became read-only", (dir) => chmod(join(dir, init), 0o444), []],
];

for (const full of [false, true]) {
  describe(`verifying a stored wheel ${full ? "completely" : "quickly"}`, () => {
    const cases = [...noticed, ...allowed, ...(windows ? [] : posix), ...(full ? hidden : [])];
    for (const [name, change, damages] of cases) {
      test(`reports ${damages.length === 0 && name !== "nothing" ? "no damage for" : ""} ${name}`, async () => {
        const expected = damages.map(([path, kind]) => ({ path, kind }));
        assert.deepEqual(await verify(change, full), expected);
      });
    }
  });
}

test("verifying quickly does not see a changed byte in a file that keeps its time", async () => {
  for (const [, change] of hidden) assert.deepEqual(await verify(change, false), []);
});

test("verifying quickly hashes all files if it is unknown when the wheel was published", async () => {
  for (const [, change, damages] of hidden) {
    const found = await verify(async (dir) => {
      await change(dir);
      await rm(join(dir, "posy-entry.json"));
    }, false);
    assert.deepEqual(
      found,
      damages.map(([path, kind]) => ({ path, kind })),
    );
  }
});

test("verifying reports its progress in files, and does not change a file", async () => {
  const calls: number[] = [];
  const before = lstatSync(join(original, init));
  assert.deepEqual(
    await verifyWheel(original, { full: true, progress: (files) => void calls.push(files) }),
    [],
  );
  assert.ok((calls.at(-1) ?? 0) > 10);
  assert.equal(lstatSync(join(original, init)).ctimeMs, before.ctimeMs);
});
