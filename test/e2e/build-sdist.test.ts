import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Blueprint } from "../../src/model/blueprint.ts";
import { sdistOf } from "../support/build-index.ts";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const leaf = makeWheel({ name: "leaf", files: { "leaf.py": "n = 1\n" } });
const tool = makeWheel({ name: "tool", files: { "tool.py": "name = 'tool'\n" } });
const asked = makeWheel({ name: "asked", files: { "asked.py": "" } });

/** Runs `python -c code` with an index of these files, and returns what the program printed. */
async function running(
  sandbox: Sandbox,
  files: readonly IndexFile[],
  args: readonly string[],
  code: string,
): Promise<string> {
  await using index = await startIndex({ files });
  const run = await sandbox.posy(["run", "--default-index", index.url, ...args, "--", "python", "-c", code]);
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

describe("packages that have only a source distribution", () => {
  test("are built with their build requirements and those that the backend asks for, and nothing else", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({
      name: "source",
      dependencies: ["leaf"],
      requires: ["tool"],
      asks: ["asked"],
      imports: "asked",
    });
    const printed = await running(
      sandbox,
      [source, leaf, tool, asked],
      ["--with", "source"],
      "import source, leaf, importlib.util as u; print(leaf.n, u.find_spec('tool'), u.find_spec('asked'))",
    );
    assert.equal(printed, "1 None None\n");
  });

  test("are built once for all Envs, processes and indexes", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "source" });
    await running(sandbox, [source], ["--with", "source"], "import source");
    const wheels = () =>
      readdirSync(join(sandbox.home, "cache", "builds-v2"), { recursive: true }).filter((name) =>
        String(name).endsWith(".whl"),
      );
    const [built] = wheels();
    const made = readFileSync(join(sandbox.home, "cache", "builds-v2", String(built)));
    await running(sandbox, [source, leaf], ["--with", "source", "--with", "leaf"], "import source, leaf");
    assert.deepEqual(wheels(), [built]);
    assert.deepEqual(readFileSync(join(sandbox.home, "cache", "builds-v2", String(built))), made);
    // The unpacked source is gone.
    assert.deepEqual(
      readdirSync(join(sandbox.home, "cache", "tmp")).filter((name) => !name.startsWith("remove")),
      [],
    );
  });

  test("are not built for resolving when their metadata are static", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf(
      { name: "source", dependencies: ["leaf"], raises: { build_wheel: "it is built" } },
      { isStatic: true },
    );
    await using index = await startIndex({ files: [source, leaf] });
    assertPrinted(
      await sandbox.posy(["resolve", "--default-index", index.url, "source"]),
      "leaf==1.0\nsource==1.0\n",
    );
  });

  test("are downloaded once to read the build requirements for another platform", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "source", requires: ["tool"] }, { isStatic: true });
    await using index = await startIndex({ files: [source, tool] });
    const ask = async (...more: string[]) => {
      const platform = ["--platform", "windows-x86_64", "--json"];
      const run = await sandbox.posy([
        "resolve",
        "--default-index",
        index.url,
        ...platform,
        ...more,
        "source",
      ]);
      assert.equal(run.status, 0, run.stderr);
      const { targets } = JSON.parse(run.stdout) as Blueprint;
      return targets[0]?.packages[0]?.build?.packages.map(({ name }) => name);
    };
    assert.deepEqual(await ask(), ["tool"]);
    const cleaned = await sandbox.posy(["cache", "clean", "artifacts"]);
    assert.equal(cleaned.status, 0, cleaned.stderr);
    assert.deepEqual(await ask("--offline"), ["tool"]);
  });

  test("are not used when a wheel of the same version fits", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "leaf", raises: { build_wheel: "it is built" } });
    assert.equal(
      await running(sandbox, [source, leaf], ["--with", "leaf"], "import leaf; print(leaf.n)"),
      "1\n",
    );
  });
});

describe("the build policy", () => {
  const source = sdistOf({ name: "source" });

  test("`--no-build` allows only wheels, and the error names the option that forbids builds", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source] });
    const run = await sandbox.posy(["run", "--default-index", index.url, "--no-build", "--with", "source"]);
    assertFailed(run, 1, /only source distributions \(which may not be built: `--no-build`\)/);
    assert.match(run.stderr, /leave out `--no-build` for it/);
  });

  test("`--only-binary` for one package wins over `--no-binary :all:`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, sdistOf({ name: "leaf" }), leaf] });
    const common = ["--default-index", index.url, "--with", "source", "--with", "leaf"];
    const code = "import leaf, source; print(hasattr(leaf, 'n'))";
    const all = await sandbox.posy(["run", ...common, "--no-binary", ":all:", "--", "python", "-c", code]);
    assertPrinted(all, "False\n");
    const but = [
      "run",
      ...common,
      "--no-binary",
      ":all:",
      "--only-binary",
      "leaf",
      "--",
      "python",
      "-c",
      code,
    ];
    assertPrinted(await sandbox.posy(but), "True\n");
  });

  test("`--no-binary` fails for a package that has only wheels", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [leaf] });
    const run = await sandbox.posy(["resolve", "--default-index", index.url, "--no-binary", "leaf", "leaf"]);
    assertFailed(run, 1, /only wheels \(and `--no-binary` wants sources\)/);
  });

  test("a package with `--no-build` and `--no-binary` has no usable file", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [leaf, sdistOf({ name: "leaf" })] });
    const both = [
      ["--no-build-package", "leaf", "--no-binary", "leaf"],
      ["--no-build", "--no-binary", ":all:"],
      ["--only-binary", "leaf", "--no-binary", "leaf"],
    ];
    for (const options of both) {
      const run = await sandbox.posy(["resolve", "--default-index", index.url, ...options, "leaf"]);
      assertFailed(run, 1, /may neither be built \(`--no-build`\) nor be taken as a wheel/, /`--no-binary`/);
    }
    writeFileSync(join(sandbox.cwd, "requirements.txt"), "leaf\n--only-binary leaf\n--no-binary leaf\n");
    const file = await sandbox.posy(["resolve", "--default-index", index.url, "-r", "requirements.txt"]);
    assertFailed(file, 1, /may neither be built/);
  });
});

describe("config settings", () => {
  test("`-C` passes a setting to the build backend, and another setting causes another build", async () => {
    using sandbox = await newSandbox();
    const source = sdistOf({ name: "source" });
    const code =
      "import source, json, os; print(json.load(open(os.path.join(list(source.__path__)[0], 'built.json')))['settings'])";
    const files = [source];
    const once = await running(sandbox, files, ["--with", "source", "-C", "level=1"], code);
    const twice = await running(sandbox, files, ["--with", "source", "-C", "level=2", "-C", "level=3"], code);
    const own = await running(
      sandbox,
      files,
      ["--with", "source", "-C", "level=1", "--config-settings-package", "source:level=4"],
      code,
    );
    assert.deepEqual([once, twice, own], ["{'level': '1'}\n", "{'level': ['2', '3']}\n", "{'level': '4'}\n"]);
  });
});

describe("a build without isolation", () => {
  const source = sdistOf({ name: "source", imports: "tool" });

  test("can import the other packages of the environment", async () => {
    using sandbox = await newSandbox();
    const args = ["--with", "source", "--with", "tool", "--no-build-isolation-package", "source"];
    assert.equal(
      await running(sandbox, [source, tool], args, "import source, tool; print(tool.name)"),
      "tool\n",
    );
  });

  test("is suggested when a build lacks a module that it does not declare", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, tool] });
    const run = await sandbox.posy([
      "run",
      "--default-index",
      index.url,
      "--with",
      "source",
      "--with",
      "tool",
    ]);
    assertFailed(run, 1, /No module named 'tool'/);
    assert.match(run.stderr, /--no-build-isolation-package source/);
  });
});

test("`--build-constraint` limits build requirements", async () => {
  using sandbox = await newSandbox();
  const old = makeWheel({ name: "tool", version: "0.9", files: { "tool.py": "name = 'old'\n" } });
  const source = sdistOf({ name: "source", requires: ["tool"] });
  writeFileSync(join(sandbox.cwd, "builds.txt"), "tool<1\n");
  await using index = await startIndex({ files: [source, tool, old] });
  const options = ["--default-index", index.url, "--build-constraint", "builds.txt", "--json"];
  const run = await sandbox.posy(["resolve", ...options, "source"]);
  assert.equal(run.status, 0, run.stderr);
  const { targets } = JSON.parse(run.stdout) as Blueprint;
  const build = targets[0]?.packages[0]?.build;
  assert.deepEqual(
    build?.packages.map(({ name, version }) => [name, version]),
    [["tool", "0.9"]],
  );
});

describe("build requirements that form a cycle", () => {
  const first = sdistOf({ name: "first", requires: ["second"] });
  const second = sdistOf({ name: "second", requires: ["first"] });

  test("are reported as a chain", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [first, second] });
    const run = await sandbox.posy(["run", "--default-index", index.url, "--with", "first"]);
    assertFailed(run, 1, /building it needs `second 1\.0`, which needs `first 1\.0`/);
  });

  test("are resolved with a wheel, even with `--no-binary`", async () => {
    using sandbox = await newSandbox();
    const wheel = makeWheel({ name: "first", files: { "first.py": "" } });
    const args = ["--no-binary", ":all:", "--with", "first"];
    assert.equal(
      await running(sandbox, [first, second, wheel], args, "import first; print(first.__file__ != '')"),
      "True\n",
    );
  });
});

test("a failed build is reported with its package, its step, the end of its output and its log", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({
    files: [
      sdistOf({ name: "source", raises: { build_wheel: "the compiler is on fire" } }, { isStatic: true }),
    ],
  });
  const run = await sandbox.posy(["run", "--default-index", index.url, "--with", "source"]);
  assertFailed(run, 1, /`?source 1\.0`?.*building the wheel/s);
  assert.match(run.stderr, /the compiler is on fire/);
  const [, log = ""] = /(\S+\.log)/.exec(run.stderr) ?? [];
  assert.match(readFileSync(log.replaceAll(/[`'"]/g, ""), "utf8"), /the compiler is on fire/);
});
