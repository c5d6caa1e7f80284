import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import type { EnvOptions } from "../../../src/operations/create-env.ts";
import {
  type MatrixRow,
  type ProgramStart,
  runProjectCommand,
  type TypedOptions,
} from "../../../src/operations/run/run-project-command.ts";
import { parseProject } from "../../../src/project/pyproject/read-project.ts";

/** A step of a command says what it was started with. Programs: name → text of a shell script. */
const programs: Readonly<Record<string, string>> = {
  say: 'echo "$@" >> "$LOG"',
  where: 'echo "${PWD##*/}|$ONE|$TWO|$THREE|${VIRTUAL_ENV##*/}|$PYTHONHOME" >> "$LOG"',
  end: 'echo "end $1" >> "$LOG"; exit "$1"',
  kill: 'kill -"$1" $$',
  later: 'sleep 0.3; echo "later $1" >> "$LOG"; exit "${2:-0}"',
  zero: 'echo "$0" >> "$LOG"',
  // It goes on although Posy forwards the signal to it.
  stop: 'trap "" TERM; echo stop >> "$LOG"; kill -TERM "$PPID"; sleep 0.3; exit "${1:-0}"',
};

interface Ran {
  readonly status: number;
  /** The lines that the programs wrote. */
  readonly lines: readonly string[];
  /** The options with which each Env was asked for. */
  readonly envs: readonly {
    readonly options: EnvOptions;
    readonly typed: readonly string[];
    readonly cwd: string;
  }[];
  readonly matrices: readonly (readonly MatrixRow[])[];
  readonly last: readonly ProgramStart[];
}

interface Options {
  readonly args?: readonly string[];
  readonly before?: TypedOptions;
  readonly environment?: NodeJS.ProcessEnv;
  /** Tables of `pyproject.toml` before the commands. */
  readonly settings?: string;
  readonly replaces?: boolean;
}

/** Runs the command `main` of a project with these commands, in Envs whose programs are `programs`. */
async function run(commands: string, options: Options = {}): Promise<Ran> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-command-")));
  try {
    const folder = join(root, "project");
    const cwd = join(root, "elsewhere");
    for (const path of [folder, cwd, join(folder, "sub"), join(folder, "deep")]) mkdirSync(path);
    writeFileSync(join(folder, "one.env"), "ONE=file\nTWO=file\n");
    writeFileSync(join(folder, "two.env"), "TWO=second\n");
    writeFileSync(join(cwd, "typed.env"), "THREE=typed\n");
    const log = join(root, "log");
    writeFileSync(log, "");
    const text = `${options.settings ?? ""}\n[tool.posy.commands]\n${commands}\n`;
    const project = await parseProject(text, join(folder, "pyproject.toml"));
    const envs: Ran["envs"][number][] = [];
    const matrices: (readonly MatrixRow[])[] = [];
    const last: ProgramStart[] = [];
    const context = {
      environment: { PATH: "/usr/bin:/bin", LOG: log, PYTHONHOME: "/nowhere", ...options.environment },
      cwd,
      reporter: { report() {} },
    };
    const status = await runProjectCommand(
      project,
      "main",
      options.args ?? [],
      context as never,
      {
        async envFor(asked, typed, given) {
          envs.push({ options: asked, typed, cwd: basename(given.cwd) });
          await new Promise((resolve) => setTimeout(resolve, 1));
          const prefix = join(root, `env-${asked.env}-${asked.python ?? "any"}`);
          const scripts = join(prefix, "bin");
          mkdirSync(scripts, { recursive: true });
          for (const [name, script] of Object.entries(programs)) {
            writeFileSync(join(scripts, name), `#!/bin/sh\n${script}\n`);
            chmodSync(join(scripts, name), 0o755);
          }
          writeFileSync(join(scripts, "plain"), "", { mode: 0o644 });
          return { key: basename(prefix), prefix, python: join(scripts, "python"), scripts };
        },
        onMatrix: (rows) => void matrices.push(rows),
        ...(options.replaces && {
          async startLast(program: ProgramStart) {
            last.push(program);
            return 42;
          },
        }),
      },
      ...(options.before === undefined ? [] : [options.before]),
    );
    const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
    return { status, lines: lines.map((line) => line.replaceAll(root, "ROOT")), envs, matrices, last };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const skip = process.platform === "win32";

describe("a project command", { skip }, () => {
  test("runs a program of its environment with the typed arguments, and returns its status", async () => {
    const { status, lines, envs } = await run('main = "end 7"', { args: ["ignored"] });
    assert.deepEqual({ status, lines }, { status: 7, lines: ["end 7"] });
    assert.deepEqual(envs, [{ options: { env: "default" }, typed: ["--env", "default"], cwd: "project" }]);
    assert.deepEqual((await run('main = "say a {args} b"', { args: ["x y"] })).lines, ["a x y b"]);
  });

  test("starts a program by its whole path, so that Python finds its environment", async () => {
    assert.deepEqual((await run('main = "zero"')).lines, ["ROOT/env-default-any/bin/zero"]);
  });

  test("starts a program of the PATH by its name", async () => {
    assert.deepEqual((await run(`main = "sh -c 'echo $0 >> $LOG'"`)).lines, ["sh"]);
  });

  test("returns 128 plus the number of the signal that ended its program", async () => {
    assert.equal((await run('main = "kill TERM"')).status, 128 + 15);
    assert.equal((await run('main = "kill KILL"')).status, 128 + 9);
  });

  test("runs in the project's folder, in its own folder, or in that of a step", async () => {
    const { lines } = await run(
      'main = { all = ["where", { run = "where", cwd = "deep" }, "inner"], cwd = "sub" }\ninner = "where"',
    );
    assert.deepEqual(
      lines.map((line) => line.split("|")[0]),
      ["sub", "deep", "sub"],
    );
    assert.match((await run('main = "where"')).lines[0] ?? "", /^project\|/);
  });

  test("sets its variables over those of its steps' commands, and files only what is not set", async () => {
    const settings = '[tool.posy]\nenv-file = "one.env"';
    const commands = [
      'main = { all = ["where", { run = "where", variables = { TWO = "step" } }], variables = { ONE = "main" }, env-file = "two.env" }',
    ].join("\n");
    const { lines } = await run(commands, { settings, environment: { THREE: "set" } });
    assert.deepEqual(lines, [
      "project|main|second|set|env-default-any|",
      "project|main|step|set|env-default-any|",
    ]);
    const plain = await run('main = "where"', { settings, environment: { ONE: "set" } });
    assert.deepEqual(plain.lines, ["project|set|file||env-default-any|"]);
  });

  test("gets the variables of a typed `--env-file`, relative to the current folder", async () => {
    const before = { options: {}, args: ["--env-file", "typed.env"] };
    const { lines, envs } = await run('main = "where"', { before });
    assert.deepEqual(lines, ["project|||typed|env-default-any|"]);
    assert.deepEqual(envs[0], {
      options: { env: "default" },
      typed: ["--env-file", "typed.env", "--env", "default"],
      cwd: "elsewhere",
    });
  });

  test("looks for its environment in the current folder if an option was typed, which may name a relative path", async () => {
    const { envs } = await run('main = "say x"', { before: { options: {}, args: ["--no-index"] } });
    assert.deepEqual(envs[0]?.cwd, "elsewhere");
  });

  test("may replace PYTHONHOME by its variables", async () => {
    const { lines } = await run('main = { run = "where", variables = { PYTHONHOME = "mine" } }');
    assert.deepEqual(lines, ["project||||env-default-any|mine"]);
  });

  test("uses the typed environment and Python, unless a step has its own", async () => {
    const settings = "[tool.posy.envs.docs]\n[tool.posy.envs.other]";
    const before = { options: { env: "docs", python: "3.13" }, args: ["--env", "docs", "--python", "3.13"] };
    const commands =
      'main = { all = ["where", { run = "where", env = "other" }, { run = "where", python = "3.12" }] }';
    const { lines, envs } = await run(commands, { settings, before });
    assert.deepEqual(
      lines.map((line) => line.split("|")[4]),
      ["env-docs-3.13", "env-other-3.13", "env-docs-3.12"],
    );
    assert.deepEqual(envs[2]?.typed, [...before.args, "--env", "docs", "--python", "3.12"]);
    assert.equal(envs[2]?.options.python, "3.12");
  });
});

describe("commands and steps run", { skip }, () => {
  test("one after the other, and those that are depended on first, each only once", async () => {
    const { status, lines } = await run(
      'base = "say base"\none = { run = "say one", depends-on = ["base"] }\ntwo = { run = "say two", depends-on = ["base"] }\nmain = { run = "say main", depends-on = ["one", "two"] }',
      { args: ["typed"] },
    );
    assert.deepEqual({ status, lines }, { status: 0, lines: ["base", "one", "two", "main typed"] });
  });

  test("up to the first that fails", async () => {
    const steps = await run('main = { all = ["say a", "end 3", "say b"] }');
    assert.deepEqual([steps.status, steps.lines], [3, ["a", "end 3"]]);
    const before = await run(
      'bad = "end 4"\nnext = "say next"\nmain = { run = "say main", depends-on = ["bad", "next"] }',
    );
    assert.deepEqual([before.status, before.lines], [4, ["end 4"]]);
  });

  test("at the same time with `parallel`, to their ends, and the first failure in their order counts", async () => {
    const steps = await run('main = { all = ["later a 5", "end 6", "say b"], parallel = true }');
    assert.equal(steps.status, 5);
    assert.deepEqual([...steps.lines].sort(), ["b", "end 6", "later a"]);
    assert.equal(steps.lines.at(-1), "later a");
    const before = await run(
      'slow = "later b"\nfast = "say fast"\nmain = { run = "say main", depends-on = ["slow", "fast"], parallel = true }',
    );
    assert.deepEqual([before.status, before.lines], [0, ["fast", "later b", "main"]]);
    assert.equal((await run('main = { all = ["say a", "say b"], parallel = true }')).status, 0);
    assert.equal((await run('main = { all = ["say a", "end 6"], parallel = true }')).status, 6);
  });

  test("with one environment for programs that start together", async () => {
    assert.equal((await run('main = { all = ["say a", "say b"], parallel = true }')).envs.length, 1);
  });

  test("another command with the arguments of a step and those that were typed", async () => {
    const { lines } = await run('main = { all = ["other x"] }\nother = "say other"', { args: ["y"] });
    assert.deepEqual(lines, ["other x y"]);
  });

  test("nothing but what is depended on, if there is nothing else", async () => {
    const { status, lines } = await run('a = "say a"\nmain = { depends-on = ["a"] }');
    assert.deepEqual([status, lines], [0, ["a"]]);
  });

  test("without the Python of the command that depends on them", async () => {
    const { lines } = await run(
      'base = "where"\nmain = { run = "where", python = "3.12", depends-on = ["base"] }',
    );
    assert.deepEqual(
      lines.map((line) => line.split("|")[4]),
      ["env-default-any", "env-default-3.12"],
    );
  });
});

describe("a matrix of Pythons", { skip }, () => {
  test("runs with each, also after a failure, and reports the results", async () => {
    const commands = `main = { run = "sh -c 'where; case $VIRTUAL_ENV in *3.12) exit 8;; esac'", python = ["3.11", "3.12", "3.13"] }`;
    const { status, matrices, envs } = await run(commands);
    assert.equal(status, 8);
    assert.deepEqual(matrices, [
      [
        { python: "3.11", status: 0 },
        { python: "3.12", status: 8 },
        { python: "3.13", status: 0 },
      ],
    ]);
    assert.deepEqual(
      envs.map(({ options }) => options.python),
      ["3.11", "3.12", "3.13"],
    );
  });

  test("returns 0 if all succeed, and no matrix is reported for a single Python", async () => {
    const several = await run('main = { run = "say x", python = ["3.12"] }');
    assert.deepEqual([several.status, several.matrices.length], [0, 1]);
    const one = await run('main = { run = "say x", python = "3.12" }');
    assert.deepEqual([one.status, one.matrices.length], [0, 0]);
  });

  test("stops at a signal that asks Posy to end", async () => {
    const { status, matrices, lines } = await run('main = { run = "stop", python = ["3.12", "3.13"] }');
    assert.equal(status, 128 + 15);
    assert.deepEqual([matrices[0]?.length, lines], [1, ["stop"]]);
    assert.equal((await run('main = { run = "stop 3", python = ["3.12", "3.13"] }')).status, 3);
  });
});

describe("a signal that asks Posy to end", { skip }, () => {
  test("lets no further program start, even if the running one returns 0", async () => {
    const { status, lines } = await run('main = { all = ["stop", "say next"] }');
    assert.deepEqual([status, lines], [128 + 15, ["stop"]]);
  });

  test("does not change the status of a program that is the last one", async () => {
    assert.equal((await run('main = "stop"')).status, 0);
    assert.equal((await run('main = { run = "stop", python = ["3.12"] }')).status, 0);
  });
});

describe("the last program of a command replaces Posy", { skip }, () => {
  const names = (last: Ran["last"]) => last.map(({ argv }) => argv.slice(1).join(" "));

  test("with its file, arguments, folder and variables", async () => {
    const commands = 'main = { run = "say x", cwd = "sub", variables = { ONE = "1" } }';
    const { status, last, lines } = await run(commands, { replaces: true });
    assert.deepEqual([status, lines, last.length], [42, [], 1]);
    const [program] = last;
    assert.ok(program?.file.endsWith(join("env-default-any", "bin", "say")));
    assert.deepEqual(program?.argv, [program?.file, "x"]);
    assert.equal(basename(program?.cwd ?? ""), "sub");
    assert.equal(program?.environment["ONE"], "1");
  });

  test("and those before it do not", async () => {
    const { lines, last } = await run(
      'base = "say base"\nmain = { all = ["say a", { all = ["say b", "say c"] }], depends-on = ["base"] }',
      { replaces: true },
    );
    assert.deepEqual([lines, names(last)], [["base", "a", "b"], ["c"]]);
    const nested = await run('main = { all = [{ all = ["say a", "say b"] }, "say c"] }', { replaces: true });
    assert.deepEqual([nested.lines, names(nested.last)], [["a", "b"], ["c"]]);
  });

  for (const [title, commands] of [
    ["that runs beside others", 'main = { all = ["say a", "say b"], parallel = true }'],
    ["of a matrix", 'main = { run = "say a", python = ["3.12", "3.13"] }'],
  ] as const) {
    test(`unless it is one ${title}`, async () => {
      const { lines, last } = await run(commands, { replaces: true });
      assert.deepEqual([lines.length, last.length], [2, 0]);
    });
  }
});

describe("a project command fails", { skip }, () => {
  const failureOf = async (commands: string, options: Options = {}): Promise<PosyError> => {
    try {
      await run(commands, options);
    } catch (error) {
      assert.ok(error instanceof PosyError);
      return error;
    }
    throw new Error("it did not fail");
  };

  test("if its program is missing, with a hint that names `posy add`", async () => {
    const { code, message, hint } = await failureOf('main = "quite-unknown"');
    assert.equal(code, "command-not-found");
    assert.match(message, /`quite-unknown` in the environment `default`/);
    assert.match(hint ?? "", /`posy add`/);
  });

  test("if its program is missing, with the group that has it", async () => {
    const settings = '[project]\nname = "app"\nversion = "1"\n[dependency-groups]\nlint = ["ruff"]';
    assert.match((await failureOf('main = "ruff"', { settings })).hint ?? "", /`posy run --group lint ruff`/);
  });

  test("if its program is not executable, and says so", async () => {
    const { code, message } = await failureOf('main = "plain"');
    assert.equal(code, "command-not-executable");
    assert.match(message, /env-default-any.bin.plain` is not executable/);
  });

  test("if its program would change the environment, unless a variable sends it elsewhere", async () => {
    assert.equal((await failureOf('main = "pip install six"')).code, "shared-environment");
    const elsewhere = 'main = { run = "pip install six", variables = { PIP_TARGET = "vendored" } }';
    assert.equal((await failureOf(elsewhere)).code, "command-not-found");
  });
});
