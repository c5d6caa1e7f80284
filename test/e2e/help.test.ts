import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const commands = [
  "[tool.posy.commands]",
  'check = { run = "pytest -q", description = "Run the tests" }',
  'serve = "python -m http.server {args:8000}"',
  'build = { all = ["check", "python make.py"] }',
  "",
].join("\n");

function project(sandbox: Sandbox, text = commands): void {
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
}

describe("posy --help", () => {
  test("lists the commands of a project with their descriptions, and no such commands outside of a project", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const plain = await sandbox.posy(["--help"]);
    assert.doesNotMatch(plain.stdout, /Commands of this project/);
    project(sandbox);
    for (const args of [[], ["--help"], ["-h"], ["help"]]) {
      const { stdout, status } = await sandbox.posy(args);
      assert.equal(status, 0);
      const [, listed = ""] = /^Commands of this project:\n((?: {2}.*\n)*)/m.exec(stdout) ?? [];
      assert.deepEqual(
        listed
          .trimEnd()
          .split("\n")
          .map((line) => line.trim().split(/ {2,}/)),
        [
          ["check", "Run the tests"],
          ["serve", "python -m http.server {args}"],
          ["run build", "check; python make.py"],
        ],
      );
    }
    project(sandbox, "[tool.posy\n");
    assertPrinted(await sandbox.posy(["help"]), plain.stdout);
  });

  test("prints the same as `posy help`, also for one command", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    for (const words of [["add"], ["python", "install"], ["run"]]) {
      const { stdout } = await sandbox.posy([...words, "--help"]);
      assert.match(stdout, new RegExp(`^Usage: posy ${words.join(" ")}`));
      assertPrinted(await sandbox.posy(["help", ...words]), stdout);
    }
    assertFailed(await sandbox.posy(["help", "ad"]), 2, /unknown command `ad`/, /`add`/);
  });

  test("does not hide a command of the project that is called `help`", async () => {
    using sandbox = await newSandbox();
    project(sandbox, '[tool.posy.commands]\nhelp = "python -c \\"print(1)\\""\n');
    assertPrinted(await sandbox.posy(["help"], { env: { UV_NO_INDEX: "1" } }), "1\n");
  });
});

test("posy run --list prints the commands of the project, also as JSON", async () => {
  using sandbox = await newSandbox({ interpreter: false });
  const none = await sandbox.posy(["run", "--list"]);
  assert.deepEqual([none.status, none.stdout], [0, ""]);
  assert.match(none.stderr, /`\[tool\.posy\.commands\]`/);
  project(sandbox);
  assertPrinted(
    await sandbox.posy(["run", "--list"]),
    "check  Run the tests\nserve  python -m http.server {args}\nbuild  check; python make.py\n",
  );
  const { stdout } = await sandbox.posy(["run", "--list", "--json"]);
  assert.deepEqual((JSON.parse(stdout) as unknown[])[0], { name: "check", description: "Run the tests" });
  assertFailed(await sandbox.posy(["run", "--json", "check"]), 2, /`posy run --list`/);
});

test("an option that another tool has gets a hint that says what Posy does instead", async () => {
  using sandbox = await newSandbox({ interpreter: false });
  const hints: readonly (readonly [command: string, option: string, hint: RegExp])[] = [
    ["add", "--locked", /`posy lock --check`/],
    ["add", "--frozen", /edit `pyproject\.toml` yourself/],
    ["remove", "--frozen", /edit `pyproject\.toml` yourself/],
    ["add", "--optional=x", /`--extra NAME`/],
    ["lock", "--locked", /`posy lock --check`/],
    ["run", "--only-dev", /`--only-group dev`/],
    ["env", "--no-default-groups", /`--no-group NAME`/],
    ["export", "--onefile", /`--app NAME`/],
    ["export", "--hidden-import=x", /all files of all packages/],
    ["export", "--console-script", /`--entry-point NAME=module:function`/],
    ["export", "--scie", /`--app NAME`/],
    ["export", "--tag", /`--image-tag TAG`/],
    ["export", "--build-arg", /`--dockerfile FILE`/],
    ["export", "--user", /`--image-user`/],
    ["run", "--no-install-workspace", /`--no-install-local`/],
    ["add", "--no-install-project", /this command installs nothing/],
    // Unknown everywhere, and a typing mistake.
    ["add", "--unheard-of", /`posy COMMAND --help`/],
    ["install", "-r", /`posy add` takes packages and `-r FILE`/],
    ["install", "--frozen", /`posy run` installs what a project needs/],
    ["add", "--goup", /did you mean `--group`\?/],
  ];
  for (const [command, option, hint] of hints) {
    assertFailed(await sandbox.posy([command, option, "six"]), 2, /^unknown option `/, hint);
  }
});

describe("an unknown command", () => {
  test("that another tool has gets a hint that names the command of Posy", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const hints: Readonly<Record<string, RegExp>> = {
      sync: /`posy run` and `posy env`/,
      upload: /`posy publish` uploads/,
      x: /`posyx NAME`/,
      pip: /`posy add NAME`/,
      test: /\[tool\.posy\.commands\]/,
      update: /`posy upgrade`/,
      "script.py": /`posy run script\.py`/,
    };
    for (const [command, hint] of Object.entries(hints)) {
      assertFailed(await sandbox.posy([command, "--frozen", "x"]), 2, /^unknown command `/, hint);
    }
  });

  test("gets a suggestion of the most similar command of Posy or of the project", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    project(sandbox);
    assertFailed(await sandbox.posy(["lok"]), 2, /unknown command `lok`/, /did you mean `lock`/);
    assertFailed(await sandbox.posy(["srve"]), 2, /unknown command `srve`/, /did you mean `serve`/);
  });
});
