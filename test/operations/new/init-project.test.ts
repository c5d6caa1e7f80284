import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { initProject } from "../../../src/operations/new/init-project.ts";

/** Runs `initProject` in a folder `My old` with these files. */
async function init(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "posy-init-"));
  try {
    const folder = join(root, "My old");
    mkdirSync(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await initProject(folder, { python: { requires: ">=3.11" } });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const project = (dependencies: string) =>
  `[project]\nname = "my-old"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ${dependencies}\n`;
const hash = `--hash=sha256:${"a".repeat(64)}`;

const comes: Record<string, readonly [files: Readonly<Record<string, string>>, text: string, left?: RegExp]> =
  {
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

const refused: Record<string, readonly [files: Readonly<Record<string, string>>, says: RegExp]> = {
  "a project that only Poetry reads": [
    { "pyproject.toml": '[tool.poetry]\nname = "x"\n' },
    /only Poetry reads/,
  ],
  "a line that is not a requirement": [{ "requirements.txt": "a\nb c\n" }, /requirements.txt:2: `b c`/],
  "a file that is not TOML": [{ "pyproject.toml": "a = \n" }, /line 1, is not TOML/],
};
for (const [title, [files, says]] of Object.entries(refused)) {
  test(`initProject rejects ${title}`, async () => {
    await assert.rejects(init(files), says);
  });
}
