import assert from "node:assert/strict";
import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  askedOfInterpreter,
  changedByActivating,
  pythonsInChildren,
  seenAsVenv,
  seenByPycharm,
  seenInWorkspace,
  typedIntoTerminals,
} from "../support/editor-rules.ts";
import { type IndexFile, startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type Sandbox } from "../support/posy.ts";

const files: IndexFile[] = [makeWheel({ name: "lib", files: { "lib.py": "" } })];
const pyproject = (settings: string) => `[project]
name = "app"
version = "0.1"
dependencies = ["lib"]

[tool.posy]
platforms = ["linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64"]
${settings}
`;

describe("the environment of a project in an editor", { skip: process.platform === "win32" }, () => {
  let sandbox: Sandbox;
  let index: TestIndex;
  let python: string;
  const prefix = () => join(sandbox.cwd, ".posy", "env");

  async function run(settings: string): Promise<void> {
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject(settings));
    const done = await sandbox.posy([
      "run",
      "--default-index",
      index.url,
      "--",
      "python",
      "-c",
      "import lib",
    ]);
    assert.equal(done.status, 0, done.stderr);
  }
  before(async () => {
    sandbox = await newSandbox();
    index = await startIndex({ files });
    await run("");
    python = join(prefix(), "bin", "python");
  });
  after(async () => {
    await index.close();
    sandbox[Symbol.dispose]();
  });

  test("is a venv with a name and a version for VS Code when `.posy/env/bin/python` is selected", () => {
    const seen = seenAsVenv(python);
    const asked = askedOfInterpreter(python);
    assert.equal(seen?.prefix, prefix());
    assert.match(seen?.version ?? "", /^\d+\.\d+\.\d+$/);
    assert.equal(asked.version.slice(0, seen?.version?.length), seen?.version);
    // VS Code stores the path of the link, so the interpreter must report that path too.
    assert.deepEqual([asked.executable, asked.prefix, asked.is64Bit], [python, prefix(), true]);
  });

  test("has the activation scripts that VS Code runs in a terminal", () => {
    const typed = typedIntoTerminals(python);
    assert.deepEqual([...typed.keys()], ["activate", "Activate.ps1", "activate.fish"]);
    assert.equal(changedByActivating(python)["VIRTUAL_ENV"], prefix());
  });

  test("is a venv for PyCharm, which gives programs its variables", () => {
    const seen = seenByPycharm(python);
    assert.deepEqual([seen.prefix, seen.version], [prefix(), seenAsVenv(python)?.version]);
    assert.match(seen.libRoot, /\/lib\/python3\.\d+t?$/);
    assert.deepEqual(changedByActivating(python), {
      PATH: `${prefix()}/bin:/usr/bin:/bin`,
      VIRTUAL_ENV: prefix(),
      VIRTUAL_ENV_PROMPT: "cwd",
    });
  });

  test("is discovered by both editors as `.venv`, and under no other path", async () => {
    const venv = join(sandbox.cwd, ".venv");
    assert.equal(realpathSync(join(venv, "bin")), realpathSync(join(prefix(), "bin")));
    assert.deepEqual(
      seenInWorkspace(sandbox.cwd).map((seen) => seen.prefix),
      [venv],
    );
    assert.deepEqual(pythonsInChildren(sandbox.cwd), [join(venv, "bin", "python")]);
    assert.equal(askedOfInterpreter(join(venv, "bin", "python")).prefix, venv);
    assert.equal(changedByActivating(join(venv, "bin", "python"))["VIRTUAL_ENV"], venv);
  });
});
