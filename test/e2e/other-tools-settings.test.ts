import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { writeApp } from "../support/app-project.ts";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const at = (version: string, uploadTime: string) => ({ ...makeWheel({ name: "leaf", version }), uploadTime });
const files = [
  at("1.0", "2024-01-01T00:00:00Z"),
  at("2.0", "2025-01-01T00:00:00Z"),
  { ...makeWheel({ name: "tool", metadata: ["Requires-Dist: leaf"] }), uploadTime: "2025-01-01T00:00:00Z" },
  sdistOf({ name: "source" }, { isStatic: true }),
];

function write(sandbox: Sandbox, path: string, text: string): void {
  const file = path.startsWith("~/") ? join(sandbox.root, "user", path.slice(2)) : join(sandbox.cwd, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const old = "leaf==1.0\n";
const newest = "leaf==2.0\n";

describe("settings of uv and pip apply to the resolve", () => {
  const cases: readonly {
    readonly title: string;
    readonly file?: readonly [string, string];
    readonly env?: Readonly<Record<string, string>>;
    readonly asked?: readonly string[];
    readonly prints?: string;
    readonly fails?: RegExp;
  }[] = [
    { title: "without settings, the newest version is chosen", prints: newest },
    {
      title: "`no-build` in `uv.toml`",
      file: ["uv.toml", "no-build = true"],
      asked: ["source"],
      fails: /`--no-build`/,
    },
    {
      title: "`no-build-package` in the user's `uv.toml`",
      file: ["~/.config/uv/uv.toml", 'no-build-package = ["source"]'],
      asked: ["source"],
      fails: /`--no-build`/,
    },
    {
      title: "`no-build` in `[tool.uv]`",
      file: ["pyproject.toml", "[tool.uv]\nno-build = true"],
      asked: ["source"],
      fails: /`--no-build`/,
    },
    {
      title: "`no-binary-package`",
      file: ["uv.toml", 'no-binary-package = ["leaf"]'],
      fails: /`--no-binary`/,
    },
    {
      title: "`no-build-package` and `no-binary-package` for one package",
      file: ["uv.toml", 'no-binary-package = ["leaf"]\nno-build-package = ["leaf"]'],
      fails: /may neither be built/,
    },
    {
      title: "`exclude-newer-package`",
      file: ["uv.toml", 'exclude-newer-package = { leaf = "2024-06-01" }'],
      asked: ["tool"],
      prints: "leaf==1.0\ntool==1.0\n",
    },
    {
      title: "`exclude-newer-package` that allows newer files of a package",
      file: ["uv.toml", 'exclude-newer = "2024-06-01"\nexclude-newer-package = { leaf = false }'],
      prints: newest,
    },
    {
      title: "`constraint-dependencies`",
      file: ["uv.toml", 'constraint-dependencies = ["leaf<2"]'],
      prints: old,
    },
    {
      title: "`constraint-dependencies` in `[tool.uv]`",
      file: ["pyproject.toml", '[tool.uv]\nconstraint-dependencies = ["leaf<2"]'],
      prints: old,
    },
    {
      title: "`override-dependencies`",
      file: ["uv.toml", 'override-dependencies = ["leaf==1.0"]'],
      asked: ["tool"],
      prints: "leaf==1.0\ntool==1.0\n",
    },
    {
      title: "`exclude-dependencies`",
      file: ["uv.toml", 'exclude-dependencies = ["leaf"]'],
      asked: ["tool"],
      prints: "tool==1.0\n",
    },
    { title: "`resolution`", file: ["uv.toml", 'resolution = "lowest"'], prints: old },
    { title: "UV_RESOLUTION", env: { UV_RESOLUTION: "lowest-direct" }, prints: old },
    {
      title: "UV_RESOLUTION with an unknown value is an error",
      env: { UV_RESOLUTION: "low" },
      fails: /`UV_RESOLUTION` takes no `low`/,
    },
    { title: "UV_REQUIRE_HASHES", env: { UV_REQUIRE_HASHES: "1" }, fails: /`leaf` has no hash/ },
    { title: "PIP_REQUIRE_HASHES", env: { PIP_REQUIRE_HASHES: "true" }, fails: /`leaf` has no hash/ },
    {
      title: "PIP_REQUIRE_HASHES that is off has no effect",
      env: { PIP_REQUIRE_HASHES: "0" },
      prints: newest,
    },
    {
      title: "`require-hashes` in `pip.conf`",
      file: ["~/.config/pip/pip.conf", "[install]\nrequire-hashes = yes"],
      fails: /`leaf` has no hash/,
    },
    {
      title: "`only-binary` in `pip.conf`",
      file: ["~/.config/pip/pip.conf", "[global]\nonly-binary = :all:"],
      asked: ["source"],
      fails: /`--no-build`/,
    },
    { title: "PIP_UPLOADED_PRIOR_TO", env: { PIP_UPLOADED_PRIOR_TO: "2025-01-01" }, prints: old },
    {
      title: "a malformed value is an error",
      file: ["uv.toml", 'no-build = "yes"'],
      fails: /`no-build` in `.*uv\.toml`/,
    },
  ];
  for (const { title, file, env, asked = ["leaf"], prints, fails } of cases) {
    test(title, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files });
      if (file !== undefined) write(sandbox, ...file);
      const run = await sandbox.posy(["resolve", "--default-index", index.url, ...asked], env && { env });
      if (prints !== undefined) assertPrinted(run, prints);
      if (fails !== undefined) {
        assert.match(run.stderr, fails);
        assert.notEqual(run.status, 0);
      }
    });
  }

  test("a constraints file in `pip.conf`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    write(sandbox, "limits.txt", "leaf<2\n");
    write(sandbox, "~/.config/pip/pip.conf", `[global]\nconstraint = ${join(sandbox.cwd, "limits.txt")}\n`);
    assertPrinted(await sandbox.posy(["resolve", "--default-index", index.url, "leaf"]), old);
  });

  test("`--exclude-newer-package` applies to one package, and `--resolution` means `--prefer`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const resolve = (...options: string[]) =>
      sandbox.posy(["resolve", "--default-index", index.url, ...options, "leaf"]);
    assertPrinted(await resolve("--exclude-newer-package", "Leaf=2024-06-01"), old);
    assertPrinted(
      await resolve("--exclude-newer", "2024-06-01", "--exclude-newer-package", "leaf=false"),
      newest,
    );
    assertFailed(await resolve("--exclude-newer-package", "leaf"), 2, /`leaf` is not a package with a date/);
    assertPrinted(await resolve("--resolution", "lowest"), old);
  });
});

test("every setting that is not honoured is named once, with its file", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files });
  writeApp(
    sandbox,
    ["leaf"],
    ["[tool.poetry.dependencies]", 'leaf = { path = "./leaf" }', "[tool.uv]", 'torch-backend = "cpu"'],
  );
  write(sandbox, "~/.config/uv/uv.toml", "no-sources = true\n");
  write(sandbox, "~/.config/pip/pip.conf", "[install]\nno-deps = true\n");
  const env = { UV_LIBC: "musl", PIP_IGNORE_REQUIRES_PYTHON: "1", UV_VERSION: "1" };
  const run = await sandbox.posy(["lock", "--default-index", index.url], { env });
  assert.equal(run.status, 0, run.stderr);
  const warnings = run.stderr.split("\n").filter((line) => line.includes("is not honoured"));
  const keys = warnings.map((line) => /`([^`]+)`/.exec(line)?.[1] ?? "");
  assert.deepEqual(
    keys.toSorted((a, b) => (a < b ? -1 : 1)),
    [
      "PIP_IGNORE_REQUIRES_PYTHON",
      "UV_LIBC",
      "no-deps",
      "no-sources",
      "tool.poetry.dependencies",
      "tool.uv.torch-backend",
    ],
  );
});

describe("settings of a project apply to its lock", () => {
  const settings: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    "`prefer`": [['prefer = "lowest"'], /leaf-1\.0/],
    "`exclude-newer-package`": [['exclude-newer-package = { leaf = "2024-06-01" }'], /leaf-1\.0/],
    "`resolution` of uv": [["[tool.uv]", 'resolution = "lowest"'], /leaf-1\.0/],
    "`exclude-newer` of uv": [["[tool.uv]", 'exclude-newer = "2024-06-01"'], /leaf-1\.0/],
    "`exclude-newer-package` of uv": [
      ["[tool.uv]", 'exclude-newer-package = { leaf = "2024-06-01" }'],
      /leaf-1\.0/,
    ],
  };
  for (const [title, [lines, expected]] of Object.entries(settings)) {
    test(title, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files });
      const lock = ["lock", "--default-index", index.url];
      const check = ["lock", "--check", "--offline"];
      const text = () => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
      writeApp(sandbox, ["leaf"]);
      await sandbox.posy(lock);
      assert.match(text(), /leaf-2\.0/);
      writeApp(sandbox, ["leaf"], lines);
      assertFailed(await sandbox.posy([...lock, "--check"]), 1, /not what `pyproject\.toml` asks for/);
      await sandbox.posy([...lock, "--upgrade"]);
      assert.match(text(), expected);
      assert.equal((await sandbox.posy(check)).status, 0);
    });
  }

  test("a `uv.toml` next to `pyproject.toml`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const lock = ["lock", "--default-index", index.url];
    writeApp(sandbox, ["leaf", "source"]);
    assert.equal((await sandbox.posy(lock)).status, 0);
    write(sandbox, "uv.toml", "no-build = true\n");
    assertFailed(await sandbox.posy(lock), 1, /`--no-build`/);
    write(sandbox, "uv.toml", 'constraint-dependencies = ["leaf<2"]\n');
    assert.equal((await sandbox.posy(lock)).status, 0);
    assert.match(readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8"), /leaf-1\.0/);
  });

  test("`no-build` and `no-binary`, for all packages or for some", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const lock = ["lock", "--default-index", index.url];
    for (const line of ["no-build = true", 'no-build = ["source"]']) {
      writeApp(sandbox, ["source"], [line]);
      assertFailed(await sandbox.posy(lock), 1, /`--no-build`/);
    }
    writeApp(sandbox, ["leaf"], ['no-binary = ["leaf"]']);
    assertFailed(await sandbox.posy(lock), 1, /`--no-binary`/);
  });
});

test("extras and groups that conflict are never in one environment", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files });
  const project = (more: string) =>
    write(
      sandbox,
      "pyproject.toml",
      `[project]
name = "app"
version = "1"
dependencies = []
[project.optional-dependencies]
old = ["leaf==1.0"]
new = ["leaf==2.0"]
both = ["app[old,new]"]
[dependency-groups]
first = ["leaf==1.0"]
second = ["leaf==2.0"]
more = [{ include-group = "first" }]
[tool.posy]
platforms = ["linux-x86_64"]
${more}
[tool.uv]
conflicts = [
  [{ extra = "old" }, { extra = "new" }],
  [{ group = "first" }, { package = "app", group = "second" }],
]
`,
    );
  project("");
  const run = (...options: string[]) =>
    sandbox.posy(["run", "--default-index", index.url, ...options, "--", "python", "-c", "print('ran')"]);
  const table = /`tool\.uv\.conflicts` in `.*pyproject\.toml`, line \d+, keeps them apart/;
  assertPrinted(await run("--extra", "old"), "ran\n");
  assertPrinted(await run("--group", "second"), "ran\n");
  assertFailed(await run("--extra", "old", "--extra", "new"), 2, table, /separate environment/);
  assertFailed(await run("--extra", "both"), 2, /the extra `old` and the extra `new` can't be in one/);
  assertFailed(
    await run("--group", "more", "--group", "second"),
    2,
    /the group `first` and the group `second`/,
  );
  project('[tool.posy.envs.docs]\ngroups = ["first", "second"]');
  assertFailed(await run("--env", "docs"), 2, /environment \(`docs`\)/);
  project('[tool.posy.envs.a]\nextras = ["old"]\n[tool.posy.envs.b]\nextras = ["new"]');
  const locked = await sandbox.posy(["lock", "--default-index", index.url]);
  assert.equal(locked.status, 0, locked.stderr);
});
