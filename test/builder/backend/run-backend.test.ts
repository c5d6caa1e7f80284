import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readBuildSystem } from "../../../src/builder/backend/build-system.ts";
import { type BackendCall, type EnvFor, runBackend } from "../../../src/builder/backend/run-backend.ts";
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

/** Builds from a tree made by `options`. `asked` has the requirements of each requested Env. */
async function build(
  options: Partial<TreeOptions>,
  changes: Partial<BackendCall> = {},
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

/** Builds a wheel and returns what its backend saw. */
async function built(options: Partial<TreeOptions>, changes: Partial<BackendCall> = {}) {
  const tree = await build(options, changes);
  const outcome = await tree.run();
  assert.equal(outcome.kind, "wheel");
  return { ...tree, ...readBuilt(join(tree.output, outcome.kind === "wheel" ? outcome.filename : "")) };
}

async function failing(options: Partial<TreeOptions>, changes: Partial<BackendCall> = {}) {
  const tree = await build(options, changes);
  const error = await tree.run().then(
    () => assert.fail("it was built"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PosyError, String(error));
  assert.equal(error.code, "build-failed", error.message);
  return { ...tree, error };
}

describe("runBackend", () => {
  test("builds a wheel with the hooks of PEP 517", async () => {
    const { run, asked } = await build({ requires: ["one>=1"] });
    assert.deepEqual(await run(), { kind: "wheel", filename: "some_tree-1.0-py3-none-any.whl" });
    assert.deepEqual(asked, [["one>=1"]]);
  });

  test("prepares metadata without building", async () => {
    const { run, output } = await build({ dependencies: ["numpy>=2"] }, { goal: "metadata" });
    const distInfo = join(output, "some_tree-1.0.dist-info");
    assert.deepEqual(await run(), { kind: "metadata", distInfo });
    assert.match(await readFile(join(distInfo, "METADATA"), "utf8"), /^Requires-Dist: numpy>=2$/m);
    assert.deepEqual(await readdir(output), ["some_tree-1.0.dist-info"]);
  });

  test("builds a wheel if the backend can't prepare metadata alone", async () => {
    const { run } = await build({ without: ["prepare_metadata_for_build_wheel"] }, { goal: "metadata" });
    assert.deepEqual(await run(), { kind: "wheel", filename: "some_tree-1.0-py3-none-any.whl" });
  });

  test("builds an editable wheel (PEP 660)", async () => {
    const { hook } = await built({}, { goal: "editable" });
    assert.equal(hook, "build_editable");
  });

  test("finds the wheel although the backend leaves other files", async () => {
    const { run, output } = await build({ junk: true });
    assert.deepEqual(await run(), { kind: "wheel", filename: "some_tree-1.0-py3-none-any.whl" });
    assert.deepEqual((await readdir(output)).sort(), [
      "junk-of-build_wheel",
      "some_tree-1.0-py3-none-any.whl",
    ]);
  });

  test("builds a wheel although a forked child of the backend returns", {
    skip: process.platform === "win32",
  }, async () => {
    // The child returns when the reply is written, and before the process has ended.
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

  test("builds a source distribution", async () => {
    const { run, output } = await build({}, { goal: "sdist" });
    assert.deepEqual(await run(), { kind: "sdist", filename: "some_tree-1.0.tar.gz" });
    assert.deepEqual(await readdir(output), ["some_tree-1.0.tar.gz"]);
  });

  test("returns the declared and the requested build requirements", async () => {
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

describe("requested build requirements", () => {
  test("that are not installed lead to a new Env with both lists", async () => {
    const { run, asked } = await build({ requires: ["one"], asks: ["two>1"] });
    await run();
    assert.deepEqual(asked, [["one"], ["one", "two>1"]]);
  });

  test("that are installed need no new Env, but another version does", async () => {
    const { run, asked } = await build({ asks: ["Packaging>=20", "packaging<1"] });
    await run();
    assert.deepEqual(asked, [[], ["packaging<1"]]);
  });

  test("are empty if the backend lacks the hook", async () => {
    const { run, asked } = await build({ without: ["get_requires_for_build_wheel"] });
    assert.equal((await run()).kind, "wheel");
    assert.equal(asked.length, 1);
  });

  test("that are malformed are an error that names the hook", async () => {
    const { error } = await failing({ asks: ["two >> 1"] });
    assert.match(error.message, /`two >> 1` \(`get_requires_for_build_wheel`\)/);
  });
});

describe("a backend gets", () => {
  test("the tree as its current folder, and only `backend-path` on the path", async () => {
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

  test("the variables of the Env, and none that change how Python behaves", async () => {
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

  // Setuptools 65.2 to 67.1 read INCLUDEPY (pypa/setuptools#3786). If it is wrong, compilers find no Python.h.
  test("the right folder of headers for a Python that was moved", async () => {
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

  test("config settings, as a list for a repeated key, or None", async () => {
    const settings = { "--flag": "", key: ["a", "b"] };
    assert.deepEqual((await built({}, { settings })).settings, settings);
    assert.equal((await built({})).settings, null);
  });

  test("the `.dist-info` folder of metadata that were prepared before", async () => {
    const prepared = join(top, "some_tree-1.0.dist-info");
    assert.equal((await built({}, { prepared })).metadata, prepared);
  });

  test("an empty standard input, so that no build waits for an answer", async () => {
    const { error } = await failing({ onImport: "input('Continue? ')" });
    assert.match(error.message, /EOFError/);
  });
});

describe("the output of a backend", () => {
  test("goes into the log and is not read as a reply", async () => {
    const { run, log, reporter } = await build({ says: { build_wheel: '{"kind": "answer"} é' } });
    assert.equal((await run()).kind, "wheel");
    assert.match(await readFile(log, "utf8"), /--- some-tree 1.0: build_wheel\n\{"kind": "answer"\} é\n/);
    assert.equal(
      reporter.events.some(({ kind }) => kind === "output"),
      false,
    );
  });

  test("is reported as it arrives if `verbose` is set", async () => {
    const { run, reporter } = await build({ says: { build_wheel: "compiling" } }, { verbose: true });
    await run();
    const said = reporter.events.flatMap((event) => (event.kind === "output" ? [event.text] : [])).join("");
    assert.equal(said, "compiling\n");
  });

  test("is reported as progress from beginning to end", async () => {
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

describe("a failed build is explained:", () => {
  const table: readonly [string, Partial<TreeOptions>, RegExp, Partial<BackendCall>?][] = [
    [
      "a hook that raises",
      { raises: { build_wheel: "no luck" } },
      /building the wheel failed.*`RuntimeError`[^]*RuntimeError: no luck/,
    ],
    ["an exit with status 0", { leaves: { build_wheel: 0 } }, /it ended with status 0/],
    [
      "an exit with another status",
      { exits: { build_wheel: 7 } },
      /building the wheel failed.*it ended with status 7/,
    ],
    [
      "an exit with a message",
      { leaves: { build_wheel: "error: not today" } },
      /it ended with status 1[^]*error: not today/,
    ],
    ["a signal", { exits: { build_wheel: -15 } }, /building the wheel failed.*it was ended by SIGTERM/],
    ["SIGKILL", { exits: { build_wheel: -9 } }, /it was killed \(SIGKILL\).*memory/],
    [
      "metadata that need a wheel which fails",
      { without: ["prepare_metadata_for_build_wheel"], exits: { build_wheel: 1 } },
      /building the wheel failed/,
      { goal: "metadata" },
    ],
    [
      "a reply that is not the name of a wheel",
      { answers: { build_wheel: "../../etc/x.whl" } },
      /`\.\.\/\.\.\/etc\/x\.whl`/,
    ],
    [
      "a reply that names a missing file",
      { answers: { build_wheel: "a-1-py3-none-any.whl" } },
      /made no such file/,
    ],
    ["a reply of None", { answers: { build_wheel: null } }, /returned no file name/],
    [
      "metadata without METADATA",
      { answers: { prepare_metadata_for_build_wheel: "a.dist-info" } },
      /made no such file/,
      { goal: "metadata" },
    ],
    [
      "requirements that are not a list",
      { answers: { get_requires_for_build_wheel: "wheel" } },
      /returned no list/,
    ],
    ["a missing hook", { without: ["build_editable"] }, /no such hook/, { goal: "editable" }],
    [
      "UnsupportedOperation",
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
      if (!/contract|returned/.test(error.message)) assert.ok(`${error.hint} ${error.message}`.includes(log));
    });
  }

  test("a traceback has no frames of the hook script", async () => {
    const { error } = await failing({ raises: { build_wheel: "no luck" } });
    assert.doesNotMatch(error.message, /hook\.py/);
  });

  test("a known cause becomes the hint", async () => {
    const { error } = await failing({ raises: { build_wheel: "No module named 'pkg_resources'" } });
    assert.match(error.hint ?? "", /setuptools<81/);
  });

  test("a backend from outside `backend-path` is refused", async () => {
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

  test("a backend may be an attribute of an object", async () => {
    const { run } = await build(
      { onImport: "class a: b = sys.modules[__name__]" },
      { system: { requires: [], backend: "tree_backend:a.b", backendPath: ["_backend"], legacy: false } },
    );
    assert.equal((await run()).kind, "wheel");
  });

  test("a missing object of the backend is an error", async () => {
    const { run } = await build(
      {},
      { system: { requires: [], backend: "tree_backend:a.b", backendPath: ["_backend"], legacy: false } },
    );
    await assert.rejects(run(), /the backend has no `a`/);
  });

  test("a Python that can't be started is an error", async () => {
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
