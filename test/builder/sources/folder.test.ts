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
import { filesIn, newSourcePlace, type SourcePlace } from "./a-place.ts";

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

function newProject(place: SourcePlace, more: Readonly<Record<string, string>> = {}): string {
  const root = join(place.root, "the project");
  write(root, { ...files, ...more });
  return root;
}

const urlOf = (path: string, fragment = "") => pathToFileURL(path).href + fragment;

/** What may happen to a project, and whether it is another then: for a build, and for an editable one. */
const changes: readonly {
  readonly title: string;
  readonly change: (root: string) => void;
  readonly builds: boolean;
  readonly editable: boolean;
}[] = [
  { title: "nothing", change: () => {}, builds: false, editable: false },
  {
    title: "a Python file of another size",
    change: (root) => write(root, { "package/part.py": "x = 10\n" }),
    builds: true,
    editable: false,
  },
  {
    title: "a Python file of another time",
    change: (root) => utimesSync(join(root, "package/part.py"), 1, 1),
    builds: true,
    editable: false,
  },
  {
    title: "a Python file that is new",
    change: (root) => write(root, { "package/new.py": "" }),
    builds: true,
    editable: false,
  },
  {
    title: "a package that is new",
    change: (root) => write(root, { "package/sub/__init__.py": "" }),
    builds: true,
    editable: true,
  },
  {
    title: "a file that is gone",
    change: (root) => rmSync(join(root, "package/data.json")),
    builds: true,
    editable: false,
  },
  {
    title: "a file that may be executed",
    change: (root) => chmodSync(join(root, "package/data.json"), 0o755),
    builds: true,
    editable: false,
  },
  {
    title: "data",
    change: (root) => write(root, { "package/data.json": "{ }" }),
    builds: true,
    editable: false,
  },
  {
    title: "pyproject.toml",
    change: (root) => write(root, { "pyproject.toml": "#" }),
    builds: true,
    editable: true,
  },
  { title: "setup.py", change: (root) => write(root, { "setup.py": "#" }), builds: true, editable: true },
  { title: "the README", change: (root) => write(root, { "README.md": "" }), builds: true, editable: true },
  {
    title: "a C source",
    change: (root) => write(root, { "package/hand.c": "int x;" }),
    builds: true,
    editable: true,
  },
  {
    title: "what Cython made of a source",
    change: (root) => write(root, { "package/fast.c": "int x;" }),
    builds: true,
    editable: false,
  },
  {
    title: "a package that is called build",
    change: (root) => write(root, { "package/build/__init__.py": "x = 1" }),
    builds: true,
    editable: false,
  },
  {
    title: "what builds, tests and tools leave",
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

describe("the state of a folder", () => {
  for (const { title, change, ...expected } of changes) {
    test(title, async () => {
      using place = newSourcePlace();
      const root = newProject(place);
      // That the folder is there is no change.
      mkdirSync(join(root, "src"));
      const states = async () => ({
        builds: (await place.pin(urlOf(root))).identity,
        editable: (await place.pin(urlOf(root, "#editable=true"))).identity,
      });
      const before = await states();
      assert.notEqual(before.builds, before.editable);
      assert.match(before.builds, /^[0-9a-f]{64}$/);
      change(root);
      const after = await states();
      assert.equal(before.builds !== after.builds, expected.builds, "for a build");
      assert.equal(before.editable !== after.editable, expected.editable, "for an editable one");
    });
  }

  test("has the place in it: an editable wheel leads there", async () => {
    using place = newSourcePlace();
    const root = newProject(place);
    const before = await place.pin(urlOf(root, "#editable=true"));
    renameSync(root, `${root} moved`);
    assert.notEqual((await place.pin(urlOf(`${root} moved`, "#editable=true"))).identity, before.identity);
  });

  test("has the history in it where versions come from there, and only there", async () => {
    using place = newSourcePlace();
    const repository = newRepository(join(place.root, "the project"));
    repository.commit({ "pyproject.toml": '[build-system]\nrequires = ["setuptools-scm"]\n' });
    const url = urlOf(repository.path);
    const before = (await place.pin(url)).identity;
    repository.git("status");
    assert.equal((await place.pin(url)).identity, before);
    repository.git("tag", "v1.0");
    const tagged = (await place.pin(url)).identity;
    assert.notEqual(tagged, before);
    repository.commit();
    assert.notEqual((await place.pin(url)).identity, tagged);
    write(repository.path, { "pyproject.toml": "[project]\n" });
    const plain = (await place.pin(url)).identity;
    repository.git("tag", "v1.1");
    assert.equal((await place.pin(url)).identity, plain);
  });

  test("a link is where it leads and what is there", async () => {
    using place = newSourcePlace();
    const root = newProject(place);
    symlinkSync("../shared.txt", join(root, "linked"));
    const states = [(await place.pin(urlOf(root))).identity];
    writeFileSync(join(place.root, "shared.txt"), "x");
    states.push((await place.pin(urlOf(root))).identity);
    writeFileSync(join(place.root, "shared.txt"), "xy");
    states.push((await place.pin(urlOf(root))).identity);
    assert.equal(new Set(states).size, 3);
  });

  test("origin and URL", async () => {
    using place = newSourcePlace();
    const root = newProject(place);
    const url = urlOf(root, "#editable=true&subdirectory=package");
    const pinned = await place.pin(url);
    assert.deepEqual(pinned.origin, {
      kind: "directory",
      url: urlOf(root),
      editable: true,
      subdirectory: "package",
    });
    assert.equal(pinned.url, url);
  });

  for (const [title, make, code, says] of [
    ["nothing there", () => {}, "not-found", /no such file or folder/],
    ["a file", (path: string) => writeFileSync(path, ""), "invalid-url", /neither a wheel nor an archive/],
  ] as const) {
    test(`of ${title} is an error`, async () => {
      using place = newSourcePlace();
      make(join(place.root, "x"));
      await assert.rejects(place.pin(urlOf(join(place.root, "x"))), (error) => {
        assert.ok(error instanceof PosyError);
        assert.equal(error.code, code);
        assert.match(error.message, says);
        return true;
      });
    });
  }
});

describe("a folder is built", () => {
  test("in a copy, which has times, modes and links, and nothing that builds left", async () => {
    using place = newSourcePlace();
    const root = newProject(place, { "build/lib/stale.py": "", "run.sh": "", ".venv/pyvenv.cfg": "" });
    chmodSync(join(root, "run.sh"), 0o555);
    utimesSync(join(root, "package/part.py"), 1_000_000_000, 1_000_000_000);
    symlinkSync("package/data.json", join(root, "inner"));
    const folder = await place.layOut(urlOf(root));
    assert.ok(folder.startsWith(place.root) && folder !== root);
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

  test("in a copy of the whole where a part is meant", async () => {
    using place = newSourcePlace();
    const root = newProject(place);
    const folder = await place.layOut(urlOf(root, "#subdirectory=package"));
    assert.deepEqual(filesIn(dirname(folder)), ["README.md", "package", "pyproject.toml", "setup.py"]);
  });

  const inPlace: readonly (readonly [string, (place: SourcePlace) => string])[] = [
    [
      "names something outside",
      (place) => newProject(place, { "pyproject.toml": 'readme = "../README.md"\n' }),
    ],
    [
      "names it in setup.py",
      (place) => newProject(place, { "setup.py": 'open(os.path.join(here, "..", "VERSION"))' }),
    ],
    [
      "is in a workspace",
      (place) => newProject(place, { "Cargo.toml": "[package]\nversion.workspace = true\n" }),
    ],
    [
      "has links out of it",
      (place) => {
        const root = newProject(place);
        symlinkSync("../../other", join(root, "package/other"));
        return root;
      },
    ],
    [
      "is part of a larger repository",
      (place) => {
        const root = newProject(place);
        newRepository(place.root);
        return root;
      },
    ],
    [
      "is a linked work tree whose version is in its history",
      (place) => {
        const repository = newRepository(join(place.root, "other"));
        repository.commit({ "pyproject.toml": 'requires = ["hatch-vcs"]\n' });
        repository.git("worktree", "add", "--quiet", "-b", "other", join(place.root, "the project"));
        return join(place.root, "the project");
      },
    ],
  ];
  for (const [title, make] of inPlace) {
    test(`where it is, if it ${title}`, async () => {
      using place = newSourcePlace();
      const root = make(place);
      assert.equal(await place.layOut(urlOf(root)), root);
    });
  }

  test("where it is, if it is editable", async () => {
    using place = newSourcePlace();
    const root = newProject(place);
    assert.equal(await place.layOut(urlOf(root, "#editable=true")), root);
    assert.equal(
      await place.layOut(urlOf(root, "#editable=true&subdirectory=package")),
      join(root, "package"),
    );
  });

  test("with its history, which what is done in the copy leaves alone", async () => {
    using place = newSourcePlace();
    const repository = newRepository(join(place.root, "the project"));
    repository.commit({ "pyproject.toml": 'requires = ["setuptools-scm"]\n', a: "x\n" });
    repository.git("tag", "v1.0");
    repository.commit({ b: "x\n" });
    const index = join(repository.path, ".git", "index");
    const before = readFileSync(index);
    const folder = await place.layOut(urlOf(repository.path));
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
