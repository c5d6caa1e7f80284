import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { chmod, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import type { PosyError } from "../../src/errors/posy-error.ts";
import type { Env } from "../../src/forest/envs/env.ts";
import type { Interpreter } from "../../src/model/interpreter.ts";
import { settle } from "../../src/system/fs/entry-mark.ts";
import { temporaryPath } from "../../src/system/fs/temporary/temporary-path.ts";
import { fakeForest, fakePython } from "../support/fake-forest.ts";
import { makeWheel } from "../support/make-wheel.ts";

const demo = makeWheel({
  name: "demo",
  files: { "demo/__init__.py": "x = 1" },
  entryPoints: { demo: "demo:main" },
});
/** Whether a path is a link to the store: a symbolic link for a folder, a hard link for a file. */
const isLink = (path: string) => {
  const found = lstatSync(path);
  return found.isSymbolicLink() || (found.isFile() && found.nlink > 1);
};
const isRealFolder = (path: string) => lstatSync(path).isDirectory();
const read = (path: string) => readFileSync(path, "utf8");

function site(env: Env, ...path: string[]): string {
  return join(env.sitePackages, ...path);
}

test("growing an Env fails for a Python before 3.3, which does not read `pyvenv.cfg`", async () => {
  for (const [version, refused] of [
    ["2.7.18", true],
    ["3.2", true],
    ["3.3.7", false],
    ["3.20.0", false],
  ] as const) {
    await using other = await fakeForest();
    await using fake = await fakeForest({ python: await fakePython(join(other.root, "old"), { version }) });
    const growing = fake.grow([]);
    if (refused) await assert.rejects(growing, { code: "no-interpreter", message: /needs Python 3\.3/ });
    else assert.equal((await growing).pythonVersion, version);
  }
});

describe("an Env", () => {
  test("has the shape of a venv", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([demo]);
    assert.equal(env.prefix, join(fake.home.envs, env.key));
    assert.match(env.key, /^cpython-3\.13\.5-[0-9a-f]{32}$/);
    assert.equal(env.pythonVersion, "3.13.5");
    assert.equal(env.sitePackages, join(env.prefix, "lib/python3.13/site-packages"));
    const executable = join(fake.root, "system", "bin", "python3.13");
    assert.equal(readlinkSync(env.python), executable);
    for (const name of ["python3", "python3.13"])
      assert.equal(readlinkSync(join(env.scripts, name)), "python");
    const config = read(join(env.prefix, "pyvenv.cfg"));
    assert.match(config, /^include-system-site-packages = false$/m);
    assert.ok(config.includes(`home = ${join(fake.root, "system", "bin")}\n`));
    assert.match(read(join(env.prefix, "pip.conf")), /^\[uninstall\]$/m);
    assert.doesNotMatch(read(join(env.prefix, "pip.conf")), /user/);
    assert.deepEqual(fake.reporter.warnings(), []);
  });

  test("links a package as a whole, and its dist-info file by file", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([demo]);
    assert.equal(readlinkSync(site(env, "demo")), join(fake.home.wheels, demo.sha256, "site", "demo"));
    // uv does not follow a symbolic link.
    assert.ok(isRealFolder(site(env, "demo-1.0.dist-info")));
    for (const name of ["METADATA", "WHEEL", "INSTALLER", "RECORD", "entry_points.txt"]) {
      assert.ok(isLink(site(env, "demo-1.0.dist-info", name)), name);
    }
    assert.equal(read(site(env, "demo-1.0.dist-info", "INSTALLER")), "posy\n");
    assert.ok(!existsSync(site(env, "demo-1.0.dist-info", "REQUESTED")));
  });

  test("has REQUESTED for requested packages and `direct_url.json` for those from URLs", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([demo], {
      demo: {
        requested: true,
        artifact: {
          kind: "wheel",
          filename: demo.filename,
          url: "https://user:secret@files.example/demo.whl",
          hashes: { sha256: demo.sha256 },
          direct: true,
        },
      },
    });
    assert.equal(read(site(env, "demo-1.0.dist-info", "REQUESTED")), "");
    const direct = JSON.parse(read(site(env, "demo-1.0.dist-info", "direct_url.json")));
    assert.equal(direct.url, "https://files.example/demo.whl");
    assert.deepEqual(direct.archive_info.hashes, { sha256: demo.sha256 });
    const record = read(site(env, "demo-1.0.dist-info", "RECORD"));
    assert.match(record, /^demo-1\.0\.dist-info\/REQUESTED,,$/m);
    assert.match(record, /^demo-1\.0\.dist-info\/direct_url\.json,,$/m);
  });

  test("merges namespace packages of several wheels at any depth", async () => {
    await using fake = await fakeForest();
    const a = makeWheel({
      name: "a",
      files: { "ns/deep/a.py": "a", "ns/only_a/x.py": "", "ns/deep/aa/y.py": "" },
    });
    const b = makeWheel({ name: "b", files: { "ns/deep/b.py": "b", "ns/only_b/x.py": "" } });
    const c = makeWheel({ name: "c", files: { "ns/deep/c/__init__.py": "c" } });
    const env = await fake.grow([c, a, b]);
    assert.ok(isRealFolder(site(env, "ns")) && isRealFolder(site(env, "ns", "deep")));
    for (const path of ["only_a", "only_b", "deep/a.py", "deep/b.py", "deep/aa", "deep/c"]) {
      assert.ok(isLink(site(env, "ns", path)), path);
    }
    assert.equal(read(site(env, "ns", "deep", "b.py")), "b");
    assert.deepEqual(fake.reporter.warnings(), []);
  });

  test("does not link bytecode into a folder that several wheels share", async () => {
    await using fake = await fakeForest();
    const a = makeWheel({ name: "a", files: { "ns/a.py": "" } });
    await fake.grow([a]);
    await mkdir(join(fake.home.wheels, a.sha256, "site", "ns", "__pycache__"));
    const env = await fake.grow([a, makeWheel({ name: "b", files: { "ns/b.py": "" } })]);
    assert.deepEqual(readdirSync(site(env, "ns")).sort(), ["__pycache__", "a.py", "b.py"]);
    assert.ok(isRealFolder(site(env, "ns", "__pycache__")));
  });

  test("always keeps the same file if two wheels have a file with the same path, and warns", async () => {
    const a = makeWheel({ name: "a", files: { "tests/__init__.py": "a", "x.py": "same", y: "file" } });
    const b = makeWheel({ name: "b", files: { "tests/__init__.py": "b", "x.py": "same", "y/z.py": "" } });
    for (const order of [
      [a, b],
      [b, a],
    ]) {
      await using fake = await fakeForest();
      const env = await fake.grow(order);
      assert.equal(read(site(env, "tests", "__init__.py")), "a");
      assert.equal(read(site(env, "y")), "file");
      assert.deepEqual(fake.reporter.warnings(), [
        "`a` and `b` both bring `lib/python3.13/site-packages/tests/__init__.py`: the file of `a` is used",
        "`a` and `b` both bring `lib/python3.13/site-packages/y`: the file of `a` is used",
      ]);
    }
  });

  test("does not warn when two `__init__.py` declare the same namespace in different ways", async () => {
    const init = (quote: string) =>
      `__path__ = __import__(${quote}pkgutil${quote}).extend_path(__path__, __name__)\n`;
    await using fake = await fakeForest();
    await fake.grow([
      makeWheel({ name: "a", files: { "ns/__init__.py": init("'"), "ns/a.py": "" } }),
      makeWheel({ name: "b", files: { "ns/__init__.py": init('"'), "ns/b.py": "" } }),
    ]);
    assert.deepEqual(fake.reporter.warnings(), []);
  });

  test("links a package file by file if its libraries refer to paths outside of the wheel", async () => {
    await using fake = await fakeForest();
    const library = Buffer.from(`\x7fELF${"\0".repeat(80)}$ORIGIN/../other/lib\0`, "latin1");
    const env = await fake.grow([makeWheel({ name: "a", files: { "a/_x.so": library, "a/b/c.py": "" } })]);
    assert.ok(isRealFolder(site(env, "a")) && isRealFolder(site(env, "a", "b")));
    assert.ok(isLink(site(env, "a", "_x.so")) && isLink(site(env, "a", "b", "c.py")));
  });

  test("has data, headers and scripts under its prefix", async () => {
    await using fake = await fakeForest();
    const wheel = makeWheel({
      name: "full",
      files: {
        "full-1.0.data/data/share/jupyter/kernels/k/kernel.json": "{}",
        "full-1.0.data/data/share/jupyter/kernels/k/logo/x.svg": "",
        "full-1.0.data/data/etc/full.cfg": "",
        "full-1.0.data/headers/full.h": "",
        "full-1.0.data/headers/sub/more.h": "",
        "full-1.0.data/scripts/run": "#!python -E\nprint(1)\n",
        "full-1.0.data/scripts/tool": "\x7fELF…",
        "full.pth": "import full\n",
      },
    });
    const env = await fake.grow([wheel, demo]);
    // Programs that add a kernel change the Env, not the store.
    for (const path of [
      "share",
      "share/jupyter",
      "share/jupyter/kernels",
      "etc",
      "include/site/python3.13",
    ]) {
      assert.ok(isRealFolder(join(env.prefix, path)), path);
    }
    // Jupyter removes this folder and creates it again, which fails for a link.
    assert.ok(isRealFolder(join(env.prefix, "share/jupyter/kernels/k")));
    assert.ok(isLink(join(env.prefix, "share/jupyter/kernels/k/kernel.json")));
    assert.equal(read(join(env.prefix, "share/jupyter/kernels/k/kernel.json")), "{}");
    assert.ok(existsSync(join(env.prefix, "etc/full.cfg")));
    assert.ok(existsSync(join(env.prefix, "include/site/python3.13/full/sub/more.h")));
    assert.ok(isLink(site(env, "full.pth")));
    const tool = lstatSync(join(env.scripts, "tool"));
    assert.ok(tool.isFile() && (tool.mode & 0o100) !== 0 && tool.nlink > 1);
    const run = read(join(env.scripts, "run"));
    assert.ok(run.endsWith("\nprint(1)\n") && !/ -E\b/.test(run), run);
    assert.notEqual(statSync(join(env.scripts, "run")).mode & 0o100, 0);
    const record = read(site(env, "full-1.0.dist-info", "RECORD")).split("\n");
    for (const row of ["../../../include/site/python3.13/full/sub/more.h,,", "../../../bin/run,,"]) {
      assert.ok(record.includes(row), row);
    }
    // Every file that RECORD lists exists.
    for (const line of record.filter(Boolean)) {
      const path = line.split(",")[0] ?? "";
      assert.ok(existsSync(site(env, path)), path);
    }
  });

  test("does not let wheels replace its own files", async () => {
    await using fake = await fakeForest();
    const evil = makeWheel({
      name: "evil",
      files: {
        "evil-1.0.data/data/pyvenv.cfg": "home = /tmp",
        "evil-1.0.data/data/pip.conf": "",
        "evil-1.0.data/data/bin/python": "#!/bin/sh",
        "evil-1.0.data/scripts/python3": "#!/bin/sh",
        "evil-1.0.data/data/lib": "a file",
        "evil-1.0.data/data/bin/other/x": "",
      },
      entryPoints: { demo: "evil:main" },
    });
    const env = await fake.grow([evil, demo]);
    assert.doesNotMatch(read(join(env.prefix, "pyvenv.cfg")), /tmp$/m);
    assert.equal(readlinkSync(join(env.scripts, "python3")), "python");
    assert.match(read(join(env.scripts, "demo")), /from demo import main/);
    const told = fake.reporter.warnings().join("\n");
    for (const path of ["pyvenv.cfg", "pip.conf", "bin/python", "bin/python3", "lib", "bin/demo"]) {
      assert.ok(told.includes(`\`${path}\``), `${path} in\n${told}`);
    }
  });

  test("works without any packages", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([]);
    assert.deepEqual(readdirSync(env.sitePackages), []);
    assert.deepEqual(Object.keys(env.envVars({})).sort(), ["PATH", "PYTHONHOME", "VIRTUAL_ENV"]);
  });

  test("puts its scripts first on PATH", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([]);
    assert.deepEqual(env.envVars({ PATH: "/usr/bin", PYTHONHOME: "/x" }), {
      PATH: `${env.scripts}:/usr/bin`,
      VIRTUAL_ENV: env.prefix,
      PYTHONHOME: undefined,
    });
  });
});

describe("a forest", () => {
  test("fetches and unpacks a wheel once", async () => {
    await using fake = await fakeForest();
    const other = makeWheel({ name: "other" });
    const first = await fake.grow([demo]);
    assert.equal((await fake.grow([demo])).key, first.key);
    assert.notEqual((await fake.grow([demo, other])).key, first.key);
    assert.deepEqual(fake.fetched, [demo.filename, other.filename]);
    assert.deepEqual(
      [...new Set(fake.discarded)],
      [`https://files.example/${demo.filename}`, `https://files.example/${other.filename}`],
    );
    assert.equal((await fake.forest.find(first.key))?.prefix, first.prefix);
    assert.equal(
      await fake.forest.find(first.key.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))),
      undefined,
    );
    assert.equal(await fake.forest.find("../../etc"), undefined);
  });

  test("names an Env by all of its contents", async () => {
    await using fake = await fakeForest();
    const keys = new Set<string>();
    for (const changes of [{}, { demo: { requested: true } }])
      keys.add((await fake.grow([demo], changes)).key);
    keys.add((await fake.grow([])).key);
    keys.add((await fake.grow([makeWheel({ name: "demo", files: { "demo/__init__.py": "x = 2" } })])).key);
    assert.equal(keys.size, 4);
  });

  test("fetches a wheel to compute the hash that its pin lacks", async () => {
    await using fake = await fakeForest();
    const key = (await fake.grow([demo])).key;
    const artifact = { kind: "wheel" as const, filename: demo.filename, url: "file:///x", hashes: {} };
    assert.equal((await fake.grow([demo], { demo: { artifact } })).key, key);
  });

  test("replaces damaged entries", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([demo]);
    await chmod(env.scripts, 0o755);
    await rm(env.python);
    await rm(join(fake.home.wheels, demo.sha256, "wheel.json"));
    await writeFile(join(fake.home.wheels, demo.sha256, "left-over"), "");
    const again = await fake.grow([demo]);
    assert.ok(existsSync(again.python));
    assert.ok(!existsSync(join(fake.home.wheels, demo.sha256, "left-over")));
  });

  test("makes wheels and interpreters of an earlier boot again, and leaves settled ones alone", async () => {
    await using fake = await fakeForest();
    await fake.grow([demo]);
    const entry = join(fake.home.wheels, demo.sha256);
    const file = join(entry, "site", "demo", "__init__.py");
    const mark = join(entry, "posy-entry.json");
    await writeFile(mark, JSON.stringify({ entryVersion: 1, boot: "earlier", published: 1 }));
    await writeFile(file, "");
    await fake.grow([demo]);
    assert.notEqual(readFileSync(file, "utf8"), "");
    await writeFile(mark, JSON.stringify({ entryVersion: 1, boot: "earlier", published: 1 }));
    settle(entry);
    const before = fake.fetched.length;
    await fake.grow([demo]);
    assert.equal(fake.fetched.length, before);
  });

  test("restores a wheel that was removed while an Env links to it", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([demo]);
    await rm(fake.home.wheels, { recursive: true });
    assert.equal((await fake.grow([demo])).key, env.key);
    assert.ok(existsSync(join(env.sitePackages, "demo", "__init__.py")));
  });

  test("leaves nothing of a refused wheel in the store", async () => {
    await using fake = await fakeForest();
    const bad = makeWheel({
      name: "bad",
      files: { "bad.py": "x" },
      extra: [{ path: "link", data: "/etc", mode: 0o120777 }],
    });
    await assert.rejects(fake.grow([demo, bad]), { code: "invalid-wheel" });
    assert.ok(!existsSync(join(fake.home.wheels, bad.sha256)));
    assert.deepEqual(readdirSync(fake.home.dataTmp), []);
    assert.ok(!existsSync(fake.home.envs) || readdirSync(fake.home.envs).length === 0);
  });

  test("refuses pins and interpreters that it can't install", async () => {
    await using fake = await fakeForest();
    const artifact = { kind: "sdist" as const, filename: "demo-1.0.tar.gz", url: "file:///x", hashes: {} };
    await assert.rejects(fake.grow([demo], { demo: { artifact } }), { code: "no-wheel" });
    const wrong = {
      ...artifact,
      kind: "wheel" as const,
      filename: demo.filename,
      hashes: { sha256: "0".repeat(64) },
    };
    await assert.rejects(fake.grow([demo], { demo: { artifact: wrong } }), { code: "hash-mismatch" });
    await rm(join(fake.root, "system"), { recursive: true });
    await assert.rejects(fake.grow([]), { code: "no-interpreter" });
  });

  test("refuses a wheel whose metadata differ from its index's, and removes the cached metadata", async () => {
    await using fake = await fakeForest();
    const wheel = makeWheel({
      name: "a",
      requires: ["b >= 1", 'c; extra=="x"'],
      requiresPython: ">=3.8, <4",
    });
    const snapshot = (requiresDist: string[], requiresPython: string) => ({
      a: {
        metadata: { requiresDist, requiresPython, providesExtra: [] },
        requested: requiresDist.length > 2,
      },
    });
    await fake.grow([wheel], snapshot(["c; extra == 'x'", "b>=1"], "<4,>=3.8"));
    assert.deepEqual(fake.reporter.warnings(), []);
    const error = await fake.grow([wheel], snapshot(["b>=2", "b>=1", "d"], ">=3.9")).then(
      () => assert.fail("it was installed"),
      (caught: unknown) => caught as PosyError,
    );
    assert.equal(error.code, "metadata-mismatch");
    assert.ok(fake.fetched.includes(`forget https://files.example/${wheel.filename}`));
    // The next attempt reads the metadata from the archive.
    assert.equal(fake.discarded.length, 1);
    for (const part of [
      "a-1.0-py3-none-any.whl",
      "index.example",
      "also requires `c;",
      "not require `b>=2`, `d`",
      ">=3.9",
    ]) {
      assert.ok(error.message.includes(part), `${part} in ${error.message}`);
    }
  });

  for (const [title, listed, message] of [
    [
      "the name of another package",
      makeWheel({ name: "other" }),
      /`other-1\.0-py3-none-any\.whl` .* it is `demo 1\.0`, and `other 1\.0` is wanted/,
    ],
    [
      "another version",
      makeWheel({ name: "demo", version: "1.0.1" }),
      /`demo-1\.0\.1-py3-none-any\.whl` .* it is `demo 1\.0`, and `demo 1\.0\.1` is wanted/,
    ],
  ] as const) {
    test(`refuses a stored wheel that an index lists under ${title}`, async () => {
      await using fake = await fakeForest();
      await fake.grow([demo]);
      const other = { ...listed, sha256: demo.sha256 };
      await assert.rejects(fake.grow([other]), { code: "invalid-wheel", message });
    });
  }

  test("makes the same Env twice concurrently", async () => {
    await using fake = await fakeForest();
    const envs = await Promise.all(Array.from({ length: 5 }, () => fake.grow([demo])));
    assert.equal(new Set(envs.map((env) => env.prefix)).size, 1);
    assert.deepEqual(readdirSync(fake.home.dataTmp), []);
  });

  test("unpacks in threads if the runtime has them", async () => {
    await using fake = await fakeForest({ threads: 2 });
    const wheels = Array.from({ length: 8 }, (_, i) =>
      makeWheel({
        name: `w${i}`,
        files: { [`w${i}/x.bin`]: { data: Buffer.alloc(400_000, i), method: "stored" } },
      }),
    );
    const env = await fake.grow(wheels);
    for (let i = 0; i < 8; i++) assert.equal(statSync(site(env, `w${i}`, "x.bin")).size, 400_000);
    const bad = makeWheel({
      name: "bad",
      files: { "x.bin": { data: Buffer.alloc(400_000), method: "stored" }, "../evil": "" },
    });
    await assert.rejects(fake.grow([bad]), { code: "invalid-archive", message: /leaves/ });
  });

  test("installs an interpreter once", async () => {
    await using fake = await fakeForest();
    const python: Interpreter = {
      implementation: "cpython",
      version: "3.13.5",
      freeThreaded: false,
      platform: "linux-x86_64",
      platformTags: [],
      source: {
        kind: "catalogue",
        purl: "pkg:generic/python",
        filename: "python.zip",
        size: 1,
        hashes: { sha256: "0".repeat(64) },
      },
      markers: {},
      wheelTags: [],
      paths: { ...emptyPaths, scripts: "bin", stdlib: "lib/python3.13" },
      lacks: [],
    };
    const first = await fake.forest.interpreter(python);
    assert.equal(first.root, join(fake.home.pythons, "0".repeat(64)));
    assert.ok(existsSync(join(first.root, "lib/python3.13/EXTERNALLY-MANAGED")));
    const record = read(join(first.root, "pybi-info/RECORD"));
    assert.match(
      record,
      /^lib\/python3\.13\/EXTERNALLY-MANAGED,sha256=[\w-]{43},\d+\nbin\/python,[^\n]+\npybi-info\/RECORD,,\n$/,
    );
    assert.deepEqual(await fake.forest.interpreter(python), first);
    assert.deepEqual(fake.fetched, ["python.zip"]);
    assert.deepEqual(fake.discarded, ["file:///python.zip"]);
    await assert.rejects(fake.forest.interpreter({ ...python, source: { kind: "described" } }), {
      code: "no-interpreter",
    });
  });

  test("counts its contents and removes them", async () => {
    await using fake = await fakeForest();
    const env = await fake.grow([demo]);
    const size = await fake.forest.size();
    assert.deepEqual([size.envs.entries, size.wheels.entries, size.pythons.entries], [1, 1, 0]);
    assert.ok(size.wheels.bytes > 100);
    const { removed } = await fake.forest.clean(["wheels"]);
    assert.deepEqual([removed.envs.entries, removed.wheels.entries], [1, 1]);
    assert.equal(await fake.forest.find(env.key), undefined);
    assert.deepEqual(readdirSync(fake.home.dataTmp), []);
    assert.ok(existsSync((await fake.grow([demo])).python));
  });

  test("removes temporary folders of killed processes, and leaves those of living ones", async () => {
    await using fake = await fakeForest();
    const fresh = temporaryPath(fake.home.dataTmp, "build");
    await mkdir(fresh, { recursive: true });
    await mkdir(fresh.replace(`-${process.pid}-`, "-999999999-"));
    const yesterday = Date.now() / 1000 - 25 * 3600;
    await utimes(fresh, yesterday, yesterday);
    await fake.grow([demo]);
    assert.deepEqual(readdirSync(fake.home.dataTmp), [basename(fresh)]);
  });
});

const emptyPaths = {
  stdlib: "",
  platstdlib: "",
  purelib: "",
  platlib: "",
  include: "",
  platinclude: "",
  scripts: "",
  data: "",
};
