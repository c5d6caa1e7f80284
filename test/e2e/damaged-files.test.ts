import assert from "node:assert/strict";
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { newRepository } from "../support/git-repository.ts";
import { startGitServer } from "../support/git-server.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox, type PosyRun, type Sandbox, seedHome } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

/** What a power cut can do to a file that was not synced. */
const damages: Readonly<Record<string, (content: Buffer) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  "of NUL bytes": (content) => Buffer.alloc(content.length),
  "cut to one byte": (content) => content.subarray(0, 1),
  "cut to a third": (content) => content.subarray(0, content.length / 3),
  "cut by one byte": (content) => content.subarray(0, -1),
  "cut at a line": (content) => content.subarray(0, content.lastIndexOf("\n", content.length - 2) + 1),
  "half of NUL bytes": (content) =>
    Buffer.concat([content.subarray(0, content.length / 2), Buffer.alloc(Math.ceil(content.length / 2))]),
};

/**
 * Returns the paths of the files in a folder whose path in it matches. Links are not followed: the interpreter of a
 * sandbox is a link to the one that all tests share.
 */
function filesIn(folder: string, pattern: RegExp): string[] {
  const root = realpathSync(folder);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile() && realpathSync(path) === join(root, relative(folder, path)))
    .filter((path) => pattern.test(relative(folder, path).replaceAll("\\", "/")));
}

function assertRight(run: PosyRun, stdout: string): void {
  assertPrinted(run, stdout);
  assert.doesNotMatch(run.stderr, /^\s+at .*[:(]\d+|Error:|\bbug\b/m);
}

interface Kind {
  /** The files that are damaged. */
  readonly files: RegExp;
  /** Folders that are removed first, so that the files are needed. */
  readonly removed?: readonly string[];
  /** Only some ways of damaging them. Others would test the same again. */
  readonly ways?: readonly string[];
}

/** Damages the files of a kind in each way, and runs the command after each. */
async function damageAll({ home }: Sandbox, kind: Kind, run: () => Promise<void>): Promise<void> {
  for (const [how, damage] of Object.entries(damages)) {
    if (kind.ways?.includes(how) === false) continue;
    for (const folder of kind.removed ?? []) rmSync(join(home, folder), { recursive: true, force: true });
    const files = filesIn(home, kind.files);
    assert.notEqual(files.length, 0, `no file matches ${kind.files}`);
    for (const file of files) {
      const content = readFileSync(file);
      // A power cut damages entries of an earlier boot. Without its boot, a mark says as much.
      if (basename(file) === "posy-entry.json") writeFileSync(file, "");
      else if (content.length > 0) writeFileSync(file, damage(content));
    }
    try {
      await run();
    } catch (error) {
      throw new Error(`${kind.files} ${how}: ${files.map((file) => basename(file)).join(", ")}`, {
        cause: error,
      });
    }
  }
}

const wheels = [
  makeWheel({ name: "one", files: { "one.py": "x = 1\n" }, requires: ["two"] }),
  makeWheel({ name: "two", files: { "two.py": "x = 2\n" }, entryPoints: { two: "two:main" } }),
];
const source = sdistOf({ name: "source", dependencies: ["two"] });

async function start(): Promise<{ index: TestIndex; sandbox: Sandbox } & AsyncDisposable> {
  const index = await startIndex({ files: [...wheels, source] });
  const sandbox = await newSandbox();
  return {
    index,
    sandbox,
    async [Symbol.asyncDispose]() {
      sandbox[Symbol.dispose]();
      await index[Symbol.asyncDispose]();
    },
  };
}

const warm = "cache/briefs-v1";
const unpacked = ["data/wheels-v1", "data/envs-v1"];
const some = ["empty", "of NUL bytes", "cut to a third"];

describe("a run after a power cut is right, and takes damaged files for missing ones:", () => {
  for (const [what, kind] of Object.entries<Kind>({
    "cached answers": { files: /^cache\/briefs-v1\// },
    "index pages": { files: /^cache\/http-v2\/.*\.page$/, removed: [warm] },
    metadata: { files: /^cache\/metadata-v4\//, removed: [warm] },
    "downloaded files": { files: /^cache\/artifacts-v2\//, removed: [warm, ...unpacked] },
    "results of builds": { files: /^cache\/builds-v2\/.*(\.json|\/METADATA)$/, removed: [warm, ...unpacked] },
    "descriptions of wheels": { files: /^data\/wheels-v1\/[^/]*\/[^/]*\.json$/, removed: [warm], ways: some },
    "seals of environments": { files: /^data\/envs-v1\/[^/]*\/posy-env\.json$/, ways: some },
    "marks of all entries": {
      files: /\/posy-entry\.json$/,
      removed: [warm, "data/envs-v1"],
      ways: ["empty"],
    },
    "everything in the cache": {
      files: /^cache\//,
      removed: unpacked,
      ways: ["of NUL bytes", "half of NUL bytes"],
    },
  })) {
    test(what, { timeout: 300_000 }, async () => {
      await using box = await start();
      const { index, sandbox } = box;
      const args = ["run", "--default-index", index.url, "--with", "one", "--with", "source"];
      const program = ["--", "python", "-c", "import one, two, source; print(one.x, two.x)"];
      const run = async () => assertRight(await sandbox.posy([...args, ...program]), "1 2\n");
      await run();
      await damageAll(sandbox, kind, run);
    });
  }

  test("repositories", { timeout: 300_000 }, async () => {
    using sandbox = await newSandbox();
    const root = mkdtempSync(join(tmpdir(), "posy-git-"));
    try {
      const repository = newRepository(join(root, "lib"));
      repository.commit(treeFiles({ name: "lib", files: { "lib/value.py": "n = 1\n" } }));
      repository.git("tag", "v1");
      await using server = await startGitServer(root);
      const program = ["--no-index", "--", "python", "-c", "import lib.value; print(lib.value.n)"];
      const args = ["run", "--with", `lib @ git+${server.url}lib/.git@v1`, ...program];
      const run = async () => assertRight(await sandbox.posy(args), "1\n");
      await run();
      const removed = [warm, ...unpacked, "cache/builds-v2"];
      const damaged = (files: RegExp) => damageAll(sandbox, { files, removed, ways: some }, run);
      await damaged(/^cache\/git-v1\/(db\/.*|.*\/posy-entry\.json)$/);
      await damaged(/^cache\/git-v1\/db\/[^/]*\/(HEAD|config|packed-refs)$/);
      // The objects are those of the database, by hard links.
      await damaged(/^cache\/git-v1\/checkouts\/(?!.*\/objects\/)/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test("descriptions of Pythons", { timeout: 300_000 }, async () => {
    using sandbox = await newSandbox();
    const pythons = join(await seedHome(), "data", "pythons-v1");
    const python = join(pythons, readdirSync(pythons)[0] ?? "", "bin", "python");
    const run = async () =>
      assertRight(await sandbox.posy(["run", "--python", python, "--", "python", "-c", "print(1)"]), "1\n");
    await run();
    await damageAll(sandbox, { files: /^cache\/probes-v1\//, removed: [warm] }, run);
  });

  test("remembered locks", { timeout: 300_000 }, async () => {
    await using box = await start();
    const { index, sandbox } = box;
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `[project]\nname = "p"\nversion = "1"\ndependencies = ["one"]\n`,
    );
    const lock = join(sandbox.cwd, "pylock.toml");
    const run = async () => {
      rmSync(lock, { force: true });
      const { status, stderr } = await sandbox.posy(["lock"], { env: { POSY_DEFAULT_INDEX: index.url } });
      assert.equal(status, 0, stderr);
    };
    await run();
    const expected = readFileSync(lock, "utf8");
    await run();
    await damageAll(sandbox, { files: /^cache\/briefs-v1\// }, async () => {
      await run();
      assert.equal(readFileSync(lock, "utf8"), expected);
    });
  });

  test("scripts of URLs, which are an error offline if they are damaged", { timeout: 300_000 }, async () => {
    await using box = await start();
    const { index, sandbox } = box;
    index.add({ filename: "script.py", bytes: Buffer.from("print(1)\nprint(2)\n"), project: "script" });
    const url = index.fileUrl("script.py");
    assertRight(await sandbox.posy(["run", url]), "1\n2\n");
    assertRight(await sandbox.posy(["run", "--offline", url]), "1\n2\n");
    await damageAll(sandbox, { files: /^cache\/scripts-v1\// }, async () => {
      const offline = await sandbox.posy(["run", "--offline", url]);
      assert.notEqual(offline.status, 0);
      assert.equal(offline.stdout, "");
      assertRight(await sandbox.posy(["run", url]), "1\n2\n");
    });
  });
});
