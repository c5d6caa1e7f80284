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
  ["3.12 # what the server has\n", ["3.12"]],
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
  ["system", /`system` is pyenv's word/],
  ["my-project", /`my-project` is no version/],
  ["myproject", /`myproject` is no version/],
  ["python", /no version/],
  ["miniconda3-4.7.12", /no version/],
  ["3.14-dev", /no version/],
  ["3.12.1/envs/web", /environment of pyenv's: write its version, `3\.12\.1`/],
  ["3.x", /no version/],
];

describe("the lines of a version file", () => {
  for (const [text, requests] of lines) {
    test(JSON.stringify(text), () => {
      const parsed = parseVersionFile(text);
      assert.deepEqual(
        parsed.pins.map(({ request }) => request),
        requests,
      );
      assert.deepEqual(parsed.ignored, []);
    });
  }
  for (const [text, why] of ignored) {
    test(`ignored: ${text}`, () => {
      const parsed = parseVersionFile(`# one\n${text}\n3.12\n`);
      assert.deepEqual(parsed.pins, [{ request: "3.12", line: 3 }]);
      assert.equal(parsed.ignored.length, 1);
      assert.equal(parsed.ignored[0]?.line, 2);
      assert.match(parsed.ignored[0]?.why ?? "", why);
    });
  }
});

/** Files by path; the folder to be in; where it is found. `config` is the folder of Posy's settings. */
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
  here: { files: { "a/.python-version": "3.12" }, found: "a/.python-version" },
  "in the nearest folder upwards": {
    files: { ".python-version": "3.11", "a/.python-version": "3.12", "a/b/c/x": "" },
    cwd: "a/b/c",
    found: "a/.python-version",
  },
  "one before several": {
    files: { "a/.python-version": "3.12", "a/.python-versions": "3.11" },
    found: "a/.python-version",
  },
  "several before one, for what can use several": {
    files: { "a/.python-version": "3.12", "a/.python-versions": "3.11" },
    options: { preference: "several" },
    found: "a/.python-versions",
  },
  "several, where one is not there": { files: { "a/.python-versions": "3.11" }, found: "a/.python-versions" },
  "the nearer one, whichever is preferred": {
    files: { ".python-versions": "3.12", "a/.python-version": "3.11" },
    options: { preference: "several" },
    found: "a/.python-version",
  },
  "not a folder of that name": {
    files: { "a/.python-version/x": "", ".python-version": "3.12" },
    found: ".python-version",
  },
  "not beyond the project": {
    files: { ".python-version": "3.12", "a/pyproject.toml": project, "a/b/x": "" },
    cwd: "a/b",
    found: undefined,
  },
  "in the project's own folder": {
    files: { "a/.python-version": "3.12", "a/pyproject.toml": project, "a/b/x": "" },
    cwd: "a/b",
    found: "a/.python-version",
  },
  "beyond a pyproject.toml that is no project's": {
    files: { ".python-version": "3.12", "a/pyproject.toml": "[tool.black]\n" },
    found: ".python-version",
  },
  "in the workspace around the project, and not beyond": {
    files: { "a/.python-version": "3.12", "a/pyproject.toml": workspace, "a/b/pyproject.toml": project },
    cwd: "a/b",
    found: "a/.python-version",
  },
  "not beyond the workspace": {
    files: { ".python-version": "3.12", "a/pyproject.toml": workspace, "a/b/pyproject.toml": project },
    cwd: "a/b",
    found: undefined,
  },
  "the user's own where no folder says": {
    files: { "config/.python-version": "3.12", "a/x": "" },
    found: "config/.python-version",
  },
  "the user's own where the project's bounds hide another": {
    files: { "config/.python-version": "3.12", ".python-version": "3.11", "a/pyproject.toml": project },
    found: "config/.python-version",
  },
  "a folder's before the user's own": {
    files: { "config/.python-version": "3.12", "a/.python-version": "3.11" },
    found: "a/.python-version",
  },
  "the user's own alone, where that is asked for": {
    files: { "config/.python-version": "3.12", "a/.python-version": "3.11" },
    options: { globalOnly: true },
    found: "config/.python-version",
  },
  "uv's global pin after Posy's": {
    files: { "user/.config/uv/.python-version": "3.12", "a/x": "" },
    found: "user/.config/uv/.python-version",
  },
  "nothing where configuration is turned off": {
    files: { "config/.python-version": "3.12", "a/.python-version": "3.11" },
    environment: { UV_NO_CONFIG: "1" },
    found: undefined,
  },
};

describe("a version file is found", () => {
  for (const [title, { files, cwd = "a", options, environment, found }] of Object.entries(cases)) {
    test(title, async () => {
      using place = aFolder({ "pyproject.toml": project, ...files });
      const file = await findVersionFile(place.at(cwd, environment), options);
      assert.equal(file?.path, found === undefined ? undefined : join(place.root, found));
      assert.equal(file?.global ?? false, /^(config|user)\//.test(found ?? ""));
    });
  }
});

test("paths are seen from the folder of the file", async () => {
  using place = aFolder({ ".python-version": ".venv\nbin/python\n~/x\nmine.pybi\n3.12\n", "a/b/x": "" });
  const file = await findVersionFile(place.at("a/b"));
  assert.deepEqual(
    file?.pins.map(({ request }) => request),
    [join(place.root, ".venv"), join(place.root, "bin/python"), "~/x", join(place.root, "mine.pybi"), "3.12"],
  );
});

test("what is passed over is said with its place", async () => {
  using place = aFolder({ ".python-version": "3.12\nwork\n" });
  const file = await findVersionFile(place.at("."));
  const path = join(place.root, ".python-version");
  assert.match(file?.warnings.join() ?? "", /^`.*`, line 2, is ignored: `work` is no version/);
  assert.ok(file?.warnings[0]?.includes(path));
});

test("what is no text, or far too long, is refused by name", async () => {
  for (const content of [Buffer.from([0x33, 0xff, 0xfe]), "3.12\n".repeat(20_000)]) {
    using place = aFolder({ ".python-version": content });
    await assert.rejects(findVersionFile(place.at(".")), (error) => {
      assert.ok(error instanceof PosyError);
      assert.equal(error.code, "invalid-configuration");
      assert.ok(error.message.includes(join(place.root, ".python-version")));
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

/** `POSY_HOME` moves Posy's own settings to `<root>/config`. */
const configuration = (root: string) => ({ POSY_HOME: root });
