import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import type { Env } from "../../../src/forest/envs/env.ts";
import { envState, settleEnv } from "../../../src/forest/envs/seal.ts";
import { removeTree } from "../../../src/system/fs/files.ts";
import { fakeForest } from "../../support/fake-forest.ts";
import { makeWheel } from "../../support/make-wheel.ts";

const wheels = [
  makeWheel({
    name: "demo",
    files: {
      "demo/__init__.py": "x = 1",
      "demo/templates/a.txt": "",
      "ns/demo.py": "",
      "demo-1.0.data/data/share/jupyter/kernels/k/kernel.json": "{}",
    },
    entryPoints: { demo: "demo:main" },
  }),
  makeWheel({ name: "single", files: { "single.py": "y = 1", "ns/single.py": "" } }),
];

/** Adds a file as root can, despite read-only modes. */
async function add(env: Env, ...path: string[]): Promise<void> {
  const file = join(env.prefix, ...path);
  await chmod(dirname(file), 0o755);
  await writeFile(file, "");
  await chmod(dirname(file), 0o555);
}

const packages = "lib/python3.13/site-packages";

describe("the folders of an Env", () => {
  const sealed = [
    "",
    "bin",
    "lib",
    packages,
    `${packages}/ns`,
    "share/jupyter/kernels",
    "share/jupyter/kernels/k",
  ];

  test("are read-only for their owner", { skip: process.platform === "win32" }, async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    for (const folder of [...sealed, `${packages}/demo-1.0.dist-info`]) {
      assert.equal(statSync(join(env.prefix, folder)).mode & 0o222, 0, folder);
    }
  });

  test("are writable where programs copy templates and where Python writes bytecode", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    for (const folder of ["demo", "demo/templates", "ns/__pycache__"]) {
      assert.notEqual(statSync(join(env.sitePackages, folder)).mode & 0o200, 0, folder);
    }
  });

  test("do not change when Python writes bytecode", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    for (const folder of [env.sitePackages, join(env.sitePackages, "ns")]) {
      await writeFile(join(folder, "__pycache__", "x.cpython-313.pyc"), "");
    }
    assert.equal((await fake.forest.find(env.key))?.key, env.key);
  });

  test("share the bytecode of a module with the store if one wheel has all modules of the folder", async () => {
    await using fake = await fakeForest();
    const [, single] = wheels;
    assert.ok(single !== undefined);
    const env = await fake.grow([single]);
    const stored = join(fake.home.wheels, single.sha256, "site", "__pycache__");
    assert.equal(readlinkSync(join(env.sitePackages, "__pycache__")), stored);
    assert.ok(existsSync(stored));
  });

  for (const folder of sealed) {
    test(`are made again without the files that another program added to \`${folder || "the prefix"}\``, async () => {
      await using fake = await fakeForest();
      const env = await fake.grow(wheels);
      await add(env, folder, "six.py");
      assert.equal(await fake.forest.find(env.key), undefined);
      assert.equal((await fake.grow(wheels)).key, env.key);
      assert.ok(!existsSync(join(env.prefix, folder, "six.py")));
      assert.equal((await fake.forest.find(env.key))?.key, env.key);
      assert.deepEqual(fake.reporter.warnings(), [
        `another program added \`six.py\` to the environment \`${env.prefix}\`, which projects share: it was made again without`,
      ]);
      assert.deepEqual(readdirSync(fake.home.dataTmp), []);
    });
  }

  test("are made again if another program removed or replaced a file", async () => {
    for (const change of [
      (env: Env) => rm(join(env.sitePackages, "single.py")),
      (env: Env) => rm(join(env.scripts, "demo")),
      async (env: Env) => {
        await writeFile(join(env.sitePackages, "new"), "changed");
        await rename(join(env.sitePackages, "new"), join(env.sitePackages, "single.py"));
      },
    ]) {
      await using fake = await fakeForest();
      const env = await fake.grow(wheels);
      for (const folder of [env.sitePackages, env.scripts]) await chmod(folder, 0o755);
      await change(env);
      await fake.grow(wheels);
      assert.equal(readFileSync(join(env.sitePackages, "single.py"), "utf8"), "y = 1");
      assert.ok(existsSync(join(env.scripts, "demo")));
    }
  });

  test("are used unchanged if a copy of the store has lost the times of its files", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    const now = Date.now() / 1000;
    for (const path of ["posy-env.json", packages, "bin", ""]) await utimes(join(env.prefix, path), now, now);
    assert.equal((await fake.forest.find(env.key))?.key, env.key);
  });

  test("are removed with the store, and so is a temporary Env of a killed process", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    await fake.forest.clean();
    assert.ok(!existsSync(env.prefix));
    assert.deepEqual(readdirSync(fake.home.dataTmp), []);
  });
});

describe("an Env of an earlier boot", () => {
  /** Makes an Env look as if the machine had been started again since. */
  async function restart(env: Env): Promise<void> {
    const path = join(env.prefix, "posy-env.json");
    const { mtime } = statSync(path);
    await writeFile(path, readFileSync(path, "utf8").replace(/"boot":"[^"]*"/, '"boot":"earlier"'));
    await utimes(path, mtime, mtime);
  }

  test("is not used before it was verified", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    assert.equal(envState(env.prefix), "intact");
    await restart(env);
    assert.equal(envState(env.prefix), "unverified");
    assert.equal(await fake.forest.find(env.key), undefined);
  });

  test("is used after it was settled, and a change is still noticed", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    await restart(env);
    settleEnv(env.prefix);
    assert.equal(envState(env.prefix), "intact");
    await add(env, "bin", "more");
    assert.equal(envState(env.prefix), "changed");
  });

  test("gets the times of its folders back when it is settled in a copy of the store", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    await restart(env);
    const now = Date.now() / 1000;
    for (const path of ["posy-env.json", packages, "bin", ""]) await utimes(join(env.prefix, path), now, now);
    assert.equal(envState(env.prefix), "unverified");
    settleEnv(env.prefix);
    assert.equal(envState(env.prefix), "intact");
    await add(env, "bin", "more");
    assert.equal(envState(env.prefix), "changed");
  });

  test("is made again without a warning if a power cut has emptied its files", async () => {
    for (const content of [Buffer.alloc(0), Buffer.alloc(400)]) {
      await using fake = await fakeForest();
      const env = await fake.grow(wheels);
      for (const path of ["posy-env.json", "bin/demo", "pyvenv.cfg"])
        await writeFile(join(env.prefix, path), content);
      await fake.grow(wheels);
      assert.match(readFileSync(join(env.scripts, "demo"), "utf8"), /^#!/);
      assert.deepEqual(fake.reporter.warnings(), []);
    }
  });

  test("is not settled by a seal of an earlier version of Posy, which has no boot", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    const path = join(env.prefix, "posy-env.json");
    const { folders } = JSON.parse(readFileSync(path, "utf8")) as { folders: string[] };
    await writeFile(path, JSON.stringify({ sealVersion: 1, folders }));
    await utimes(path, 946_684_800, 946_684_800);
    assert.equal(envState(env.prefix), "unverified");
    settleEnv(env.prefix);
    assert.equal(envState(env.prefix), "intact");
  });
});

test("removing a tree makes read-only folders writable, and leaves the targets of links alone", async () => {
  await using fake = await fakeForest();
  const [inside, outside] = [join(fake.root, "inside"), join(fake.root, "outside")];
  await mkdir(join(inside, "a", "b"), { recursive: true });
  await mkdir(outside, { mode: 0o555 });
  await writeFile(join(inside, "a", "b", "file"), "");
  await symlink(outside, join(inside, "link"));
  for (const folder of ["a/b", "a", ""]) await chmod(join(inside, folder), 0o555);
  await removeTree(inside, join(fake.root, "tmp"));
  assert.ok(!existsSync(inside));
  assert.equal(lstatSync(outside).mode & 0o777, 0o555);
});

test("an Env with a tool that resolves links has real folders and hard links to the store", async () => {
  for (const name of ["coverage", "PyInstaller"]) {
    await using fake = await fakeForest();
    const env = await fake.grow([...wheels, makeWheel({ name, files: { [`${name}/__init__.py`]: "" } })]);
    const [demo] = wheels;
    assert.ok(demo !== undefined);
    const stored = join(fake.home.wheels, demo.sha256, "site", "demo");
    assert.ok(lstatSync(join(env.sitePackages, "demo", "templates")).isDirectory());
    const file = lstatSync(join(env.sitePackages, "demo", "__init__.py"));
    assert.equal(file.ino, statSync(join(stored, "__init__.py")).ino);
    assert.equal(readlinkSync(join(env.sitePackages, "demo", "__pycache__")), join(stored, "__pycache__"));
  }
});

test("the folders in a dist-info are real, so that PyInstaller collects the licences", async () => {
  await using fake = await fakeForest();
  const files = { "a.py": "", "a-1.0.dist-info/licenses/deep/LICENSE": "MIT" };
  const env = await fake.grow([makeWheel({ name: "a", files })]);
  assert.ok(lstatSync(join(env.sitePackages, "a-1.0.dist-info", "licenses", "deep")).isDirectory());
});
