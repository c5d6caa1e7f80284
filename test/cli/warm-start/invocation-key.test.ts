import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { invocationKey, type InvocationKeyContext } from "../../../src/cli/warm-start/invocation-key.ts";

const base: InvocationKeyContext = {
  environment: { HOME: "/home/user", PATH: "/bin" },
  cwd: "/home/user/work",
  platform: "linux",
  machine: "linux x64 6.1",
  user: "/home/user",
  version: "0.1.0",
  fingerprint: () => "",
};
const own = ["--with", "a", "--python", "3.13"];

interface Change {
  readonly own?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly context?: Partial<InvocationKeyContext>;
}

function keyOf({ own: args = own, env = {}, context = {} }: Change = {}) {
  return invocationKey(args, { ...base, ...context, environment: { ...base.environment, ...env } });
}

const only = (path: string, print = "1") => ({
  context: { fingerprint: (asked: string) => (asked === path ? print : "") },
});

const others: Readonly<Record<string, Change>> = {
  "another requirement": { own: ["--with", "b", "--python", "3.13"] },
  "a requirement that is called like a colour mode": { own: ["--with", "auto", "--python", "3.13"] },
  "another Python": { own: ["--with", "a", "--python", "3.12"] },
  "another index in a variable of Posy": { env: { POSY_INDEX: "https://index.example/simple" } },
  "another index in a variable of uv": { env: { UV_DEFAULT_INDEX: "https://index.example/simple" } },
  "another index in a variable of pip": { env: { PIP_INDEX_URL: "https://index.example/simple" } },
  "another PATH, if a Python is requested": { env: { PATH: "/opt/bin:/bin" } },
  "another version of Posy": { context: { version: "0.2.0" } },
  "another machine": { context: { machine: "linux arm64 6.1" } },
  "a pip.conf": only("/home/user/.config/pip/pip.conf"),
  "a pip.conf that has changed": only("/home/user/.config/pip/pip.conf", "2"),
  "a uv.toml of the user": only("/home/user/.config/uv/uv.toml"),
  "a uv.toml of the project": only("/home/user/uv.toml"),
  "a pyproject.toml of the project": only("/home/user/work/pyproject.toml"),
  "a version file, if no Python is requested": {
    own: ["--with", "a"],
    ...only("/home/user/.python-version"),
  },
  "a version file that has changed": { own: ["--with", "a"], ...only("/home/user/.python-version", "2") },
  "a nearer version file": { own: ["--with", "a"], ...only("/home/user/work/.python-version") },
  "a list of versions": { own: ["--with", "a"], ...only("/home/user/work/.python-versions") },
  "the user's global pin": { own: ["--with", "a"], ...only("/home/user/.config/posy/.python-version") },
  "uv's global pin": { own: ["--with", "a"], ...only("/home/user/.config/uv/.python-version") },
  "no requested Python": { own: ["--with", "a"] },
  "a pyproject.toml of the project that `--project` chooses": {
    own: [...own, "--project", "/srv/a/b"],
    ...only("/srv/a/pyproject.toml"),
  },
  "a version file of the project that `--project` chooses": {
    own: ["--with", "a", "--project=/srv/a"],
    ...only("/srv/.python-version"),
  },
  "an additional folder of files": { own: [...own, "--find-links", "wheels"] },
};

const same: Readonly<Record<string, Change>> = {
  "another current folder, if the options are names and URLs": { context: { cwd: "/tmp" } },
  "an unrelated variable": { env: { EDITOR: "vi" } },
  "folders of stores and caches, and looks": {
    env: { POSY_HOME: "/tmp/posy", UV_CACHE_DIR: "/tmp/uv", PIP_CACHE_DIR: "/tmp/pip", POSY_COLOR: "never" },
  },
  "a version file, if a Python is requested": only("/home/user/work/.python-version"),
  "`-v`": { own: ["-v", ...own] },
  "another colour mode": { own: [...own, "--color", "never"] },
  "`--offline`": { own: [...own, "--offline"] },
};

const byFolder: readonly (readonly string[])[] = [
  ["-r", "requirements.txt"],
  ["--with-requirements=requirements.txt"],
  ["--with", "./a-1.0-py3-none-any.whl"],
  ["--with", "a-1.0-py3-none-any.whl"],
  ["--python", "./python"],
  ["-fwheels"],
  ["--index", "simple"],
  ["--project", "a"],
  ["--project=a"],
  ["--with", "."],
  ["--with", ".hidden"],
  ["--with-editable", "lib"],
  ["-e", "lib"],
  ["--python-mirror", "mirror"],
  ["--with", "python.pybi"],
  // Relative paths in these files start from the current folder.
  ["-r", "/requirements.txt"],
  ["-r/requirements.txt"],
  ["--with-requirements", "/requirements.txt"],
  ["--constraint=https://example.org/constraints.txt"],
  ["--override", "/overrides.txt"],
];

const notByFolder: readonly (readonly string[])[] = [
  ["-f", "/wheels"],
  ["-f/wheels"],
  ["-f", "C:\\wheels"],
  ["--find-links=/wheels"],
  ["-e", "/lib"],
  ["--with", "/wheels/a-1.0-py3-none-any.whl"],
  ["--index", "https://index.example/simple/"],
  ["--index", "name=https://index.example/simple/"],
  ["--default-index=https://index.example/simple/"],
  ["--project", "/srv/a"],
  ["--with", "a.b"],
  ["--with", "a."],
  ["--env", "docs"],
];

const uncached: readonly (readonly string[])[] = [
  ["--refresh"],
  ["--refresh-package", "a"],
  ["--refresh-package=a"],
  ["-r", "-"],
  ["--with", "a", "--constraint", "-"],
  ["--help"],
  ["-h"],
  ["-V"],
  ["--version"],
];

describe("the invocation key", () => {
  const first = keyOf();
  const seen = new Set([first]);
  for (const [title, change] of Object.entries(others)) {
    test(`changes with ${title}`, () => {
      const other = keyOf(change);
      assert.ok(other !== undefined && !seen.has(other));
      seen.add(other);
    });
  }
  for (const [title, change] of Object.entries(same)) {
    test(`does not change with ${title}`, () => assert.equal(keyOf(change), first));
  }
  for (const args of byFolder) {
    test(`depends on the current folder: ${args.join(" ")}`, () => {
      assert.notEqual(keyOf({ own: args }), keyOf({ own: args, context: { cwd: "/tmp" } }));
    });
  }
  for (const args of notByFolder) {
    test(`does not depend on the current folder: ${args.join(" ")}`, () => {
      assert.equal(keyOf({ own: args }), keyOf({ own: args, context: { cwd: "/tmp" } }));
    });
  }
  test("depends on the current folder if a variable has a relative path", () => {
    const depends = (value: string) => {
      const env = { PIP_FIND_LINKS: value };
      return keyOf({ env }) !== keyOf({ env, context: { cwd: "/tmp" } });
    };
    for (const value of ["./wheels", ".wheels", "..", "a/b", "a\\b", "/wheels,./b", "/wheels b/c"]) {
      assert.ok(depends(value), value);
    }
    for (const value of [
      "",
      "1.",
      "on",
      "/wheels",
      "C:\\wheels",
      "https://index.example/simple/",
      "/a,/b",
      "/a /b",
    ]) {
      assert.ok(!depends(value), value);
    }
  });
  test("depends on the current folder if a variable names a requirements file", () => {
    for (const variable of ["PIP_REQUIREMENT", "UV_CONSTRAINT", "UV_OVERRIDE", "PIP_BUILD_CONSTRAINT"]) {
      const env = { [variable]: "/requirements.txt" };
      assert.notEqual(keyOf({ env }), keyOf({ env, context: { cwd: "/tmp" } }), variable);
    }
  });
  test("does not depend on the order of the variables", () => {
    const values = [
      ["UV_INDEX", "a"],
      ["PIP_PRE", "1"],
      ["POSY_PREFER", "lowest"],
    ] as const;
    const keys = [values, values.toReversed()].map((env) => keyOf({ env: Object.fromEntries(env) }));
    assert.equal(keys[0], keys[1]);
  });
  test("depends on the PATH only if a Python is requested or a version file exists", () => {
    const depends = (change: Change) =>
      keyOf(change) !== keyOf({ ...change, env: { ...change.env, PATH: "/opt/bin" } });
    assert.ok(!depends({ own: ["--with", "a"] }));
    for (const change of [
      { own: ["--python", "3.13"] },
      { own: ["-p3.13"] },
      { own: [], env: { POSY_PYTHON: "3.13" } },
      { own: [], env: { UV_PYTHON: "3.13" } },
      { own: [], ...only("/home/user/work/.python-version") },
    ]) {
      assert.ok(depends(change), JSON.stringify(change));
    }
  });
  test("depends on the files of the folder that the last `--project` names", () => {
    const depends = (args: readonly string[], file: string) =>
      keyOf({ own: args }) !== keyOf({ own: args, ...only(file) });
    for (const args of [
      ["--project=/srv/a"],
      ["--project=/srv/a", "--with", "b"],
      ["--project", "/srv/a"],
      ["--project", "/x", "--project=/srv/a"],
    ]) {
      assert.ok(depends(args, "/srv/a/pyproject.toml"), args.join(" "));
      assert.ok(!depends(args, "/home/user/work/pyproject.toml"), args.join(" "));
    }
    assert.ok(depends(["--project=sub"], "/home/user/work/sub/uv.toml"));
    assert.ok(depends(["--projects=/srv/a"], "/home/user/work/pyproject.toml"));
  });
  test("is defined for a `-` that is not standard input", () => {
    assert.notEqual(keyOf({ own: ["--with", "-"] }), undefined);
  });
  for (const args of uncached) {
    test(`is undefined for ${args.join(" ")}`, () => assert.equal(keyOf({ own: args }), undefined));
  }
});

describe("a version file", () => {
  const pinned = only("/home/user/work/.python-version");
  const counts = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    keyOf({ own: args, env }) !== keyOf({ own: args, env, ...pinned });
  for (const args of [["--python", "3.13"], ["--python=3.13"], ["-p3.13"], ["-p", "3.13"]]) {
    test(`does not change the invocation key with ${args.join(" ")}`, () =>
      assert.equal(counts(args), false));
  }
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    test(`does not change the invocation key with ${name}`, () =>
      assert.equal(counts([], { [name]: "3.13" }), false));
  }
  for (const args of [[], ["--python-index", "https://index.example/"], ["-w", "p"], ["-wpython"]]) {
    test(`changes the invocation key with ${args.join(" ") || "no options"}`, () => assert.ok(counts(args)));
  }
  test("does not change the invocation key with UV_NO_CONFIG", () =>
    assert.equal(counts([], { UV_NO_CONFIG: "1" }), false));
});
