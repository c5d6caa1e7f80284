import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeApp } from "../support/app-project.ts";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const leaf = (version: string, uploadTime: string) => ({
  ...makeWheel({ name: "leaf", version, files: { "leaf.py": `version = "${version}"\n` } }),
  uploadTime,
});
const files = [
  leaf("1.0", "2024-01-01T00:00:00Z"),
  leaf("2.0", "2025-01-01T00:00:00Z"),
  leaf("3.0a1", "2025-01-01T00:00:00Z"),
];
const says = ["--", "python", "-c", "import leaf; print(leaf.version)"];
const lockPath = (sandbox: Sandbox) => join(sandbox.cwd, "pylock.toml");
const lockOf = (sandbox: Sandbox) => readFileSync(lockPath(sandbox), "utf8");

describe("an option that changes the resolve of one run", () => {
  const choices: readonly (readonly [readonly string[], Readonly<Record<string, string>>, string])[] = [
    [["--prefer", "lowest-direct"], {}, "1.0"],
    [["--resolution", "lowest"], {}, "1.0"],
    [["--prerelease", "allow"], {}, "3.0a1"],
    [["--exclude-newer", "2024-06-01"], {}, "1.0"],
    [["--exclude-newer-package", "leaf=2024-06-01"], {}, "1.0"],
    [[], { UV_RESOLUTION: "lowest" }, "1.0"],
    [[], { UV_EXCLUDE_NEWER: "2024-06-01" }, "1.0"],
    [[], { UV_CONSTRAINT: "limits.txt" }, "1.0"],
  ];
  for (const [options, env, version] of choices) {
    const choice = [...options, ...Object.entries(env).map((pair) => pair.join("="))].join(" ");
    test(`leaves the lock as it is: ${choice}`, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files });
      writeApp(sandbox, ["leaf"]);
      writeFileSync(join(sandbox.cwd, "limits.txt"), "leaf<2\n");
      const common = ["--default-index", index.url];
      assertPrinted(await sandbox.posy(["run", ...common, ...says]), "2.0\n");
      const lock = lockOf(sandbox);
      assertPrinted(await sandbox.posy(["run", ...common, ...options, ...says], { env }), `${version}\n`);
      assert.equal(lockOf(sandbox), lock);
      assert.equal((await sandbox.posy(["lock", "--check", "--offline"])).status, 0);
      assertPrinted(await sandbox.posy(["run", ...common, ...says]), "2.0\n");
    });
  }

  test("writes no lock when there is none", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(sandbox, ["leaf"]);
    const run = await sandbox.posy(["run", "--default-index", index.url, "--prefer", "lowest", ...says]);
    assertPrinted(run, "1.0\n");
    assert.throws(() => lockOf(sandbox), /ENOENT/);
  });

  test("can forbid the build of a locked source distribution", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({
      files: [...files, sdistOf({ name: "source" }, { isStatic: true })],
    });
    writeApp(sandbox, ["source"]);
    const common = ["--default-index", index.url];
    assert.equal((await sandbox.posy(["lock", ...common])).status, 0);
    const lock = lockOf(sandbox);
    const code = ["--", "python", "-c", "import source"];
    const env = { UV_NO_BUILD: "1" };
    assertFailed(await sandbox.posy(["run", ...common, "--no-build", ...code]), 1, /`--no-build`/);
    assertFailed(await sandbox.posy(["run", ...common, ...code], { env }), 1, /`--no-build`/);
    const frozen = await sandbox.posy(["run", ...common, "--frozen", ...code], { env });
    assertFailed(frozen, 1, /only sources of `source`, and building it is not allowed/);
    mkdirSync(join(sandbox.root, "user", ".config", "uv"), { recursive: true });
    writeFileSync(join(sandbox.root, "user", ".config", "uv", "uv.toml"), "no-build = true\n");
    assertFailed(await sandbox.posy(["run", ...common, ...code]), 1, /`--no-build`/);
    assert.equal(lockOf(sandbox), lock);
    assert.equal((await sandbox.posy(["lock", "--check", "--offline"])).status, 0);
  });

  test("affects an export but not the lock", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(sandbox, ["leaf"]);
    const common = ["--default-index", index.url];
    await sandbox.posy(["lock", ...common]);
    const lock = lockOf(sandbox);
    const run = await sandbox.posy(["export", ...common, "--prefer", "lowest", "--no-hashes"]);
    assert.match(run.stdout, /^leaf==1\.0/m, run.stderr);
    assert.equal(lockOf(sandbox), lock);
  });
});

describe("a lock", () => {
  test("is not written with an option that changes the resolve, and the error names the key for `[tool.posy]`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(sandbox, ["leaf"]);
    for (const command of [["lock"], ["lock", "--check"], ["add", "leaf"], ["remove", "leaf"], ["upgrade"]]) {
      for (const [option, key] of [
        [["--prefer", "lowest-direct"], "prefer"],
        [["--resolution", "lowest"], "prefer"],
        [["--prerelease", "allow"], "prerelease"],
        [["--exclude-newer", "2024-06-01"], "exclude-newer"],
        [["--no-binary", "leaf"], "no-binary"],
      ] as const) {
        const run = await sandbox.posy([...command, "--default-index", index.url, ...option]);
        assertFailed(
          run,
          2,
          new RegExp(`\`${option[0]}\``),
          new RegExp(`\`${key}\` into \`\\[tool\\.posy\\]\``),
        );
      }
    }
    assert.throws(() => lockOf(sandbox), /ENOENT/);
  });

  test("is made with the settings in environment variables, and is up to date without them", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(sandbox, ["leaf"]);
    const lock = ["lock", "--default-index", index.url];
    const env = { UV_EXCLUDE_NEWER: "2024-06-01", UV_NO_BUILD: "1" };
    assert.equal((await sandbox.posy(lock, { env })).status, 0);
    assert.match(lockOf(sandbox), /leaf-1\.0/);
    assertPrinted(await sandbox.posy([...lock, "--check"]), "pylock.toml is up to date\n");
    rmSync(lockPath(sandbox));
    assert.equal((await sandbox.posy(lock)).status, 0);
    assert.match(lockOf(sandbox), /leaf-2\.0/);
  });
});
