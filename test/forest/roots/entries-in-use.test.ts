import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  entriesInUse,
  recordEnvLink,
  recordPython,
  recordedRoots,
  removeUnused,
  usersOfEnvs,
} from "../../../src/forest/roots/index.ts";
import { fakeForest, type FakeForest } from "../../support/fake-forest.ts";
import { makeWheel } from "../../support/make-wheel.ts";

const folder = makeWheel({ name: "folder", files: { "folder/__init__.py": "" } });
/** A wheel without a folder: an Env has only hard links to it. */
const single = makeWheel({ name: "single", files: { "single.py": "" } });

/** Links a project to an Env, as `posy run` does. Returns the link. */
function projectLink({ root }: FakeForest, prefix: string): string {
  const link = join(root, "project", ".posy", "env");
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(prefix, link);
  return link;
}

/** Runs `work` while a program runs that has this variable. */
async function whileRunning(
  variables: Record<string, string>,
  work: (pid: number) => Promise<void>,
): Promise<void> {
  const child: ChildProcess = spawn("sleep", ["60"], { env: { PATH: process.env["PATH"], ...variables } });
  await new Promise((started) => child.once("spawn", started));
  try {
    await work(child.pid ?? 0);
  } finally {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }
}

const wheelsOf = ({ home }: FakeForest) => readdirSync(home.wheels).map((name) => join(home.wheels, name));

describe("a project", { skip: process.platform === "win32" }, () => {
  test("uses the Env that its link leads to, and all wheels of the Env", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([folder, single]);
    const link = projectLink(fake, env.prefix);
    assert.equal((await entriesInUse(fake.home, ["project"])).size, 0);
    await recordEnvLink(link, fake.home);
    await recordEnvLink(link, fake.home);
    const used = await entriesInUse(fake.home, ["project"]);
    assert.deepEqual([...used.keys()].sort(), [env.prefix, ...wheelsOf(fake)].sort());
    assert.deepEqual(used.get(env.prefix), { kind: "project", folder: join(fake.root, "project") });
    assert.equal((await recordedRoots(fake.home)).length, 1);
  });

  test("uses nothing if it is gone, or if its link leads out of the store", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([folder]);
    const link = projectLink(fake, env.prefix);
    await recordEnvLink(link, fake.home);
    rmSync(link);
    assert.equal((await entriesInUse(fake.home, ["project"])).size, 0);
    symlinkSync(join(fake.root, "elsewhere", "envs-v1", env.key), link);
    assert.equal((await entriesInUse(fake.home, ["project"])).size, 0);
  });
});

test("damaged records of roots do not count", async () => {
  await using fake = await fakeForest();
  await recordPython("a".repeat(64), fake.home);
  for (const [index, text] of ["", "\0\0", "[]", "null", '{"rootVersion":2,"python":"x"}'].entries()) {
    writeFileSync(join(fake.home.roots, `${"0".repeat(31)}${index}`), text);
  }
  const roots = await recordedRoots(fake.home);
  assert.deepEqual(
    roots.map((root) => ("python" in root ? root.python : "")),
    ["a".repeat(64)],
  );
});

describe("a running program", { skip: process.platform === "win32" }, () => {
  test("uses the Env that it has in a variable, with the wheels of the Env", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([folder, single]);
    await whileRunning({ VIRTUAL_ENV: env.prefix }, async (pid) => {
      const used = await entriesInUse(fake.home, ["program"]);
      assert.deepEqual([...used.keys()].sort(), [env.prefix, ...wheelsOf(fake)].sort());
      assert.deepEqual(used.get(env.prefix), { kind: "program", name: "sleep", pid });
    });
    assert.equal((await entriesInUse(fake.home, ["program"])).size, 0);
  });

  test("that shows only a wheel uses all Envs with this wheel", async () => {
    await using fake = await fakeForest();
    const both = await fake.grow([folder, single]);
    const other = await fake.grow([single]);
    const [wheel] = wheelsOf(fake).filter((path) => readdirSync(join(path, "site")).includes("folder"));
    await whileRunning({ LIBRARY: join(wheel ?? "", "site", "folder") }, async () => {
      const used = await entriesInUse(fake.home, ["program"]);
      assert.ok(used.has(both.prefix));
      assert.ok(!used.has(other.prefix));
    });
  });

  test("keeps its Env when the store is cleaned", async () => {
    await using fake = await fakeForest();
    const used = await fake.grow([folder]);
    const unused = await fake.grow([single]);
    await whileRunning({ VIRTUAL_ENV: used.prefix }, async (pid) => {
      const { removed, inUse } = await fake.forest.clean();
      assert.deepEqual([removed.envs.entries, removed.wheels.entries], [1, 1]);
      assert.deepEqual(inUse.get(used.prefix), { kind: "program", name: "sleep", pid });
      assert.equal((await fake.forest.find(used.key))?.key, used.key);
      assert.equal(await fake.forest.find(unused.key), undefined);
    });
    await fake.forest.clean();
    assert.equal(await fake.forest.find(used.key), undefined);
  });

  test("that starts while entries are removed gets them back, sealed as before", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([folder]);
    await whileRunning({ VIRTUAL_ENV: env.prefix }, async () => {
      // `removeUnused` is told to remove what is in use, as if the program had started after the question.
      const paths = [env.prefix, ...wheelsOf(fake)];
      const back = await removeUnused(paths, fake.home);
      assert.deepEqual([...back.keys()].sort(), paths.sort());
      assert.equal((await fake.forest.find(env.key))?.key, env.key);
    });
  });
});

test("no Env lacks a wheel after the store was cleaned while Envs were made", async () => {
  await using fake = await fakeForest();
  const state = { isCleaning: true };
  const cleaning = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) await fake.forest.clean(["envs", "wheels"]);
    state.isCleaning = false;
  };
  const growing = async (): Promise<number> => {
    let round = 0;
    for (; state.isCleaning; round += 1) {
      const more = makeWheel({ name: `more-${round}`, files: { [`more_${round}/__init__.py`]: "" } });
      await fake.grow([folder, single, more]);
      // Growing is mostly synchronous, and would leave the cleaning no time.
      await setTimeout(20);
    }
    return round;
  };
  const [, grown] = await Promise.all([cleaning(), growing()]);
  assert.ok(grown > 1);
  for (const key of readdirSync(fake.home.envs)) {
    const packages = join(fake.home.envs, key, "lib", "python3.13", "site-packages");
    for (const name of readdirSync(packages)) assert.ok(existsSync(join(packages, name)), `${key}: ${name}`);
  }
});

test("an Env has the tools and the known projects that link to it as users", async () => {
  await using fake = await fakeForest();
  const [one, two] = [await fake.grow([folder]), await fake.grow([single])];
  const link = projectLink(fake, one.prefix);
  await recordEnvLink(link, fake.home);
  const tool = join(fake.home.tools, "ruff", ".posy");
  mkdirSync(tool, { recursive: true });
  symlinkSync(one.prefix, join(tool, "env"));
  assert.deepEqual(
    [...(await usersOfEnvs(fake.home))],
    [
      [
        one.prefix,
        [
          { kind: "tool", name: "ruff" },
          { kind: "project", folder: join(fake.root, "project") },
        ],
      ],
    ],
  );
  assert.notEqual(two.prefix, one.prefix);
});
