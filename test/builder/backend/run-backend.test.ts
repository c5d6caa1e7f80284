import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readBuildSystem } from "../../../src/builder/backend/build-system.ts";
import { type BuildRequest, type EnvFor, runBackend } from "../../../src/builder/backend/run-backend.ts";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { runCaptured } from "../../../src/system/process/processes.ts";
import { testPython } from "../../support/oracle.ts";
import { readBuilt } from "../../support/read-built.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { type TreeOptions, writeTree } from "../../support/tree-backend.ts";

let python: string;
let top: string;
before(async () => {
  python = await testPython();
  top = await realpath(await mkdtemp(join(tmpdir(), "posy-backend-")));
});
after(() => rm(top, { recursive: true, force: true }));

let count = 0;

/** Builds from a tree made by `options`; `asked` are the Envs that were wanted. */
async function build(
  options: Partial<TreeOptions>,
  changes: Partial<BuildRequest> = {},
  variables: Readonly<Record<string, string>> = {},
) {
  count += 1;
  const root = await writeTree(join(top, `tree ${count}`), { name: "some-tree", ...options });
  const output = join(top, `output ${count}`);
  await mkdir(output);
  const asked: string[][] = [];
  const envFor: EnvFor = async (requirements) => {
    asked.push(requirements.map(({ text }) => text));
    return { python, envVars: (base) => ({ PATH: `/the/env/bin${delimiter}${base["PATH"]}`, ...variables }) };
  };
  const reporter = recordingReporter();
  const log = join(top, `log ${count}`);
  const run = async () =>
    runBackend(
      {
        root,
        system: await readBuildSystem(root, "some-tree 1.0"),
        goal: "wheel",
        output,
        settings: {},
        label: "some-tree 1.0",
        log,
        verbose: false,
        reporter,
        environment: process.env,
        pythonVersion: "3.13.5",
        ...changes,
      },
      envFor,
    );
  return { root, output, asked, log, reporter, run };
}

/** What the wheel's backend saw. */
async function built(options: Partial<TreeOptions>, changes: Partial<BuildRequest> = {}) {
  const tree = await build(options, changes);
  const outcome = await tree.run();
  assert.equal(outcome.kind, "wheel");
  return { ...tree, ...readBuilt(join(tree.output, outcome.kind === "wheel" ? outcome.filename : "")) };
}

async function failing(options: Partial<TreeOptions>, changes: Partial<BuildRequest> = {}) {
  const tree = await build(options, changes);
  const error = await tree.run().then(
    () => assert.fail("it was built"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PosyError, String(error));
  assert.equal(error.code, "build-failed", error.message);
  return { ...tree, error };
}

describe("what is made", () => {
  test("a wheel, by the hooks of PEP 517", async () => {
    const { run, asked } = await build({ requires: ["one>=1"] });
    assert.deepEqual(await run(), { kind: "wheel", filename: "some_tree-1.0-py3-none-any.whl" });
    assert.deepEqual(asked, [["one>=1"]]);
  });

  test("metadata, without building", async () => {
    const { run, output } = await build({ dependencies: ["numpy>=2"] }, { goal: "metadata" });
    const distInfo = join(output, "some_tree-1.0.dist-info");
    assert.deepEqual(await run(), { kind: "metadata", distInfo });
    assert.match(await readFile(join(distInfo, "METADATA"), "utf8"), /^Requires-Dist: numpy>=2$/m);
    assert.deepEqual(await readdir(output), ["some_tree-1.0.dist-info"]);
  });

  test("a wheel, where metadata can't be had without", async () => {
    const { run } = await build({ without: ["prepare_metadata_for_build_wheel"] }, { goal: "metadata" });
    assert.deepEqual(await run(), { kind: "wheel", filename: "some_tree-1.0-py3-none-any.whl" });
  });

  test("an editable wheel (PEP 660)", async () => {
    const { hook } = await built({}, { goal: "editable" });
    assert.equal(hook, "build_editable");
  });

  test("a wheel, whatever else a backend leaves in the folders", async () => {
    const { run, output } = await build({ junk: true });
    assert.deepEqual(await run(), { kind: "wheel", filename: "some_tree-1.0-py3-none-any.whl" });
    assert.deepEqual((await readdir(output)).sort(), [
      "junk-of-build_wheel",
      "some_tree-1.0-py3-none-any.whl",
    ]);
  });

  test("a wheel, though a fork of the backend comes back", {
    skip: process.platform === "win32",
  }, async () => {
    // It comes back when the answer is there, and before the process has ended.
    const onImport = [
      "import atexit",
      "if os.fork(): atexit.register(time.sleep, 0.6)",
      "else:",
      "    time.sleep(0.3)",
      "    raise RuntimeError('a fork')",
    ].join("\n");
    const { run } = await build({ onImport });
    assert.equal((await run()).kind, "wheel");
  });

  test("a source distribution", async () => {
    const { run, output } = await build({}, { goal: "sdist" });
    assert.deepEqual(await run(), { kind: "sdist", filename: "some_tree-1.0.tar.gz" });
    assert.deepEqual(await readdir(output), ["some_tree-1.0.tar.gz"]);
  });

  test("what a build needs, declared and asked for", async () => {
    const { run, asked } = await build(
      { requires: ["one"], asks: ["two>1", "one"] },
      { goal: "requirements" },
    );
    const outcome = await run();
    assert.equal(outcome.kind, "requirements");
    assert.deepEqual(outcome.kind === "requirements" && outcome.requires.map(({ text }) => text), [
      "one",
      "two>1",
    ]);
    assert.deepEqual(asked, [["one"]]);
  });
});

describe("what is asked for", () => {
  test("what is not there yet restarts with a new Env that has both", async () => {
    const { run, asked } = await build({ requires: ["one"], asks: ["two>1"] });
    await run();
    assert.deepEqual(asked, [["one"], ["one", "two>1"]]);
  });

  test("what the Env has already asks for no new one; what it has in another version does", async () => {
    const { run, asked } = await build({ asks: ["Packaging>=20", "packaging<1"] });
    await run();
    assert.deepEqual(asked, [[], ["packaging<1"]]);
  });

  test("a backend without the hook asks for nothing", async () => {
    const { run, asked } = await build({ without: ["get_requires_for_build_wheel"] });
    assert.equal((await run()).kind, "wheel");
    assert.equal(asked.length, 1);
  });

  test("what is no requirement is told with the hook", async () => {
    const { error } = await failing({ asks: ["two >> 1"] });
    assert.match(error.message, /`two >> 1` \(`get_requires_for_build_wheel`\)/);
  });
});

describe("what the backend gets", () => {
  test("the tree as its folder, on the path only what it asked for", async () => {
    const { root, cwd, path } = await built({});
    assert.equal(cwd, root);
    assert.equal(path[0], join(root, "_backend"));
    assert.equal(path.includes(""), false);
    assert.equal(path.includes(root), false);
    assert.equal(
      path.some((folder) => folder.includes("posy-hook-")),
      false,
    );
  });

  test("the Env's variables, and none that change what Python is", async () => {
    const { environment } = await built(
      {},
      {
        environment: {
          ...process.env,
          PYTHONPATH: "/nowhere",
          PYTHONHOME: undefined,
          PYTHONWARNINGS: "error",
          PYTHONDONTWRITEBYTECODE: "1",
          SOURCE_DATE_EPOCH: "1",
        },
      },
    );
    assert.ok(environment["PATH"]?.startsWith(`/the/env/bin${delimiter}`));
    assert.equal(environment["SOURCE_DATE_EPOCH"], "1");
    assert.deepEqual(
      Object.keys(environment).filter((name) => name.startsWith("PYTHON")),
      [],
    );
  });

  // What setuptools 65.2 to 67.1 go by (pypa/setuptools#3786); compilers then find no Python.h.
  test("a Python that knows where its headers are, though it lies elsewhere than it was built for", async () => {
    const folder = await mkdir(join(top, "relocated"), { recursive: true });
    const data = [
      "import glob, importlib, os",
      'found = glob.glob(os.path.join(os.path.dirname(os.__file__), "_sysconfigdata*.py"))[0]',
      "build_time_vars = dict(importlib.import_module(os.path.basename(found)[:-3]).build_time_vars)",
      'build_time_vars.update(INCLUDEPY="/install/include", CONFINCLUDEPY="/install/include")',
    ].join("\n");
    await writeFile(join(top, "relocated", "builders_sysconfig.py"), data);
    const variables = {
      PYTHONPATH: folder ?? join(top, "relocated"),
      _PYTHON_SYSCONFIGDATA_NAME: "builders_sysconfig",
    };
    const script = "import sysconfig; print(*map(sysconfig.get_config_var, ('INCLUDEPY', 'CONFINCLUDEPY')))";
    const plain = await runCaptured(python, ["-c", script], { env: { ...process.env, ...variables } });
    assert.equal(plain.stdout.trim(), "/install/include /install/include");
    const { log, run } = await build({ onImport: script }, {}, variables);
    await run();
    const honest = await runCaptured(python, ["-c", script]);
    const said = (await readFile(log, "utf8")).split("\n").filter((line) => line.startsWith("/"));
    assert.deepEqual(new Set(said), new Set([honest.stdout.trim()]));
  });

  test("config settings, lists where a key came several times; nothing where there are none", async () => {
    const settings = { "--flag": "", key: ["a", "b"] };
    assert.deepEqual((await built({}, { settings })).settings, settings);
    assert.equal((await built({})).settings, null);
  });

  test("the metadata prepared before: the `.dist-info` folder itself", async () => {
    const prepared = join(top, "some_tree-1.0.dist-info");
    assert.equal((await built({}, { prepared })).metadata, prepared);
  });

  test("an end of its input, so that nothing waits for an answer", async () => {
    const { error } = await failing({ onImport: "input('Continue? ')" });
    assert.match(error.message, /EOFError/);
  });
});

describe("what it says", () => {
  test("goes into the log and is no answer", async () => {
    const { run, log, reporter } = await build({ says: { build_wheel: '{"kind": "answer"} é' } });
    assert.equal((await run()).kind, "wheel");
    assert.match(await readFile(log, "utf8"), /--- some-tree 1.0: build_wheel\n\{"kind": "answer"\} é\n/);
    assert.equal(
      reporter.events.some(({ kind }) => kind === "output"),
      false,
    );
  });

  test("is told as it comes where that is wanted", async () => {
    const { run, reporter } = await build({ says: { build_wheel: "compiling" } }, { verbose: true });
    await run();
    const said = reporter.events.flatMap((event) => (event.kind === "output" ? [event.text] : [])).join("");
    assert.equal(said, "compiling\n");
  });

  test("begins and ends as progress", async () => {
    const { run, reporter } = await build({});
    await run();
    const progress = reporter.events.flatMap((event) => (event.kind === "progress" ? [event] : []));
    assert.deepEqual(
      [progress[0], progress.at(-1)].map((event) => [event?.stage, event?.id, event?.finished]),
      [
        ["build", "some-tree 1.0", false],
        ["build", "some-tree 1.0", true],
      ],
    );
    assert.ok(progress.every(({ done }) => done >= 0 && done < 100));
  });
});

describe("failures", () => {
  const table: readonly [string, Partial<TreeOptions>, RegExp, Partial<BuildRequest>?][] = [
    [
      "a hook that raises",
      { raises: { build_wheel: "no luck" } },
      /building the wheel failed.*`RuntimeError`[^]*RuntimeError: no luck/,
    ],
    ["an exit that says all is well", { leaves: { build_wheel: 0 } }, /it ended with status 0/],
    ["an exit", { exits: { build_wheel: 7 } }, /building the wheel failed.*it ended with status 7/],
    [
      "an exit of its own",
      { leaves: { build_wheel: "error: not today" } },
      /it ended with status 1[^]*error: not today/,
    ],
    ["a signal", { exits: { build_wheel: -15 } }, /building the wheel failed.*it was ended by SIGTERM/],
    ["no memory", { exits: { build_wheel: -9 } }, /it was killed \(SIGKILL\).*memory/],
    [
      "metadata that need a wheel which fails",
      { without: ["prepare_metadata_for_build_wheel"], exits: { build_wheel: 1 } },
      /building the wheel failed/,
      { goal: "metadata" },
    ],
    [
      "an answer that names no wheel",
      { answers: { build_wheel: "../../etc/x.whl" } },
      /`\.\.\/\.\.\/etc\/x\.whl`/,
    ],
    [
      "an answer that names what is not there",
      { answers: { build_wheel: "a-1-py3-none-any.whl" } },
      /made no such file/,
    ],
    ["an answer that is none", { answers: { build_wheel: null } }, /gave no name/],
    [
      "metadata without METADATA",
      { answers: { prepare_metadata_for_build_wheel: "a.dist-info" } },
      /made no such file/,
      { goal: "metadata" },
    ],
    ["requirements that are no list", { answers: { get_requires_for_build_wheel: "wheel" } }, /gave no list/],
    ["no such hook", { without: ["build_editable"] }, /no such hook/, { goal: "editable" }],
    [
      "what can't be done here",
      { unsupported: { build_sdist: "no git" } },
      /can't do that here: no git/,
      { goal: "sdist" },
    ],
    [
      "a backend that can't be imported",
      { onImport: "import nowhere_at_all" },
      /there is no module `nowhere_at_all`/,
    ],
    ["a backend that is broken", { onImport: "1/0" }, /can't be imported[^]*ZeroDivisionError/],
  ];
  for (const [name, options, message, changes] of table) {
    test(name, async () => {
      const { error, log } = await failing(options, changes);
      assert.match(error.message, message);
      assert.match(error.message, /some-tree 1\.0/);
      if (!/contract|gave/.test(error.message)) assert.ok(`${error.hint} ${error.message}`.includes(log));
    });
  }

  test("a traceback has none of our own lines", async () => {
    const { error } = await failing({ raises: { build_wheel: "no luck" } });
    assert.doesNotMatch(error.message, /hook\.py/);
  });

  test("the usual cause is the hint", async () => {
    const { error } = await failing({ raises: { build_wheel: "No module named 'pkg_resources'" } });
    assert.match(error.hint ?? "", /setuptools<81/);
  });

  test("a backend from elsewhere than `backend-path` is refused", async () => {
    const { root, run } = await build({});
    await rm(join(root, "_backend", "tree_backend.py"));
    await assert.rejects(run(), { code: "build-failed" });
    const other = await build({}, {});
    await rm(join(other.root, "_backend", "tree_backend.py"));
    const { run: standard } = await build(
      {},
      { system: { requires: [], backend: "json:loads", backendPath: ["_backend"], legacy: false } },
    );
    await assert.rejects(standard(), /was not found in `backend-path`/);
  });

  test("a backend that is an object in an object", async () => {
    const { run } = await build(
      { onImport: "class a: b = sys.modules[__name__]" },
      { system: { requires: [], backend: "tree_backend:a.b", backendPath: ["_backend"], legacy: false } },
    );
    assert.equal((await run()).kind, "wheel");
  });

  test("an object of the backend that is not there", async () => {
    const { run } = await build(
      {},
      { system: { requires: [], backend: "tree_backend:a.b", backendPath: ["_backend"], legacy: false } },
    );
    await assert.rejects(run(), /the backend has no `a`/);
  });

  test("Python that can't be started", async () => {
    const folder = dirname(top);
    const { run } = await build(
      {},
      {
        root: join(folder, "nowhere-at-all"),
        system: { requires: [], backend: "x", backendPath: [], legacy: false },
      },
    );
    await assert.rejects(run(), { code: "not-found" });
  });
});
