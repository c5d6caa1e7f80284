import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const wheels = [
  makeWheel({
    name: "app",
    requires: ["dep>=1", "win; sys_platform == 'win32'"],
    metadata: ["License-Expression: MIT"],
  }),
  makeWheel({ name: "dep", version: "1.0" }),
  makeWheel({ name: "dep", version: "2.0", requiresPython: ">=3.8" }),
  makeWheel({ name: "win" }),
];
const index = (): Promise<TestIndex> => startIndex({ files: wheels });
const digest = (name: string, version = "1.0") =>
  wheels.find(({ filename }) => filename.startsWith(`${name}-${version}-`))?.sha256 ?? "";
const platforms = ["--platform", "linux-x86_64", "--platform", "windows-x86_64"];

describe("posy export", () => {
  test("writes a requirements file with hashes, markers and the packages that need each one", async () => {
    using sandbox = await newSandbox();
    await using server = await index();
    writeFileSync(join(sandbox.cwd, "requirements.in"), "app\n");
    const asked = ["export", "-r", "requirements.in", "--index", server.url, ...platforms];
    assertPrinted(
      await sandbox.posy(asked),
      `--extra-index-url ${server.url}
app==1.0 \\
    --hash=sha256:${digest("app")}
dep==2.0 \\
    --hash=sha256:${digest("dep", "2.0")}
    # via app
win==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:${digest("win")}
    # via app
`,
    );
    assertPrinted(
      await sandbox.posy([...asked, "--format", "constraints"]),
      "app==1.0\ndep==2.0\nwin==1.0 ; sys_platform == 'win32'\n",
    );
  });

  test("writes a lock file, with the same text every time", async () => {
    using sandbox = await newSandbox();
    await using server = await index();
    const asked = ["export", "--format", "pylock", "--index", server.url, ...platforms, "app"];
    const path = join(sandbox.cwd, "pylock.app.toml");
    assertPrinted(await sandbox.posy([...asked, "-o", "pylock.app.toml"]), "");
    const text = readFileSync(path, "utf8");
    assert.match(text, /^lock-version = "1\.0"\n/);
    assert.match(text, /name = "win"\nversion = "1\.0"\nmarker = "sys_platform == 'win32'"\n/);
    assert.match(text, /\[\[tool\.posy\.targets\]\]\nname = "cpython-3\.\d+-windows-x86_64"/);
    assertPrinted(await sandbox.posy([...asked, "--refresh"]), text);
  });

  test("writes a bill of materials with licences", async () => {
    using sandbox = await newSandbox();
    await using server = await index();
    const run = await sandbox.posy(["export", "--format", "cyclonedx", "--index", server.url, "app"]);
    assert.equal(run.status, 0, run.stderr);
    const { components } = JSON.parse(run.stdout) as {
      components: { name: string; licenses?: unknown; hashes?: unknown }[];
    };
    assert.deepEqual(
      components.map(({ name }) => name),
      ["app", "dep", "cpython"],
    );
    assert.deepEqual(components[0]?.licenses, [{ expression: "MIT" }]);
    assert.deepEqual(components[0]?.hashes, [{ alg: "SHA-256", content: digest("app") }]);
  });

  test("rejects a missing requirement, an unknown format and an invalid name of a lock file", async () => {
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["export"]), 2, /needs something to export/);
    assertFailed(await sandbox.posy(["export", "--format", "poetry", "a"]), 2, /takes no `poetry`/);
    assertFailed(
      await sandbox.posy(["export", "--format", "pylock", "-o", "my.lock", "a"]),
      2,
      /not a valid name for a lock file/,
      /pylock\.NAME\.toml/,
    );
  });
});

/** Writes a project that is a package, with two platforms and a second environment, `docs`. */
function project(sandbox: Sandbox): void {
  const pyproject = `[project]
name = "mine"
version = "1.0"
dependencies = ["app"]
[dependency-groups]
docs = ["dep<2"]
[tool.posy]
platforms = ["linux-x86_64", "windows-x86_64"]
[tool.posy.envs.docs]
groups = ["docs"]
project = false`;
  for (const [path, text] of Object.entries(treeFiles({ name: "mine", pyproject }))) {
    mkdirSync(dirname(join(sandbox.cwd, path)), { recursive: true });
    writeFileSync(join(sandbox.cwd, path), text);
  }
}

const win = "win==1.0 ; sys_platform == 'win32'";

describe("posy export in a project", () => {
  test("exports the lock without asking any index, in whole and in part, and to another folder", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    {
      await using server = await index();
      assertPrinted(
        await sandbox.posy(["export", "--no-hashes", "--index", server.url]),
        `--extra-index-url ${server.url}\napp==1.0\n    # via mine\ndep==2.0\n    # via app\n-e .\n${win}\n    # via app\n`,
      );
    }
    const lock = readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
    // There is no index any more; the server is closed.
    const plain = ["export", "--no-index", "--no-hashes", "--no-annotate", "--no-emit-index-url"];
    const rows: readonly (readonly [readonly string[], string])[] = [
      [["--no-emit-project"], `app==1.0\ndep==2.0\n${win}\n`],
      [["--platform", "linux-x86_64"], "app==1.0\ndep==2.0\n-e .\n"],
      [["--platform", "windows-x86_64", "--no-editable"], "app==1.0\ndep==2.0\n.\nwin==1.0\n"],
      [["--no-emit-package", "Dep", "--no-emit-project"], `app==1.0\n${win}\n`],
      [["--format", "constraints", "--no-emit-project"], `app==1.0\ndep==2.0\n${win}\n`],
    ];
    for (const [options, prints] of rows) assertPrinted(await sandbox.posy([...plain, ...options]), prints);
    assertPrinted(await sandbox.posy(["export", "--no-index", "--format", "pylock.toml"]), lock);
    assertPrinted(await sandbox.posy([...plain, "-o", "made/here.txt"]), "");
    // pip resolves paths from the folder that it is started in, which is usually that of the project.
    assert.match(readFileSync(join(sandbox.cwd, "made", "here.txt"), "utf8"), /^-e \.$/m);
    assert.equal(readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8"), lock);
  });

  test("exports another environment, an additional group, and with `--frozen` an outdated lock", async () => {
    using sandbox = await newSandbox();
    await using server = await index();
    project(sandbox);
    const options = ["--no-annotate", "--no-hashes", "--no-emit-project", "--no-emit-index-url"];
    const plain = ["export", "--index", server.url, ...options];
    assertPrinted(await sandbox.posy([...plain, "--env", "docs"]), "dep==1.0\n");
    assertPrinted(await sandbox.posy([...plain, "--group", "docs"]), `app==1.0\ndep==1.0\n${win}\n`);
    await sandbox.posy(["lock", "--index", server.url]);
    const pyproject = join(sandbox.cwd, "pyproject.toml");
    writeFileSync(pyproject, readFileSync(pyproject, "utf8").replace('"app"', '"absent"'));
    assertPrinted(await sandbox.posy([...plain, "--frozen"]), `app==1.0\ndep==2.0\n${win}\n`);
    // Requirements on the command line are exported without the project.
    assertPrinted(
      await sandbox.posy(["export", "--default-index", server.url, "--no-hashes", "dep"]),
      `--index-url ${server.url}\ndep==2.0\n`,
    );
  });

  test("warns about a folder next to hashes, because pip would refuse it", async () => {
    using sandbox = await newSandbox();
    await using server = await index();
    project(sandbox);
    const both = await sandbox.posy(["export", "--index", server.url]);
    assert.match(both.stderr, /pip does not accept folders and repositories \(`mine`\) next to hashes/);
    for (const option of ["--no-hashes", "--no-emit-project"]) {
      assert.equal((await sandbox.posy(["export", "--index", server.url, option])).stderr, "");
    }
  });

  test("reports an unknown platform, Python or environment, and lists those that exist", async () => {
    using sandbox = await newSandbox();
    await using server = await index();
    project(sandbox);
    const own = ["export", "--index", server.url];
    assertFailed(
      await sandbox.posy([...own, "--platform", "macos-arm64"]),
      2,
      /nothing for `macos-arm64`/,
      /windows-x86_64/,
    );
    assertFailed(
      await sandbox.posy([...own, "--python", "3.7"]),
      1,
      /no Python that is `3\.7`/,
      /it has `3\./,
    );
    assertFailed(
      await sandbox.posy([...own, "--env", "doc"]),
      1,
      /no environment `doc`/,
      /did you mean `docs`/,
    );
    assertFailed(await sandbox.posy([...own, "--format", "pylock", "-o", "pylock.toml"]), 2, /own lock/);
    assertFailed(
      await sandbox.posy([...own, "--frozen", "dep"]),
      2,
      /`--frozen` is for the lock of a project/,
    );
    assertFailed(await sandbox.posy(["export", "--no-project"]), 2, /needs something to export/);
  });
});
