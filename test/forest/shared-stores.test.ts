import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Interpreter } from "../../src/model/interpreter.ts";
import { type FakeForest, fakeForest, fakePython } from "../support/fake-forest.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { removeFolder } from "../support/remove-folder.ts";

const single = makeWheel({
  name: "single",
  files: {
    "single.py": "y = 1",
    "package/__init__.py": "z = 1",
    "single-1.0.data/scripts/tool": { data: "#!/bin/sh\n", mode: 0o100755 },
  },
  entryPoints: { single: "single:main" },
});
const other = makeWheel({ name: "other", files: { "other.py": "o = 1" } });

interface Stores extends AsyncDisposable {
  /** The store of an administrator, with an Env of `single`. */
  readonly shared: FakeForest;
  readonly python: Interpreter;
  /** Opens the store of a user, who also uses the shared one. */
  user(verification?: "quick" | "full"): Promise<FakeForest>;
}

async function newStores(): Promise<Stores> {
  const root = await mkdtemp(join(tmpdir(), "posy shared-"));
  const python: Interpreter = await fakePython(join(root, "python"));
  const shared = await fakeForest({ python });
  await shared.grow([single]);
  const users: FakeForest[] = [];
  return {
    shared,
    python,
    async user(verification) {
      const fake = await fakeForest({
        python,
        shared: [shared.home],
        ...(verification && { verification }),
      });
      users.push(fake);
      return fake;
    },
    async [Symbol.asyncDispose]() {
      for (const fake of [...users, shared]) await fake[Symbol.asyncDispose]();
      removeFolder(root);
    },
  };
}

/** Returns a text for everything in a folder that changes if anything is written there. */
function snapshot({ root }: FakeForest): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { mode, mtimeMs, ctimeMs, size, nlink } = lstatSync(join(root, name));
      return [name, mode, mtimeMs, ctimeMs, size, nlink].join(" ");
    });
}

/** Makes an entry as it is after a restart of the machine. */
function restart(mark: string): void {
  writeFileSync(mark, readFileSync(mark, "utf8").replace(/"boot":"[^"]*"/, '"boot":"earlier"'));
}

function edit(path: string, content: string): void {
  writeFileSync(path, content);
  const later = Date.now() / 1000 + 5;
  utimesSync(path, later, later);
}

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
const stored = ({ home }: FakeForest, { sha256 } = single) => join(home.wheels, sha256);

describe("a shared store", { skip: process.platform === "win32" }, () => {
  test("has Envs that other users use as they are", async () => {
    await using stores = await newStores();
    const user = await stores.user();
    const before = snapshot(stores.shared);
    const env = await user.grow([single]);
    assert.equal(env.prefix, join(stores.shared.home.envs, env.key));
    assert.deepEqual([user.fetched, namesIn(user.home.data), user.reporter.warnings()], [[], [], []]);
    assert.equal((await user.forest.find(env.key))?.prefix, env.prefix);
    assert.deepEqual(snapshot(stores.shared), before);
  });

  test("has wheels for the Envs of other users, which link to them symbolically, and nothing in it changes", async () => {
    await using stores = await newStores();
    // Root could make this folder while the Env is planned.
    const bytecode = join(stored(stores.shared), "site", "__pycache__");
    rmSync(bytecode, { recursive: true, force: true });
    for (const verification of [undefined, "quick", "full"] as const) {
      const user = await stores.user(verification);
      const before = snapshot(stores.shared);
      const env = await user.grow([single, other]);
      assert.equal(env.prefix, join(user.home.envs, env.key));
      assert.deepEqual(user.fetched, [other.filename]);
      assert.deepEqual(namesIn(user.home.wheels), [other.sha256]);
      const inWheel = join(stored(stores.shared), "site");
      assert.equal(readlinkSync(join(env.sitePackages, "single.py")), join(inWheel, "single.py"));
      assert.equal(readlinkSync(join(env.sitePackages, "package")), join(inWheel, "package"));
      // A program must find the Env if it resolves its own path.
      const tool = join(env.scripts, "tool");
      assert.ok(realpathSync(tool).startsWith(realpathSync(env.prefix)));
      assert.equal(statSync(tool).mode & 0o111, 0o111);
      assert.equal(statSync(join(env.sitePackages, "other.py")).nlink, 2);
      // The next growth finds nothing wrong.
      assert.equal((await user.grow([single, other])).prefix, env.prefix);
      const { damaged } = await user.forest.verify({ full: true });
      assert.deepEqual([damaged, user.reporter.warnings()], [[], []]);
      assert.deepEqual(snapshot(stores.shared), before);
      assert.ok(!existsSync(bytecode));
    }
  });

  test("is linked to by copies in an Env with a package that resolves links", async () => {
    await using stores = await newStores();
    const user = await stores.user();
    const coverage = makeWheel({ name: "coverage", files: { "coverage.py": "" } });
    const env = await user.grow([single, coverage]);
    for (const name of ["single.py", "package/__init__.py"]) {
      assert.ok(lstatSync(join(env.sitePackages, ...name.split("/"))).isFile(), name);
    }
    assert.deepEqual((await user.forest.verify()).damaged, []);
  });

  test("has a damaged wheel: it is not used, the user's store gets its own, and the user is told once", async () => {
    await using stores = await newStores();
    edit(join(stored(stores.shared), "site", "single.py"), "y = 2");
    const user = await stores.user();
    const before = snapshot(stores.shared);
    const env = await user.grow([single, other]);
    assert.equal(readFileSync(join(env.sitePackages, "single.py"), "utf8"), "y = 1");
    assert.deepEqual([...namesIn(user.home.wheels)].sort(), [single.sha256, other.sha256].sort());
    const { data } = stores.shared.home;
    const message = `\`single 1.0\` in the shared store \`${data}\` is damaged (\`site/single.py\`): your own store gets it`;
    assert.deepEqual(user.reporter.warnings(), [message]);
    await user.grow([single, other, makeWheel({ name: "third" })]);
    assert.deepEqual(user.reporter.warnings(), [message]);
    assert.deepEqual(snapshot(stores.shared), before);
  });

  test("has a changed Env: the user's store gets its own", async () => {
    await using stores = await newStores();
    const [key = ""] = readdirSync(stores.shared.home.envs);
    const program = join(stores.shared.home.envs, key, "bin", "single");
    edit(program, "");
    const user = await stores.user();
    const before = snapshot(stores.shared);
    const env = await user.grow([single]);
    assert.equal(env.prefix, join(user.home.envs, key));
    assert.match(user.reporter.warnings().join(), /^the environment `\S+` in the shared store .* is damaged/);
    assert.deepEqual(snapshot(stores.shared), before);
  });

  test("has entries of an earlier start of the machine: each user hashes them once, and remembers it", async () => {
    await using stores = await newStores();
    const [key = ""] = readdirSync(stores.shared.home.envs);
    const seal = join(stores.shared.home.envs, key, "posy-env.json");
    restart(join(stored(stores.shared), "posy-entry.json"));
    restart(seal);
    const user = await stores.user();
    const before = snapshot(stores.shared);
    assert.equal(await user.forest.find(key), undefined);
    const env = await user.grow([single]);
    assert.equal(env.prefix, join(stores.shared.home.envs, key));
    assert.equal((await user.forest.find(key))?.prefix, env.prefix);
    assert.equal(namesIn(user.home.verified).length, 2);
    assert.deepEqual(snapshot(stores.shared), before);
    // What was remembered counts only for the same entry.
    restart(seal);
    writeFileSync(seal, readFileSync(seal, "utf8").replace("earlier", "before"));
    assert.equal(await user.forest.find(key), undefined);
  });

  test("is compared completely after a restart of the machine", async () => {
    await using stores = await newStores();
    const wheel = stored(stores.shared);
    const path = join(wheel, "site", "single.py");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "\0\0\0\0\0");
    utimesSync(path, atime, mtime);
    restart(join(wheel, "posy-entry.json"));
    const user = await stores.user();
    const env = await user.grow([single, other]);
    assert.equal(readFileSync(join(env.sitePackages, "single.py"), "utf8"), "y = 1");
  });

  test("may lose a wheel: Envs that link to it are made again, without a warning", async () => {
    await using stores = await newStores();
    const user = await stores.user();
    const first = await user.grow([single, other]);
    await stores.shared.forest.clean();
    const second = await user.grow([single, other]);
    assert.equal(second.prefix, first.prefix);
    assert.equal(readFileSync(join(second.sitePackages, "single.py"), "utf8"), "y = 1");
    assert.deepEqual(user.reporter.warnings(), []);
  });

  test("is not used any more if the user does not name it any more", async () => {
    await using stores = await newStores();
    const user = await stores.user();
    const first = await user.grow([single, other]);
    await using later = await fakeForest({ python: stores.python, home: user.home });
    const second = await later.grow([single, other]);
    assert.equal(second.prefix, first.prefix);
    assert.equal(readlinkSync(join(second.sitePackages, "package")), join(stored(user), "site", "package"));
    assert.deepEqual(later.reporter.warnings(), []);
  });

  test("is never cleaned, and its size does not count", async () => {
    await using stores = await newStores();
    const user = await stores.user();
    await user.grow([single, other]);
    const before = snapshot(stores.shared);
    assert.equal((await user.forest.size()).wheels.entries, 1);
    await user.forest.clean();
    assert.deepEqual([namesIn(user.home.wheels), namesIn(user.home.envs)], [[], []]);
    assert.deepEqual(snapshot(stores.shared), before);
  });
});
