import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../src/errors/posy-error.ts";
import {
  findVersionFile,
  type FindVersionFileOptions,
} from "../../src/project/python-version-file/find-version-file.ts";
import { parseVersionFile } from "../../src/project/python-version-file/parse-version-file.ts";

const lines: readonly (readonly [text: string, requests: readonly string[]])[] = [
  ["3.12\n", ["3.12"]],
  ["3.12", ["3.12"]],
  ["\uFEFF3.12\r\n", ["3.12"]],
  ["\n# a comment\n  3.12.1  \n\n3.11\n", ["3.12.1", "3.11"]],
  ["3.12 # as on the server\n", ["3.12"]],
  ["3.12 3.11\n", ["3.12"]],
  [">=3.10, <3.13 # both\n", [">=3.10, <3.13"]],
  ["3.13t\npypy3.10\ncpython@3.12\npypy\n", ["3.13t", "pypy3.10", "cpython@3.12", "pypy"]],
  ["python-3.12\npython3.11\nPython@3.10\n", ["3.12", "3.11", "Python@3.10"]],
  ["pypy3\npypy3.10-7.3.12\npypy3.9-v7.3.8-src\n", ["pypy@3", "pypy3.10", "pypy3.9"]],
  [
    "cpython-3.12.3-linux-x86_64-gnu\ncpython-3.13.0+freethreaded-linux-x86_64-gnu\n",
    ["cpython@3.12.3", "cpython@3.13.0+freethreaded"],
  ],
  ["/opt/my python/bin/python\n", ["/opt/my python/bin/python"]],
  ["", []],
  ["# nothing\n", []],
];

const ignored: readonly (readonly [text: string, why: RegExp])[] = [
  ["system", /pyenv uses `system`/],
  ["my-project", /`my-project` is not a version/],
  ["myproject", /`myproject` is not a version/],
  ["python", /not a version/],
  ["miniconda3-4.7.12", /not a version/],
  ["3.14-dev", /not a version/],
  ["3.12.1/envs/web", /environment of pyenv: write its version, `3\.12\.1`/],
  ["3.x", /not a version/],
];

describe("parseVersionFile", () => {
  for (const [text, requests] of lines) {
    test(`reads ${JSON.stringify(text)}`, () => {
      const parsed = parseVersionFile(text);
      assert.deepEqual(
        parsed.pins.map(({ request }) => request),
        requests,
      );
      assert.deepEqual(parsed.ignored, []);
    });
  }
  for (const [text, why] of ignored) {
    test(`ignores \`${text}\` with a reason`, () => {
      const parsed = parseVersionFile(`# one\n${text}\n3.12\n`);
      assert.deepEqual(parsed.pins, [{ request: "3.12", line: 3 }]);
      assert.equal(parsed.ignored.length, 1);
      assert.equal(parsed.ignored[0]?.line, 2);
      assert.match(parsed.ignored[0]?.why ?? "", why);
    });
  }
});

/**
 * `files` are texts by path. `cwd` is the folder that is searched from. `found` is the expected path. `config` is the
 * folder of Posy's settings.
 */
interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly options?: FindVersionFileOptions;
  readonly environment?: NodeJS.ProcessEnv;
  readonly found: string | undefined;
}

const project = "[build-system]\n[project]\nname = 'x'\n";
const workspace = "[project]\nname = 'x'\n[tool.uv.workspace]\nmembers = ['*']\n";

const cases: Readonly<Record<string, Case>> = {
  "in the current folder": { files: { "a/.python-version": "3.12" }, found: "a/.python-version" },
  "in the nearest folder above": {
    files: { ".python-version": "3.11", "a/.python-version": "3.12", "a/b/c/x": "" },
    cwd: "a/b/c",
    found: "a/.python-version",
  },
  "`.python-version` before `.python-versions`": {
    files: { "a/.python-version": "3.12", "a/.python-versions": "3.11" },
    found: "a/.python-version",
  },
  "`.python-versions` first if several are preferred": {
    files: { "a/.python-version": "3.12", "a/.python-versions": "3.11" },
    options: { preference: "several" },
    found: "a/.python-versions",
  },
  "`.python-versions` if there is no `.python-version`": {
    files: { "a/.python-versions": "3.11" },
    found: "a/.python-versions",
  },
  "the nearer file, even if the other name is preferred": {
    files: { ".python-versions": "3.12", "a/.python-version": "3.11" },
    options: { preference: "several" },
    found: "a/.python-version",
  },
  "a file, not a folder of that name": {
    files: { "a/.python-version/x": "", ".python-version": "3.12" },
    found: ".python-version",
  },
  "no file above the project": {
    files: { ".python-version": "3.12", "a/pyproject.toml": project, "a/b/x": "" },
    cwd: "a/b",
    found: undefined,
  },
  "in the folder of the project": {
    files: { "a/.python-version": "3.12", "a/pyproject.toml": project, "a/b/x": "" },
    cwd: "a/b",
    found: "a/.python-version",
  },
  "above a `pyproject.toml` without `[project]`": {
    files: { ".python-version": "3.12", "a/pyproject.toml": "[tool.black]\n" },
    found: ".python-version",
  },
  "in the workspace of the project": {
    files: { "a/.python-version": "3.12", "a/pyproject.toml": workspace, "a/b/pyproject.toml": project },
    cwd: "a/b",
    found: "a/.python-version",
  },
  "no file above the workspace": {
    files: { ".python-version": "3.12", "a/pyproject.toml": workspace, "a/b/pyproject.toml": project },
    cwd: "a/b",
    found: undefined,
  },
  "the global pin if no folder has a file": {
    files: { "config/.python-version": "3.12", "a/x": "" },
    found: "config/.python-version",
  },
  "the global pin if the only other file is above the project": {
    files: { "config/.python-version": "3.12", ".python-version": "3.11", "a/pyproject.toml": project },
    found: "config/.python-version",
  },
  "a file of a folder before the global pin": {
    files: { "config/.python-version": "3.12", "a/.python-version": "3.11" },
    found: "a/.python-version",
  },
  "only the global pin with `globalOnly`": {
    files: { "config/.python-version": "3.12", "a/.python-version": "3.11" },
    options: { globalOnly: true },
    found: "config/.python-version",
  },
  "uv's global pin if Posy has none": {
    files: { "user/.config/uv/.python-version": "3.12", "a/x": "" },
    found: "user/.config/uv/.python-version",
  },
  "nothing with `UV_NO_CONFIG`": {
    files: { "config/.python-version": "3.12", "a/.python-version": "3.11" },
    environment: { UV_NO_CONFIG: "1" },
    found: undefined,
  },
};

describe("findVersionFile finds", () => {
  for (const [title, { files, cwd = "a", options, environment, found }] of Object.entries(cases)) {
    test(title, async () => {
      using folder = aFolder({ "pyproject.toml": project, ...files });
      const file = await findVersionFile(folder.at(cwd, environment), options);
      assert.equal(file?.path, found === undefined ? undefined : join(folder.root, found));
      assert.equal(file?.global ?? false, /^(config|user)\//.test(found ?? ""));
    });
  }
});

test("a path in a version file is relative to the folder of the file", async () => {
  using folder = aFolder({ ".python-version": ".venv\nbin/python\n~/x\nmine.pybi\n3.12\n", "a/b/x": "" });
  const file = await findVersionFile(folder.at("a/b"));
  assert.deepEqual(
    file?.pins.map(({ request }) => request),
    [
      join(folder.root, ".venv"),
      join(folder.root, "bin/python"),
      "~/x",
      join(folder.root, "mine.pybi"),
      "3.12",
    ],
  );
});

test("a warning names the file and the line that is ignored", async () => {
  using folder = aFolder({ ".python-version": "3.12\nwork\n" });
  const file = await findVersionFile(folder.at("."));
  const path = join(folder.root, ".python-version");
  assert.match(file?.warnings.join() ?? "", /^`.*`, line 2, is ignored: `work` is not a version/);
  assert.ok(file?.warnings[0]?.includes(path));
});

test("findVersionFile rejects a file that is not text or is too long, and names it", async () => {
  for (const content of [Buffer.from([0x33, 0xff, 0xfe]), "3.12\n".repeat(20_000)]) {
    using folder = aFolder({ ".python-version": content });
    await assert.rejects(findVersionFile(folder.at(".")), (error) => {
      assert.ok(error instanceof PosyError);
      assert.equal(error.code, "invalid-configuration");
      assert.ok(error.message.includes(join(folder.root, ".python-version")));
      return true;
    });
  }
});

function aFolder(files: Readonly<Record<string, string | Buffer>>) {
  const root = mkdtempSync(join(tmpdir(), "posy-version-file-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return {
    root,
    at: (cwd: string, environment: NodeJS.ProcessEnv = {}) => ({
      cwd: join(root, cwd),
      environment: { HOME: join(root, "user"), XDG_CONFIG_HOME: "", ...configuration(root), ...environment },
      platform: "linux" as const,
    }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** With `POSY_HOME`, Posy's settings are in `<root>/config`. */
const configuration = (root: string) => ({ POSY_HOME: root });
