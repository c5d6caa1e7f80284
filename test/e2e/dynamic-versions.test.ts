import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { gitEnvironment, newRepository } from "../support/git-repository.ts";
import { assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

/** A project whose backend computes the version. The backend of the tests does it as the real one does. */
interface Project {
  /** Lines of `pyproject.toml` after `[project]` with its name and the dynamic version. */
  readonly pyproject?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Python that sets VERSION when the backend is imported. */
  readonly onImport: string;
}

const platforms = ["[tool.posy]", 'platforms = ["linux-x86_64", "windows-x86_64"]'];

function write(folder: string, { pyproject = [], files = {}, onImport }: Project): void {
  const head = ["[project]", 'name = "app"', 'dynamic = ["version"]', ...platforms];
  const tree = treeFiles({
    name: "app",
    onImport: `${onImport}\nDIST_INFO = MODULE + '-' + VERSION + '.dist-info'`,
    pyproject: [...head, ...pyproject].join("\n"),
  });
  for (const [path, text] of Object.entries({ ...tree, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const show = ["--", "python", "-c", "import importlib.metadata as m; print(m.version('app'))"];

interface Where {
  readonly cwd?: string;
  readonly env?: Record<string, string | undefined>;
}

async function assertVersion(sandbox: Sandbox, version: string, where: Where = {}): Promise<void> {
  assertPrinted(await sandbox.posy(["run", "--no-index", ...show], where), `${version}\n`);
}

/** Asserts that a change gives another version, which the next run shows and which the lock does not depend on. */
async function assertFollows(
  sandbox: Sandbox,
  change: () => unknown,
  version: string,
  where: Where = {},
): Promise<void> {
  const lock = join(where.cwd ?? sandbox.cwd, "pylock.toml");
  const before = readFileSync(lock, "utf8");
  change();
  await assertVersion(sandbox, version, where);
  const check = await sandbox.posy(["lock", "--check", "--no-index"], where);
  assertPrinted(check, "pylock.toml is up to date\n");
  assertPrinted(await sandbox.posy(["run", "--no-index", "--locked", ...show], where), `${version}\n`);
  assert.equal(readFileSync(lock, "utf8"), before);
}

/** Python that takes the first version out of a file. */
const from = (path: string) =>
  `import re\nVERSION = re.search(r"\\d+\\.\\d+", open(${JSON.stringify(path)}).read()).group()`;

const inFiles: readonly (Project & { readonly title: string; readonly path: string })[] = [
  {
    title: "the `attr` of setuptools",
    path: "src/app/__init__.py",
    pyproject: ["[tool.setuptools.dynamic]", 'version = { attr = "app.__version__" }'],
    onImport: from("src/app/__init__.py"),
  },
  {
    title: "the `file` of setuptools",
    path: "VERSION.txt",
    pyproject: ["[tool.setuptools.dynamic]", 'version = { file = "VERSION.txt" }'],
    onImport: from("VERSION.txt"),
  },
  {
    title: "`attr:` in `setup.cfg`",
    path: "app/about.py",
    files: { "setup.cfg": "[metadata]\nversion = attr: app.about.version\n" },
    onImport: from("app/about.py"),
  },
  {
    title: "the `path` of hatchling",
    path: "src/app/__about__.py",
    pyproject: ["[tool.hatch.version]", 'path = "src/app/__about__.py"'],
    onImport: from("src/app/__about__.py"),
  },
  {
    title: "the `file` of pdm",
    path: "app/version.py",
    pyproject: ["[tool.pdm.version]", 'source = "file"', 'path = "app/version.py"'],
    onImport: from("app/version.py"),
  },
  {
    title: "the module of flit",
    path: "app.py",
    pyproject: ["[tool.flit.module]", 'name = "app"'],
    onImport: from("app.py"),
  },
  {
    title: "a file in `cache-keys` of uv",
    path: "data/release.csv",
    pyproject: ["[tool.uv]", 'cache-keys = [{ file = "data/*.csv" }]'],
    onImport: from("data/release.csv"),
  },
  {
    title: "a compiled source",
    path: "app/fast.c",
    onImport: from("app/fast.c"),
  },
];

describe("`posy run` shows another version at once if it comes from", () => {
  for (const { title, path, ...project } of inFiles) {
    test(title, async () => {
      using sandbox = await newSandbox();
      write(sandbox.cwd, { ...project, files: { ...project.files, [path]: '__version__ = "1.0"\n' } });
      await assertVersion(sandbox, "1.0");
      const change = () => writeFileSync(join(sandbox.cwd, path), '__version__ = "1.1"\n');
      await assertFollows(sandbox, change, "1.1");
    });
  }

  test("the table of Poetry", async () => {
    using sandbox = await newSandbox();
    const version = (text: string) =>
      write(sandbox.cwd, {
        pyproject: ["[tool.poetry]", `version = "${text}"`],
        onImport: from("pyproject.toml").replace("re.search(r", "re.search(r'version = .\\d+\\.\\d+' and r"),
      });
    version("1.0");
    await assertVersion(sandbox, "1.0");
    await assertFollows(sandbox, () => version("1.1"), "1.1");
  });

  test("a variable that hatchling reads", async () => {
    using sandbox = await newSandbox();
    write(sandbox.cwd, {
      pyproject: ["[tool.hatch.version]", 'source = "env"', 'variable = "APP_VERSION"'],
      onImport: "VERSION = os.environ['APP_VERSION']",
    });
    await assertVersion(sandbox, "1.0", { env: { APP_VERSION: "1.0" } });
    await assertFollows(sandbox, () => {}, "1.1", { env: { APP_VERSION: "1.1" } });
    await assertVersion(sandbox, "1.0", { env: { APP_VERSION: "1.0" } });
  });
});

test("`posy run` shows the new version although setuptools left an `.egg-info` folder in the project", async () => {
  using sandbox = await newSandbox();
  const version = (text: string) => {
    write(sandbox.cwd, { onImport: `VERSION = "${text}"` });
    const path = join(sandbox.cwd, "pyproject.toml");
    writeFileSync(path, readFileSync(path, "utf8").replace('"tree_backend"', '"egg_backend"'));
  };
  version("1.0");
  // Like setuptools, it writes the folder when it is asked for build requirements.
  const backend = `from tree_backend import *
import tree_backend

def get_requires_for_build_editable(config_settings=None):
    os.makedirs("app.egg-info", exist_ok=True)
    with open("app.egg-info/PKG-INFO", "w") as file:
        file.write(tree_backend.metadata())
    return []
`;
  writeFileSync(join(sandbox.cwd, "_backend", "egg_backend.py"), backend);
  await assertVersion(sandbox, "1.0");
  await assertFollows(sandbox, () => version("1.1"), "1.1");
});

describe("`posy run` shows the version of the history", () => {
  const hatchVcs: Project = {
    pyproject: ["[tool.hatch.version]", 'source = "vcs"'],
    onImport: [
      "pretended = os.environ.get('SETUPTOOLS_SCM_PRETEND_VERSION')",
      "describe = subprocess.run(['git', 'describe', '--tags'], stdout=subprocess.PIPE, universal_newlines=True)",
      "VERSION = pretended or '.dev'.join(describe.stdout.strip().split('-')[:2]) or '0.1'",
    ].join("\n"),
  };

  test("after each commit and tag, and that of a variable", async () => {
    using sandbox = await newSandbox();
    write(sandbox.cwd, hatchVcs);
    const repository = newRepository(sandbox.cwd);
    await assertVersion(sandbox, "0.1");
    repository.commit();
    await assertFollows(sandbox, () => repository.git("tag", "1.0"), "1.0");
    await assertFollows(sandbox, () => repository.commit({ "a.txt": "" }), "1.0.dev1");
    await assertFollows(sandbox, () => repository.git("tag", "1.1"), "1.1");
    await assertVersion(sandbox, "7.0", { env: { SETUPTOOLS_SCM_PRETEND_VERSION: "7.0" } });
    await assertVersion(sandbox, "1.1");
  });

  test("in a linked work tree", async () => {
    using sandbox = await newSandbox();
    const main = join(sandbox.root, "main");
    write(main, hatchVcs);
    const repository = newRepository(main);
    repository.commit();
    repository.git("tag", "1.0");
    const cwd = join(sandbox.root, "linked");
    repository.git("worktree", "add", "--quiet", cwd);
    await assertVersion(sandbox, "1.0", { cwd });
    const commit = () =>
      spawnSync("git", ["-C", cwd, "commit", "--quiet", "--allow-empty", "-m", "x"], { env: gitEnvironment });
    await assertFollows(sandbox, commit, "1.0.dev1", { cwd });
    await assertFollows(sandbox, () => repository.git("tag", "2.0", "linked"), "2.0", { cwd });
  });
});
