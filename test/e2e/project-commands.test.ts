import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const says = "import sys, os; print(os.environ.get('SAID', ''), *sys.argv[1:], flush=True)";
const ends = "import sys; sys.exit(int(sys.argv[1]))";
const say = (text: string) => `python -c "${says}" ${text}`;

function project(sandbox: Sandbox, commands: readonly string[]): void {
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    "[dependency-groups]",
    'docs = ["docs"]',
    "[tool.posy]",
    'platforms = ["linux-x86_64"]',
    "[tool.posy.envs.docs]",
    'groups = ["docs"]',
    "[tool.posy.commands]",
    ...commands,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
}

const noIndex = { UV_NO_INDEX: "1" };

const outcomes: readonly {
  title: string;
  commands: readonly string[];
  typed: readonly string[];
  prints: string;
  status?: number;
}[] = [
  {
    title: "gets the arguments after its name",
    commands: [`greet = ${JSON.stringify(say("hello"))}`],
    typed: ["greet", "a b", "--flag"],
    prints: " hello a b --flag\n",
  },
  {
    title: "gets its arguments in place of `{args}`, or the default",
    commands: [`greet = ${JSON.stringify(say("{args:nobody} bye"))}`],
    typed: ["greet"],
    prints: " nobody bye\n",
  },
  {
    title: "gets its arguments inside a word, or the default",
    commands: [`greet = ${JSON.stringify(say("--to={args:nobody}"))}`],
    typed: ["greet", "you"],
    prints: " --to=you\n",
  },
  {
    title: "gets its arguments in quotes",
    commands: [`greet = "sh -c 'echo {args:nobody} | cat'"`],
    typed: ["greet", "you", "all"],
    prints: "you all\n",
  },
  {
    title: "gets its variables",
    commands: [`greet = { run = ${JSON.stringify(say("x"))}, variables = { SAID = "loud" } }`],
    typed: ["greet"],
    prints: "loud x\n",
  },
  {
    title: "runs its steps in order up to the first that fails, and returns the status of that step",
    commands: [
      `all = { all = [${[say("one"), `python -c "${ends}" 3`, say("two")].map((each) => JSON.stringify(each)).join(", ")}] }`,
    ],
    typed: ["all"],
    prints: " one\n",
    status: 3,
  },
  {
    title: "runs the commands that it depends on first, each once",
    commands: [
      `base = ${JSON.stringify(say("base"))}`,
      `left = { run = ${JSON.stringify(say("left"))}, depends-on = ["base"] }`,
      `right = { run = ${JSON.stringify(say("right"))}, depends-on = ["base", "left"] }`,
    ],
    typed: ["right"],
    prints: " base\n left\n right\n",
  },
];

describe("a command of the project", () => {
  for (const { title, commands, typed, prints, status = 0 } of outcomes) {
    test(title, async () => {
      using sandbox = await newSandbox();
      project(sandbox, commands);
      const run = await sandbox.posy(typed, { env: noIndex });
      assert.equal(run.stdout, prints, run.stderr);
      assert.equal(run.status, status);
    });
  }

  test("runs in its environment and in the folder of the project, even from a subfolder", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({
      files: [makeWheel({ name: "docs", files: { "docs.py": "n = 1\n" } })],
    });
    const code = "import docs, os; print(docs.n, os.path.exists('pyproject.toml'))";
    project(sandbox, [`docs = { run = ${JSON.stringify(`python -c "${code}"`)}, env = "docs" }`]);
    mkdirSync(join(sandbox.cwd, "sub"));
    const run = await sandbox.posy(["docs"], {
      cwd: join(sandbox.cwd, "sub"),
      env: { UV_DEFAULT_INDEX: index.url },
    });
    assertPrinted(run, "1 True\n");
  });

  test("runs with each of several Pythons, and prints a table of their outcomes", async () => {
    using sandbox = await newSandbox();
    project(sandbox, [
      `matrix = { run = ${JSON.stringify(`python -c "${ends}" {args}`)}, python = ["${process.env["POSY_TEST_PYTHON"] ?? ">=3.9"}", ">=3.8"] }`,
    ]);
    const run = await sandbox.posy(["matrix", "1"], { env: noIndex });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /Python +outcome\n>=3\.9 +failed \(1\)\n>=3\.8 +failed \(1\)/);
  });

  test("does not replace a command of Posy with the same name", async () => {
    using sandbox = await newSandbox();
    project(sandbox, [`cache = ${JSON.stringify(say("mine"))}`]);
    assert.match((await sandbox.posy(["cache", "dir"])).stdout, /cache/);
  });

  test("can be run with `posy run` whatever its name is, on cold and warm starts, but not after `--`", async () => {
    using sandbox = await newSandbox();
    project(sandbox, [`lock = ${JSON.stringify(say("mine"))}`, `echo = ${JSON.stringify(say("and mine"))}`]);
    for (let time = 0; time < 3; time++) {
      assertPrinted(await sandbox.posy(["run", "lock", "x"], { env: noIndex }), " mine x\n");
      assertPrinted(await sandbox.posy(["run", "echo"], { env: noIndex }), " and mine\n");
      assertPrinted(await sandbox.posy(["run", "--", "echo", "program"], { env: noIndex }), "program\n");
      assertPrinted(
        await sandbox.posy(["run", "--no-project", "echo", "program"], { env: noIndex }),
        "program\n",
      );
    }
    project(sandbox, []);
    assertPrinted(await sandbox.posy(["run", "echo", "program"], { env: noIndex }), "program\n");
    project(sandbox, [`echo = ${JSON.stringify(say("again"))}`]);
    assertPrinted(await sandbox.posy(["run", "echo"], { env: noIndex }), " again\n");
    assertFailed(
      await sandbox.posy(["run", "ecoh"], { env: noIndex }),
      127,
      /no command `ecoh`/,
      /mean `echo`/,
    );
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(`gets ${signal}, and Posy waits until it ends and returns its status`, async () => {
      using sandbox = await newSandbox();
      project(sandbox, ['serve = "python serve.py"']);
      const code = [
        "import pathlib, signal, sys, time",
        `signal.signal(signal.${signal}, lambda *_: (time.sleep(0.3), print("ended"), sys.exit(9)))`,
        'pathlib.Path("ready").touch()',
        "time.sleep(30)",
      ];
      writeFileSync(join(sandbox.cwd, "serve.py"), code.join("\n"));
      const run = await sandbox.posy(["serve"], {
        env: noIndex,
        started: (child) => {
          const timer = setInterval(() => {
            if (!existsSync(join(sandbox.cwd, "ready"))) return;
            clearInterval(timer);
            child.kill(signal);
          }, 5);
          child.on("exit", () => clearInterval(timer));
        },
      });
      assert.deepEqual([run.status, run.stdout], [9, "ended\n"]);
    });
  }

  test("runs with the options that stand before its name", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({
      files: [
        makeWheel({ name: "docs", files: { "docs.py": "" } }),
        makeWheel({ name: "more", files: { "more.py": "" } }),
      ],
    });
    const code = "import importlib.util as u; print([n for n in ('docs', 'more') if u.find_spec(n)])";
    project(sandbox, [`show = ${JSON.stringify(`python -c "${code}"`)}`]);
    const run = (...options: string[]) =>
      sandbox.posy(["run", "--default-index", index.url, ...options, "show"]);
    assertPrinted(await run(), "[]\n");
    assertPrinted(await run("--env", "docs"), "['docs']\n");
    assertPrinted(await run("--with", "more"), "['more']\n");
    assertPrinted(await run("--with", "more", "--group", "docs"), "['docs', 'more']\n");
  });

  test("is reported when its name is unknown", async () => {
    using sandbox = await newSandbox();
    project(sandbox, []);
    assertFailed(await sandbox.posy(["nonsense"]), 2, /nonsense/);
  });
});
