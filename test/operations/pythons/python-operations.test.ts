import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  findPython,
  installPythons,
  listedPythons,
  type OperationContext,
  pinPython,
  readPins,
  removePin,
  uninstallPythons,
  upgradePythons,
} from "../../../src/index.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { recordingReporter, type RecordingReporter } from "../../support/recording-reporter.ts";
import { newSandbox, type Sandbox } from "../../pythons/sandbox.ts";

const local = { pythonMirror: "off", offline: true } as const;

/** The context of an operation in an empty folder of a sandbox, and the path of a pybi of each version. */
function setUp({ root }: Sandbox, environment: NodeJS.ProcessEnv = {}) {
  const cwd = join(root, "project");
  mkdirSync(cwd, { recursive: true });
  const context: OperationContext & { readonly reporter: RecordingReporter } = {
    reporter: recordingReporter(),
    environment: {
      POSY_HOME: join(root, "home"),
      HOME: join(root, "user"),
      PATH: "/bin",
      ...environment,
    },
    cwd,
  };
  const pybi = (version: string) => {
    const { filename, bytes } = makePybi({ version });
    writeFileSync(join(root, filename), bytes);
    return join(root, filename);
  };
  return { context, pybi };
}

describe("the operations on Pythons", { skip: process.platform !== "linux" }, () => {
  test("install from a file, find, list and uninstall, and report failures as data", async () => {
    using sandbox = newSandbox();
    const { context, pybi } = setUp(sandbox);
    const [path, none] = [pybi("3.12.98"), join(sandbox.root, "none.pybi")];
    const [installed, failed] = await installPythons([path, none, path], local, context);
    assert.ok(installed?.state === "installed" && failed?.state === "failed");
    assert.equal(installed.interpreter.version, "3.12.98");
    assert.ok(existsSync(installed.executable));
    const [present] = await installPythons([path], local, context);
    assert.equal(present?.state, "present");
    const [again] = await installPythons([path], { ...local, reinstall: true }, context);
    assert.equal(again?.state, "reinstalled");
    assert.equal((await findPython({ ...local, python: "3.12.98" }, context)).root, installed.root);
    const listed = await listedPythons("3.12.98", local, context);
    assert.deepEqual(
      listed.map(({ interpreter, state }) => [interpreter.version, state]),
      [["3.12.98", "in-forest"]],
    );
    const { removed, failures } = await uninstallPythons(["3.12.98", "3.7"], context);
    assert.deepEqual(
      removed.map(({ root, interpreter }) => [root, interpreter?.version]),
      [[installed.root, "3.12.98"]],
    );
    assert.deepEqual(
      failures.map(({ request }) => request),
      ["3.7"],
    );
    assert.ok(!existsSync(installed.root));
    assert.deepEqual(await uninstallPythons("all", context), { removed: [], programs: [], failures: [] });
    assert.match(context.reporter.warnings().join(), /there is no Python in the store/);
  });

  test("install the Pythons of a version file if there is no request", async () => {
    using sandbox = newSandbox();
    const { context, pybi } = setUp(sandbox);
    writeFileSync(join(context.cwd, ".python-version"), `${pybi("3.12.97")}\n${pybi("3.12.98")}\n`);
    const results = await installPythons([], local, context);
    assert.deepEqual(
      results.map((result) => result.state === "installed" && result.interpreter.version),
      ["3.12.97", "3.12.98"],
    );
  });

  test("upgrade to a newer patch release, which stays beside the older one", async () => {
    using sandbox = newSandbox();
    const { context, pybi } = setUp(sandbox);
    await installPythons([pybi("3.12.97")], local, context);
    const [same, ...others] = await upgradePythons([], local, context);
    assert.deepEqual([same?.state, same?.before, others], ["present", ["3.12.97"], []]);
    await installPythons([pybi("3.12.98")], local, context);
    const [newest] = await upgradePythons(["3.12"], local, context);
    assert.ok(newest?.state === "present");
    assert.deepEqual([newest.interpreter.version, newest.before], ["3.12.98", ["3.12.98", "3.12.97"]]);
    await assert.rejects(upgradePythons(["3.12.98"], local, context), { code: "usage" });
  });

  test("write, read and remove the pin of a folder and the global pin", async () => {
    using sandbox = newSandbox();
    const { context, pybi } = setUp(sandbox, { POSY_PYTHON: "3.11" });
    await installPythons([pybi("3.12.98")], local, context);
    const path = join(context.cwd, ".python-version");
    assert.deepEqual(await pinPython("3.12", local, context), { path, request: "3.12" });
    assert.match(
      context.reporter.warnings().join(),
      /POSY_PYTHON is set to `3\.11`, which overrides the pin/,
    );
    assert.deepEqual(await pinPython("3.12", { ...local, resolved: true }, context), {
      path,
      request: "3.12.98",
      before: "3.12",
    });
    assert.equal(readFileSync(path, "utf8"), "3.12.98\n");
    assert.deepEqual(await readPins({}, context), { path, global: false, requests: ["3.12.98"] });
    await assert.rejects(readPins({ global: true }, context), { code: "not-found" });
    const global = await pinPython("3.12", { ...local, global: true }, context);
    assert.notEqual(global.path, path);
    assert.equal((await readPins({ global: true }, context)).global, true);
    assert.equal(await removePin({}, context), path);
    await assert.rejects(removePin({}, context), { code: "not-found", hint: /--rm --global/ });
    assert.equal(await removePin({ global: true }, context), global.path);
    await assert.rejects(removePin({ global: true }, context), { code: "not-found" });
  });
});
