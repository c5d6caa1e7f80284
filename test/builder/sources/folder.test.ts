import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { gitEnvironment, newRepository } from "../../support/git-repository.ts";
import { filesIn, newSourceFixture, type SourceFixture } from "./source-fixture.ts";

const files = {
  "pyproject.toml": "[project]\n",
  "README.md": "x\n",
  "setup.py": "",
  "package/__init__.py": "",
  "package/part.py": "x = 1\n",
  "package/fast.pyx": "",
  "package/fast.c": "",
  "package/hand.c": "",
  "package/build/__init__.py": "",
  "package/data.json": "{}",
} as const;

function write(root: string, some: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(some)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function newProject(fixture: SourceFixture, more: Readonly<Record<string, string>> = {}): string {
  const root = join(fixture.root, "the project");
  write(root, { ...files, ...more });
  return root;
}

const urlOf = (path: string, fragment = "") => pathToFileURL(path).href + fragment;

/** Changes of a project, and whether they change its identity for a build and for an editable install. */
const changes: readonly {
  readonly title: string;
  readonly change: (root: string) => void;
  readonly builds: boolean;
  readonly editable: boolean;
}[] = [
  { title: "no change", change: () => {}, builds: false, editable: false },
  {
    title: "another size of a Python file",
    change: (root) => write(root, { "package/part.py": "x = 10\n" }),
    builds: true,
    editable: false,
  },
  {
    title: "another time of a Python file",
    change: (root) => utimesSync(join(root, "package/part.py"), 1, 1),
    builds: true,
    editable: false,
  },
  {
    title: "a new Python file",
    change: (root) => write(root, { "package/new.py": "" }),
    builds: true,
    editable: false,
  },
  {
    title: "a new package",
    change: (root) => write(root, { "package/sub/__init__.py": "" }),
    builds: true,
    editable: true,
  },
  {
    title: "a removed file",
    change: (root) => rmSync(join(root, "package/data.json")),
    builds: true,
    editable: false,
  },
  {
    title: "a file that becomes executable",
    change: (root) => chmodSync(join(root, "package/data.json"), 0o755),
    builds: true,
    editable: false,
  },
  {
    title: "changed data",
    change: (root) => write(root, { "package/data.json": "{ }" }),
    builds: true,
    editable: false,
  },
  {
    title: "a changed pyproject.toml",
    change: (root) => write(root, { "pyproject.toml": "#" }),
    builds: true,
    editable: true,
  },
  {
    title: "a changed setup.py",
    change: (root) => write(root, { "setup.py": "#" }),
    builds: true,
    editable: true,
  },
  {
    title: "a changed README",
    change: (root) => write(root, { "README.md": "" }),
    builds: true,
    editable: true,
  },
  {
    title: "a changed C source",
    change: (root) => write(root, { "package/hand.c": "int x;" }),
    builds: true,
    editable: true,
  },
  {
    title: "a changed C file that Cython generated",
    change: (root) => write(root, { "package/fast.c": "int x;" }),
    builds: true,
    editable: false,
  },
  {
    title: "a changed package named build",
    change: (root) => write(root, { "package/build/__init__.py": "x = 1" }),
    builds: true,
    editable: false,
  },
  {
    title: "files of builds, tests and tools",
    change: (root) =>
      write(root, {
        "package/__pycache__/part.cpython-313.pyc": "x",
        "package/part.pyc": "x",
        "build/lib/package/part.py": "stale",
        "build/bdist.linux-x86_64/x": "",
        "dist/package-1.0-py3-none-any.whl": "",
        "package.egg-info/PKG-INFO": "",
        "src/package.egg-info/PKG-INFO": "",
        ".venv/pyvenv.cfg": "",
        "my env/pyvenv.cfg": "",
        "target/CACHEDIR.TAG": "",
        "out/CMakeCache.txt": "",
        ".git/index": "",
        "node_modules/x/index.js": "",
        ".pytest_cache/x": "",
      }),
    builds: false,
    editable: false,
  },
];

describe("the identity of a folder", () => {
  for (const { title, change, ...expected } of changes) {
    test(`${expected.builds ? "changes" : "does not change"} with ${title}`, async () => {
      using fixture = newSourceFixture();
      const root = newProject(fixture);
      // A new package in `src` must not count because of `src` itself.
      mkdirSync(join(root, "src"));
      const states = async () => ({
        builds: (await fixture.pin(urlOf(root))).identity,
        editable: (await fixture.pin(urlOf(root, "#editable=true"))).identity,
      });
      const before = await states();
      assert.notEqual(before.builds, before.editable);
      assert.match(before.builds, /^[0-9a-f]{64}$/);
      change(root);
      const after = await states();
      assert.equal(before.builds !== after.builds, expected.builds, "for a build");
      assert.equal(before.editable !== after.editable, expected.editable, "for an editable install");
    });
  }

  test("changes with the path, because an editable wheel refers to it", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture);
    const before = await fixture.pin(urlOf(root, "#editable=true"));
    renameSync(root, `${root} moved`);
    assert.notEqual((await fixture.pin(urlOf(`${root} moved`, "#editable=true"))).identity, before.identity);
  });

  test("changes with the git history if the version comes from it", async () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "the project"));
    repository.commit({ "pyproject.toml": '[build-system]\nrequires = ["setuptools-scm"]\n' });
    const url = urlOf(repository.path);
    const before = (await fixture.pin(url)).identity;
    repository.git("status");
    assert.equal((await fixture.pin(url)).identity, before);
    repository.git("tag", "v1.0");
    const tagged = (await fixture.pin(url)).identity;
    assert.notEqual(tagged, before);
    repository.commit();
    assert.notEqual((await fixture.pin(url)).identity, tagged);
    write(repository.path, { "pyproject.toml": "[project]\n" });
    const plain = (await fixture.pin(url)).identity;
    repository.git("tag", "v1.1");
    assert.equal((await fixture.pin(url)).identity, plain);
  });

  test("changes with the target of a link and its content", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture);
    symlinkSync("../shared.txt", join(root, "linked"));
    const states = [(await fixture.pin(urlOf(root))).identity];
    writeFileSync(join(fixture.root, "shared.txt"), "x");
    states.push((await fixture.pin(urlOf(root))).identity);
    writeFileSync(join(fixture.root, "shared.txt"), "xy");
    states.push((await fixture.pin(urlOf(root))).identity);
    assert.equal(new Set(states).size, 3);
  });

  test("is in the pin beside origin and URL", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture);
    const url = urlOf(root, "#editable=true&subdirectory=package");
    const pinned = await fixture.pin(url);
    assert.deepEqual(pinned.origin, {
      kind: "directory",
      url: urlOf(root),
      editable: true,
      subdirectory: "package",
    });
    assert.equal(pinned.url, url);
  });

  for (const [title, make, code, says] of [
    ["a missing path", () => {}, "not-found", /no such file or folder/],
    ["a file", (path: string) => writeFileSync(path, ""), "invalid-url", /neither a wheel nor an archive/],
  ] as const) {
    test(`is an error for ${title}`, async () => {
      using fixture = newSourceFixture();
      make(join(fixture.root, "x"));
      await assert.rejects(fixture.pin(urlOf(join(fixture.root, "x"))), (error) => {
        assert.ok(error instanceof PosyError);
        assert.equal(error.code, code);
        assert.match(error.message, says);
        return true;
      });
    });
  }
});

describe("a local project is built", () => {
  test("in a copy with times, modes and links, without files of earlier builds", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture, { "build/lib/stale.py": "", "run.sh": "", ".venv/pyvenv.cfg": "" });
    chmodSync(join(root, "run.sh"), 0o555);
    utimesSync(join(root, "package/part.py"), 1_000_000_000, 1_000_000_000);
    symlinkSync("package/data.json", join(root, "inner"));
    const folder = await fixture.extract(urlOf(root));
    assert.ok(folder.startsWith(fixture.root) && folder !== root);
    assert.deepEqual(filesIn(folder), [
      "README.md",
      "inner",
      "package",
      "pyproject.toml",
      "run.sh",
      "setup.py",
    ]);
    assert.equal(statSync(join(folder, "run.sh")).mode & 0o777, 0o755);
    assert.equal(statSync(join(folder, "package/part.py")).mtimeMs, 1_000_000_000_000);
    assert.equal(readFileSync(join(folder, "inner"), "utf8"), "{}");
    writeFileSync(join(folder, "package/part.py"), "changed");
    assert.equal(readFileSync(join(root, "package/part.py"), "utf8"), files["package/part.py"]);
  });

  test("in a copy of the whole folder if it has a subdirectory", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture);
    const folder = await fixture.extract(urlOf(root, "#subdirectory=package"));
    assert.deepEqual(filesIn(dirname(folder)), ["README.md", "package", "pyproject.toml", "setup.py"]);
  });

  const inPlace: readonly (readonly [string, (fixture: SourceFixture) => string])[] = [
    [
      "refers to a path outside of it",
      (fixture) => newProject(fixture, { "pyproject.toml": 'readme = "../README.md"\n' }),
    ],
    [
      "refers to a path outside of it in setup.py",
      (fixture) => newProject(fixture, { "setup.py": 'open(os.path.join(here, "..", "VERSION"))' }),
    ],
    [
      "is in a workspace",
      (fixture) => newProject(fixture, { "Cargo.toml": "[package]\nversion.workspace = true\n" }),
    ],
    [
      "has links to paths outside of it",
      (fixture) => {
        const root = newProject(fixture);
        symlinkSync("../../other", join(root, "package/other"));
        return root;
      },
    ],
    [
      "is part of a larger repository",
      (fixture) => {
        const root = newProject(fixture);
        newRepository(fixture.root);
        return root;
      },
    ],
    [
      "is a linked work tree whose version is in its history",
      (fixture) => {
        const repository = newRepository(join(fixture.root, "other"));
        repository.commit({ "pyproject.toml": 'requires = ["hatch-vcs"]\n' });
        repository.git("worktree", "add", "--quiet", "-b", "other", join(fixture.root, "the project"));
        return join(fixture.root, "the project");
      },
    ],
  ];
  for (const [title, make] of inPlace) {
    test(`in its own folder if it ${title}`, async () => {
      using fixture = newSourceFixture();
      const root = make(fixture);
      assert.equal(await fixture.extract(urlOf(root)), root);
    });
  }

  test("in its own folder if it is editable", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture);
    assert.equal(await fixture.extract(urlOf(root, "#editable=true")), root);
    assert.equal(
      await fixture.extract(urlOf(root, "#editable=true&subdirectory=package")),
      join(root, "package"),
    );
  });

  test("in a copy with its own git history, so that the original does not change", async () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "the project"));
    repository.commit({ "pyproject.toml": 'requires = ["setuptools-scm"]\n', a: "x\n" });
    repository.git("tag", "v1.0");
    repository.commit({ b: "x\n" });
    const index = join(repository.path, ".git", "index");
    const before = readFileSync(index);
    const folder = await fixture.extract(urlOf(repository.path));
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, ...args], { env: gitEnvironment, encoding: "utf8" }).trim();
    assert.match(git("describe", "--tags", "--long", "--dirty"), /^v1\.0-1-g[0-9a-f]+$/);
    assert.equal(git("status", "--porcelain"), "");
    git("tag", "v2.0");
    assert.equal(repository.git("tag"), "v1.0");
    assert.deepEqual(readFileSync(index), before);
    assert.ok(!existsSync(join(folder, ".git", "hooks")));
  });
});
