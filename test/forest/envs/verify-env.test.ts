import assert from "node:assert/strict";
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import type { Damage } from "../../../src/forest/damage/damage.ts";
import { readEnvRecord } from "../../../src/forest/envs/env-record.ts";
import type { Env } from "../../../src/forest/envs/env.ts";
import { verifyEnv } from "../../../src/forest/envs/verify-env.ts";
import { readManifest } from "../../../src/forest/wheels/wheel-manifest.ts";
import { type FakeForest, fakeForest } from "../../support/fake-forest.ts";
import { makeWheel } from "../../support/make-wheel.ts";

const wheels = [
  makeWheel({
    name: "demo",
    files: {
      "demo/__init__.py": "x = 1",
      "demo-1.0.data/data/share/jupyter/kernels/k/kernel.json": "{}",
      "demo-1.0.data/scripts/tool": "\x7fELF",
      "demo-1.0.data/scripts/script": "#!python\n",
      "demo-1.0.data/headers/demo.h": "int x;",
      "ns/demo.py": "",
    },
    entryPoints: { demo: "demo:main" },
  }),
  makeWheel({ name: "single", files: { "single.py": "y = 1", "ns/single.py": "" } }),
];

/** Verifies an Env as it is on the disk. */
const allLinks = { folders: true, files: true, ignoresCase: false };

async function verify(env: Env, { home }: FakeForest, links = allLinks, full = true) {
  const record = (await readEnvRecord(env.prefix)) ?? assert.fail("there is no record");
  const { source } = record.target.python;
  const contents = {
    python: record.target.python,
    executable: source.kind === "adopted" ? source.executable : assert.fail(),
    wheels: record.target.packages.map((pin) => {
      const sha256 = record.wheels[pin.name] ?? "";
      const dir = join(home.wheels, sha256);
      return { pin, sha256, dir, manifest: readManifest(dir) ?? assert.fail() };
    }),
    prefix: env.prefix,
    warn: assert.fail,
    record: record.text,
    links,
  };
  return verifyEnv(contents, full);
}

const packages = "lib/python3.13/site-packages";

type Change = (env: Env, fake: FakeForest) => unknown;
const cases: readonly (readonly [name: string, change: Change, damages: readonly Damage[]])[] = [
  ["nothing is wrong", () => {}, []],
  [
    "a launcher is empty",
    ({ scripts }) => writeFileSync(join(scripts, "demo"), ""),
    [{ path: "bin/demo", kind: "changed" }],
  ],
  [
    "a launcher consists of NUL bytes",
    ({ scripts }) => {
      const path = join(scripts, "demo");
      writeFileSync(path, Buffer.alloc(statSync(path).size));
    },
    [{ path: "bin/demo", kind: "changed" }],
  ],
  [
    "a launcher is not executable any more",
    ({ scripts }) => chmod(join(scripts, "demo"), 0o644),
    [{ path: "bin/demo", kind: "changed" }],
  ],
  [
    "a program is missing",
    ({ scripts }) => rm(join(scripts, "tool")),
    [{ path: "bin/tool", kind: "missing" }],
  ],
  [
    "the link to Python leads elsewhere",
    async ({ python }) => {
      await rm(python);
      await symlink("/bin/sh", python);
    },
    [{ path: "bin/python", kind: "changed" }],
  ],
  [
    "the link to a package leads elsewhere",
    async (env) => {
      await rm(join(env.sitePackages, "demo"));
      await symlink("/", join(env.sitePackages, "demo"));
    },
    [{ path: `${packages}/demo`, kind: "changed" }],
  ],
  [
    "a package became a folder",
    async (env) => {
      await rm(join(env.sitePackages, "demo"));
      await mkdir(join(env.sitePackages, "demo"));
    },
    [{ path: `${packages}/demo`, kind: "changed" }],
  ],
  [
    "pip installed a package",
    async (env) => {
      await mkdir(join(env.sitePackages, "six"));
      writeFileSync(join(env.sitePackages, "six", "__init__.py"), "");
      writeFileSync(join(env.sitePackages, "ns", "six.py"), "");
    },
    [
      { path: `${packages}/ns/six.py`, kind: "added" },
      { path: `${packages}/six`, kind: "added" },
    ],
  ],
  [
    "`pyvenv.cfg` was edited",
    (env) => writeFileSync(join(env.prefix, "pyvenv.cfg"), "home = /usr/bin\n"),
    [{ path: "pyvenv.cfg", kind: "changed" }],
  ],
  [
    "a folder is missing",
    (env) => rm(join(env.prefix, "share"), { recursive: true }),
    [{ path: "share", kind: "missing" }],
  ],
  [
    "Python wrote bytecode",
    (env) => {
      for (const folder of [env.sitePackages, join(env.sitePackages, "ns")])
        writeFileSync(join(folder, "__pycache__", "x.cpython-313.pyc"), "");
    },
    [],
  ],
  [
    "a wheel was unpacked again with the same content",
    (_env, { home }) => {
      const file = join(home.wheels, wheels[1]?.sha256 ?? "", "site", "single.py");
      writeFileSync(`${file}.new`, readFileSync(file));
      renameSync(`${file}.new`, file);
    },
    [],
  ],
  [
    "a wheel was unpacked again after a file in it was edited through the Env",
    (env, { home }) => {
      writeFileSync(join(env.sitePackages, "single.py"), "y = 2");
      const file = join(home.wheels, wheels[1]?.sha256 ?? "", "site", "single.py");
      writeFileSync(`${file}.new`, "y = 1");
      renameSync(`${file}.new`, file);
    },
    [{ path: `${packages}/single.py`, kind: "changed" }],
  ],
];

describe("verifying an Env", { skip: process.platform === "win32" }, () => {
  for (const [name, change, damages] of cases) {
    test(`reports the right damage if ${name}`, async () => {
      await using fake = await fakeForest();
      const env = await fake.grow(wheels);
      for (const folder of ["", "bin", packages, `${packages}/ns`])
        await chmod(join(env.prefix, folder), 0o755);
      await change(env, fake);
      const found = [...(await verify(env, fake))].sort((a, b) => (a.path < b.path ? -1 : 1));
      assert.deepEqual(found, damages);
    });
  }

  test("finds nothing wrong with an Env whose folders are real, and with one that has packages from URLs", async () => {
    await using fake = await fakeForest();
    const coverage = makeWheel({ name: "coverage", files: { "coverage/__init__.py": "" } });
    const env = await fake.grow([...wheels, coverage], { demo: { requested: true } });
    assert.deepEqual(await verify(env, fake), []);
  });

  test("compares copies with the store by size and time, or completely", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    const copy = join(env.sitePackages, "single.py");
    await chmod(dirname(copy), 0o755);
    const before = statSync(copy);
    await rm(copy);
    writeFileSync(copy, "y = 2");
    utimesSync(copy, before.atime, before.mtime);
    assert.deepEqual(await verify(env, fake, undefined, false), []);
    assert.deepEqual(await verify(env, fake), [{ path: `${packages}/single.py`, kind: "changed" }]);
    utimesSync(copy, Date.now() / 1000 + 5, Date.now() / 1000 + 5);
    assert.deepEqual(await verify(env, fake, undefined, false), [
      { path: `${packages}/single.py`, kind: "changed" },
    ]);
  });

  test("is impossible without the record of what the Env was made from", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow(wheels);
    const record = await readEnvRecord(env.prefix);
    assert.deepEqual(record?.wheels, { demo: wheels[0]?.sha256, single: wheels[1]?.sha256 });
    for (const text of ["", "{}", '{"blueprintVersion":1,"targets":[]}', "\0\0"]) {
      writeFileSync(join(env.prefix, "posy-blueprint.json"), text);
      assert.equal(await readEnvRecord(env.prefix), undefined);
    }
  });
});
