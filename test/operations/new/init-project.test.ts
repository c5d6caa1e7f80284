import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type InitChoice, initProject } from "../../../src/operations/new/init-project.ts";

/** Runs `initProject` in a folder `My old` with these files. */
async function init(files: Readonly<Record<string, string | Uint8Array>>, options: Partial<InitChoice> = {}) {
  const root = mkdtempSync(join(tmpdir(), "posy-init-"));
  try {
    const folder = join(root, "My old");
    mkdirSync(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await initProject(folder, { python: { requires: ">=3.11" }, ...options });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const project = (dependencies: string) =>
  `[project]\nname = "my-old"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ${dependencies}\n`;
const hash = `--hash=sha256:${"a".repeat(64)}`;

const comes: Record<
  string,
  readonly [files: Readonly<Record<string, string | Uint8Array>>, text: string, left?: RegExp]
> = {
  "an empty folder": [{}, project("[]")],
  "requirements with comments, hashes and markers": [
    {
      "requirements.txt": `# ours\nnumpy>=2 # why\nrich==13.* ; os_name == 'nt' \\\n    ${hash}\n\nnumpy>=2\n`,
    },
    project(`[\n    "numpy>=2",\n    "rich==13.* ; os_name == 'nt'",\n]`),
  ],
  "groups that include each other and the dependencies": [
    {
      "requirements.txt": "a\n",
      "requirements-dev.txt": "-r requirements.txt\n-r requirements-test.txt\nb\n",
      "requirements-test.txt": "c\n",
    },
    `${project('[\n    "a",\n]')}\n[dependency-groups]\ndev = [\n    { include-group = "test" },\n    "b",\n]\ntest = [\n    "c",\n]\n`,
  ],
  "a file that a person wrote, and the file compiled from it": [
    { "requirements.in": "a\n", "requirements.txt": "a==1\nb==2\n" },
    project('[\n    "a",\n]'),
    /`requirements.txt` is left: `requirements.in`/,
  ],
  "folders, repositories and the project itself": [
    {
      "requirements.txt": "-e .\n-e ./lib[x]\ngit+https://h/b.git@v1#egg=b\n./nameless\n",
      "lib/pyproject.toml": '[project]\nname = "My_Lib"\nversion = "1"\n',
    },
    `${project('[\n    "my-lib[x]",\n    "b @ git+https://h/b.git@v1",\n]')}\n[tool.posy.sources]\nmy-lib = { path = "lib", editable = true }\n`,
    /requirements.txt:1: `-e \.` is the project itself[^]*requirements.txt:4: `\.\/nameless` is left/,
  ],
  "indexes, constraints and pre-releases": [
    { "requirements.txt": "-i https://h/simple\n--pre\n-c limits.txt\na\n", "constraints.txt": "b<2\n" },
    `${project('[\n    "a",\n]')}\n[tool.posy]\nconstraints = [\n    "b<2",\n]\nprerelease = "allow"\n\n[[tool.posy.indexes]]\nurl = "https://h/simple"\ndefault = true\n`,
    /^requirements.txt:3: `-c limits.txt` is left: there is no such file$/,
  ],
  "an index with a password": [
    { "requirements.txt": "--extra-index-url https://me:secret@h/simple\na\n" },
    project('[\n    "a",\n]'),
    /belongs in `~\/.netrc`/,
  ],
  "settings of another tool, with CRLF": [
    { "pyproject.toml": "# mine\r\n[tool.ruff]\r\n", "requirements.txt": "a\r\n" },
    `${project('[\n    "a",\n]')}\n# mine\n[tool.ruff]\n`.replaceAll("\n", "\r\n"),
  ],
  "a project without dependencies": [
    { "pyproject.toml": '[project]\nname = "x" # me\nversion = "1"\n', "requirements.txt": "a\n" },
    '[project]\nname = "x" # me\nversion = "1"\ndependencies = [\n    "a",\n]\n',
  ],
  "a project with dependencies": [
    {
      "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["b"]\n',
      "requirements.txt": "a\n",
    },
    '[project]\nname = "x"\nversion = "1"\ndependencies = ["b"]\n',
    /`requirements.txt` is left: `project.dependencies` is there already/,
  ],
  "a project whose build backend provides the dependencies": [
    {
      "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndynamic = ["dependencies"]\n',
      "requirements.txt": "a\n",
    },
    '[project]\nname = "x"\nversion = "1"\ndynamic = ["dependencies"]\n',
    /is left/,
  ],
  "a setup.py": [
    { "setup.py": "", "requirements.txt": "a\n" },
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n[tool.posy]\n\n[dependency-groups]\ndev = [\n    "a",\n]\n',
  ],
};
for (const [title, [files, text, left = /^$/]] of Object.entries(comes)) {
  test(`initProject makes a project of ${title}`, async () => {
    const made = await init(files);
    assert.equal(made.text, text);
    assert.match(made.left.join("\n"), left);
  });
}

test("initProject changes nothing the second time", async () => {
  const files = { "requirements.txt": "a\n--pre\n", "dev-requirements.txt": "b\n" };
  const { text } = await init(files);
  assert.equal((await init({ ...files, "pyproject.toml": text })).text, text);
});

const built = (text: string) =>
  `[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n[tool.posy]\n${text}`;

/** The text of `pyproject.toml` that `initProject` makes of files, and the sentences about what it left out. */
const written: Record<
  string,
  readonly [files: Readonly<Record<string, string | Uint8Array>>, text: string, left: readonly RegExp[]]
> = {
  "names every option of a file without requirements, and adds its indexes and pre-releases": [
    {
      "requirements.txt":
        "-i https://h/simple\n-e .\n--pre\n-f https://h/links\n-r missing.txt\n-c absent.txt\n-c https://h/c.txt\ngit+https://h/r\n--trusted-host h\n",
    },
    `${project("[]")}\n[tool.posy]\nprerelease = "allow"\n\n[[tool.posy.indexes]]\nurl = "https://h/simple"\ndefault = true\n`,
    [
      /^requirements.txt:2: `-e \.` is the project itself/,
      /^requirements.txt:4: `-f https:\/\/h\/links` is left: .*`find-links`/,
      /^requirements.txt:8: `git\+https:\/\/h\/r` is left: a name is needed/,
      /^requirements.txt:9: `--trusted-host h` is left/,
      /^requirements.txt:5: `-r missing.txt` is left: there is no such file/,
      /^requirements.txt:6: `-c absent.txt` is left: there is no such file/,
      /^requirements.txt:7: `-c https:\/\/h\/c.txt` is left: it is a URL/,
    ],
  ],
  "leaves out a line that is not a requirement, and adds the others": [
    { "requirements.txt": "six>=1.10.*\nb c\na\n" },
    project('[\n    "a",\n]'),
    [/^requirements.txt:1: `six>=1\.10\.\*` is left: /, /^requirements.txt:2: `b c` is left: /],
  ],
  "leaves out a file that is not text": [
    { "requirements.txt": "a\n", "requirements-dev.txt": Uint8Array.of(0x61, 0xff) },
    project('[\n    "a",\n]'),
    [/^`requirements-dev.txt` is left: .* is not text in utf-8/],
  ],
  "adds an editable repository without `-e`": [
    { "requirements.txt": "-e git+https://h/c.git@8.1#egg=c\n" },
    project('[\n    "c @ git+https://h/c.git@8.1",\n]'),
    [/^requirements.txt:1: .* is added without `-e`/],
  ],
  "leaves out a repository with a password, and does not print it": [
    { "requirements.txt": "git+https://me:secret@h/c.git#egg=c\nd @ https://tok@h/d.zip\n" },
    project("[]"),
    [
      /^requirements.txt:1: `git\+https:\/\/h\/c.git#egg=c` is left: it has a password/,
      /^requirements.txt:2: `d @ https:\/\/h\/d.zip` is left/,
    ],
  ],
  "replaces `${PROJECT_ROOT}` by the folder of the project": [
    { "requirements.txt": "c @ file:///${PROJECT_ROOT}/c.zip\n" },
    `${project('[\n    "c",\n]')}\n[tool.posy.sources]\nc = { path = "c.zip" }\n`,
    [],
  ],
  ...(process.platform !== "win32" && {
    "leaves out a `file:` URL with a host, which is no path on this machine": [
      { "requirements.txt": "a\nc @ file://host/c-1.0-py3-none-any.whl\n-e file://host/d\n" },
      project('[\n    "a",\n]'),
      [
        /:2: .* is left: .* is not a file on this machine/,
        /:3: .* is left: .* is not a file on this machine/,
      ],
    ] as const,
  }),
  "leaves out a URL with a variable": [
    { "requirements.txt": "c @ https://h/${V}/c.zip\n./${V}/d\n" },
    project("[]"),
    [/:1: .* is left: it has a variable/, /:2: .* is left: it has a variable/],
  ],
  "does not include a group in `project.dependencies`": [
    { "requirements.txt": "-r requirements-dev.txt\na\n", "requirements-dev.txt": "b\n" },
    `${project('[\n    "a",\n]')}\n[dependency-groups]\ndev = [\n    "b",\n]\n`,
    [/^requirements.txt:1: .* is left: its requirements are in the group `dev`/],
  ],
  "does not include a group in `tool.posy.constraints`": [
    { "constraints.txt": "-r requirements-dev.txt\nc<2\n", "requirements-dev.txt": "b\n" },
    `${project("[]")}\n[dependency-groups]\ndev = [\n    "b",\n]\n\n[tool.posy]\nconstraints = [\n    "c<2",\n]\n`,
    [/^constraints.txt:1: .* cannot include a group/],
  ],
  "copies the requirements of groups that include each other": [
    {
      "requirements-a.txt": "-r requirements-b.txt\nx\n",
      "requirements-b.txt": "-r requirements-a.txt\ny\n",
    },
    `${project("[]")}\n[dependency-groups]\na = [\n    "y",\n    "x",\n]\nb = [\n    "x",\n    "y",\n]\n`,
    [],
  ],
  "does not include a group that would make a cycle with an existing group": [
    {
      "pyproject.toml": `${project("[]")}[dependency-groups]\nA = [{ include-group = "b" }, "x"]\nb = []\n`,
      "requirements-b.txt": "-r requirements-a.txt\ny\n",
      "requirements-a.txt": "x\n",
    },
    `${project("[]")}[dependency-groups]\nA = [{ include-group = "b" }, "x"]\nb = [\n    "y",\n]\n`,
    [/^`requirements-a.txt` is left: `dependency-groups.a` is there/, /^requirements-b.txt:1: .* in a cycle/],
  ],
  "does not include a group without requirements": [
    { "requirements-dev.txt": "-r requirements-test.txt\na\n", "requirements-test.txt": "# none\n" },
    `${project("[]")}\n[dependency-groups]\ndev = [\n    "a",\n]\n`,
    [],
  ],
  "adds the requirements of included files whose names do not show a purpose": [
    {
      "requirements.txt": "-r deps/all.txt\n-r requirements-lock.txt\na\n",
      "deps/all.txt": "-r more.txt\n-r ../requirements.txt\nb\n",
      "deps/more.txt": "--pre\nc\n./lib\n",
      "requirements-lock.txt": "d==1\n",
      "lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1"\n',
    },
    `${project('[\n    "a",\n    "b",\n    "c",\n    "lib",\n    "d==1",\n]')}\n[tool.posy.sources]\nlib = { path = "lib" }\n\n[tool.posy]\nprerelease = "allow"\n`,
    [/^`requirements-lock.txt` is left: by its name/],
  ],
  "adds the constraints of a file whose name does not show a purpose": [
    {
      "requirements.in": "-c upper.txt\na\n",
      "requirements.txt": "a==1\n",
      "requirements-dev.in": "-c requirements.txt\nb\n",
      "upper.txt": "a<2\n",
    },
    `${project('[\n    "a",\n]')}\n[dependency-groups]\ndev = [\n    "b",\n]\n\n[tool.posy]\nconstraints = [\n    "a<2",\n]\n`,
    [/^`requirements.txt` is left/, /^requirements-dev.in:1: `-c requirements.txt` is left: all groups/],
  ],
  "resolves paths of a nested file from the project, as pip does": [
    {
      "requirements/dev.txt": "-e .\n-e ./lib\n",
      "lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1"\n',
      "requirements/lib/pyproject.toml": '[project]\nname = "other"\nversion = "1"\n',
    },
    `${project("[]")}\n[dependency-groups]\ndev = [\n    "lib",\n]\n\n[tool.posy.sources]\nlib = { path = "lib", editable = true }\n`,
    [/^requirements\/dev.txt:1: `-e \.` is the project itself/],
  ],
  "leaves out the project itself, as `pip freeze` writes it, and names its extras": [
    {
      "requirements.txt": "My_Old==1.0\n-e git+https://h/r@1#egg=my-old\n-e .[x]\n",
      "requirements-dev.txt": "my-old[x]\n",
    },
    `${project("[]")}\n[dependency-groups]\ndev = [\n    "my-old[x]",\n]\n`,
    [
      /^requirements.txt:1: .* is the project itself/,
      /^requirements.txt:2: .* is the project itself/,
      /^requirements.txt:2: .* without `-e`/,
      /^requirements.txt:3: .*`extras = \["x"\]`/,
    ],
  ],
  "adds `--no-binary` and `--only-binary`": [
    { "requirements.txt": "--only-binary :all:\n--no-binary B_c,d\na\n" },
    `${project('[\n    "a",\n]')}\n[tool.posy]\nno-binary = ["b-c", "d"]\nno-build = true\n`,
    [],
  ],
  "adds no metadata beside those of Flit": [
    {
      "pyproject.toml":
        '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n\n[tool.flit.metadata]\nmodule = "m"\n',
      "requirements.txt": "a\n",
    },
    '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n\n[tool.flit.metadata]\nmodule = "m"\n\n[tool.posy]\n\n[dependency-groups]\ndev = [\n    "a",\n]\n',
    [],
  ],
  "adds a build backend to metadata of Flit": [
    { "pyproject.toml": '[tool.flit.metadata]\nmodule = "m"' },
    '[tool.flit.metadata]\nmodule = "m"\n\n[build-system]\nrequires = ["flit_core>=3.2,<4"]\nbuild-backend = "flit_core.buildapi"\n\n[tool.posy]\n',
    [],
  ],
  "adds no metadata beside those of `setup.cfg`": [
    { "setup.cfg": "[metadata]\nversion = 1\nname = x\n\n[options]\ninstall_requires = b\n" },
    built(""),
    [],
  ],
  "adds `[project]` beside a `setup.cfg` that only configures other tools": [
    { "setup.cfg": "[flake8]\nname = x\n[metadata]\n[isort]\nname = y\n" },
    project("[]"),
    [],
  ],
  "adds `[project]` for a build backend that reads nothing else": [
    {
      "pyproject.toml": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      "setup.py": "",
    },
    `${project("[]")}\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n`,
    [],
  ],
  "writes a URL as a source if the build backend refuses URLs": [
    {
      "pyproject.toml": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      "requirements.txt": "b @ git+https://h/b@v1\n",
      "requirements-dev.txt": "c @ https://h/c.zip\n",
    },
    `${project('[\n    "b",\n]')}\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[tool.posy.sources]\nb = { git = "https://h/b", rev = "v1" }\n\n[dependency-groups]\ndev = [\n    "c @ https://h/c.zip",\n]\n`,
    [],
  ],
  "says that the build backend provides the dependencies": [
    {
      "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndynamic = ["dependencies"]\n',
      "requirements.txt": "a\n",
    },
    '[project]\nname = "x"\nversion = "1"\ndynamic = ["dependencies"]\n',
    [/^`requirements.txt` is left: the build backend provides `project.dependencies` \(`dynamic`\)$/],
  ],
  "keeps existing indexes and settings, and names those that it leaves": [
    {
      "pyproject.toml": `${project("[]")}[tool]\nposy = { prerelease = "disallow", indexes = [{ url = "https://o/" }] }\n`,
      "requirements.txt": "-i https://h/\n--extra-index-url https://o/\n--pre\n",
    },
    `${project("[]")}[tool]\nposy = { prerelease = "disallow", indexes = [{ url = "https://o/" }] }\n`,
    [
      /^`requirements.txt`: `tool.posy.prerelease = "allow"` is left/,
      /^the index `https:\/\/h\/` of `requirements.txt` is left/,
    ],
  ],
  "adds an index to an inline table": [
    {
      "pyproject.toml": `${project("[]")}[tool]\nposy = { venv = true }\n`,
      "requirements.txt": "-i https://h/\n",
    },
    `${project("[]")}[tool]\nposy = { venv = true, indexes = [{ url = "https://h/", default = true }] }\n`,
    [],
  ],
  "adds a list to an inline table": [
    { "pyproject.toml": 'project = { name = "x", version = "1" }\n', "requirements.txt": "a\nb\n" },
    'project = { name = "x", version = "1", dependencies = ["a", "b"] }\n',
    [],
  ],
  "does not add a group whose name exists in another spelling": [
    {
      "pyproject.toml": `${project("[]")}[dependency-groups]\nUnit_Tests = ["a"]\n`,
      "requirements-unit-tests.txt": "b\n",
    },
    `${project("[]")}[dependency-groups]\nUnit_Tests = ["a"]\n`,
    [/^`requirements-unit-tests.txt` is left: `dependency-groups.unit-tests` is there already/],
  ],
};
for (const [title, [files, text, left]] of Object.entries(written)) {
  test(`initProject ${title}`, async () => {
    const made = await init(files);
    assert.equal(made.text, text);
    for (const pattern of left) {
      assert.equal(
        made.left.filter((sentence) => pattern.test(sentence)).length,
        1,
        `${pattern}: ${made.left.join("\n")}`,
      );
    }
    assert.equal(made.left.length, left.length, made.left.join("\n"));
    assert.doesNotMatch(made.left.join(), /secret|tok@/);
  });
}

test("initProject says that `--name` and `--python` have no effect if the metadata exist", async () => {
  const options = { name: "x", pythonRequest: "3.12" };
  const existing = await init({ "pyproject.toml": project("[]") }, options);
  assert.deepEqual(existing.left, [
    "`--name` has no effect: `[project]` is there already",
    "`--python` has no effect: `[project]` is there already",
  ]);
  assert.match(
    (await init({ "setup.py": "" }, options)).left.join(),
    /`--name` has no effect: the build backend/,
  );
  assert.deepEqual((await init({}, options)).left, []);
});

const refused: Record<string, readonly [files: Readonly<Record<string, string | Uint8Array>>, says: RegExp]> =
  {
    "a project that only Poetry reads": [
      { "pyproject.toml": '[tool.poetry]\nname = "x"\n' },
      /only Poetry reads/,
    ],
    "a file that is not TOML": [{ "pyproject.toml": "a = \n" }, /line 1, is not TOML/],
  };
for (const [title, [files, says]] of Object.entries(refused)) {
  test(`initProject rejects ${title}`, async () => {
    await assert.rejects(init(files), says);
  });
}
