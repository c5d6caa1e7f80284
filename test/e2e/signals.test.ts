import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newSandbox, type Sandbox } from "../support/posy.ts";

/**
 * A program that ends with a status some time after a signal. It writes its process id, and the signals that it gets.
 */
const server = [
  "import os, signal, sys, time",
  "name, status = sys.argv[1], int(sys.argv[2])",
  "def end(number, _):",
  "    print(name, signal.Signals(number).name, flush=True)",
  "    time.sleep(0.3)",
  "    sys.exit(status)",
  "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, end)",
  "open(name + '.part', 'w').write(str(os.getpid()))",
  "os.rename(name + '.part', name + '.pid')",
  "time.sleep(30)",
];

const commands = [
  'serve = "python serve.py one 9"',
  'quiet = { all = ["python serve.py one 0", "python -c \'print(123)\'"] }',
  'both = { all = ["python serve.py one 0", "python serve.py two 9"], parallel = true }',
  'depends = { run = "python -c \'print(123)\'", depends-on = ["serve"] }',
  'ignores = { all = ["sh ignores.sh", "sh ignores.sh"] }',
];

const noIndex = { UV_NO_INDEX: "1" };

async function newProject(): Promise<Sandbox> {
  const sandbox = await newSandbox();
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    "[tool.posy]",
    'platforms = ["linux-x86_64"]',
    "[tool.posy.commands]",
    ...commands,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
  writeFileSync(join(sandbox.cwd, "serve.py"), server.join("\n"));
  return sandbox;
}

/** Sends a signal to Posy as soon as all programs of these names run. */
function sendWhen(sandbox: Sandbox, names: readonly string[], signal: NodeJS.Signals) {
  return (posy: ChildProcess): void => {
    const timer = setInterval(() => {
      if (!names.every((name) => existsSync(join(sandbox.cwd, `${name}.pid`)))) return;
      clearInterval(timer);
      posy.kill(signal);
    }, 5);
    posy.on("exit", () => clearInterval(timer));
  };
}

function isRunning(sandbox: Sandbox, name: string): boolean {
  try {
    return process.kill(Number(readFileSync(join(sandbox.cwd, `${name}.pid`), "utf8")), 0);
  } catch {
    return false;
  }
}

describe("a signal to Posy", () => {
  const rows: readonly {
    readonly title: string;
    readonly args: readonly string[];
    readonly names?: readonly string[];
    readonly status: number;
    readonly prints?: RegExp;
  }[] = [
    { title: "a program of `posy run`", args: ["run", "--", "python", "serve.py", "one", "9"], status: 9 },
    { title: "a project command", args: ["run", "serve"], status: 9 },
    { title: "a project command without `run`", args: ["serve"], status: 9 },
    { title: "a command that another one depends on", args: ["depends"], status: 9 },
    {
      title: "all programs of a parallel command",
      args: ["both"],
      names: ["one", "two"],
      status: 9,
      prints: /^(one SIG\w+\ntwo SIG\w+|two SIG\w+\none SIG\w+)\n$/,
    },
  ];
  for (const { title, args, names = ["one"], status, prints = /^one SIG\w+\n$/ } of rows) {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      test(`reaches ${title}, and Posy returns the status: ${signal}`, async () => {
        using sandbox = await newProject();
        const run = await sandbox.posy(args, { env: noIndex, started: sendWhen(sandbox, names, signal) });
        assert.match(run.stdout, prints);
        assert.ok(run.stdout.includes(signal));
        assert.deepEqual([run.status, run.stderr], [status, ""]);
        for (const name of names) assert.equal(isRunning(sandbox, name), false);
      });
    }
  }

  test("ends a chain of programs, even if the running program returns 0", async () => {
    using sandbox = await newProject();
    const started = sendWhen(sandbox, ["one"], "SIGTERM");
    const run = await sandbox.posy(["quiet"], { env: noIndex, started });
    assert.deepEqual([run.status, run.stdout, run.stderr], [143, "one SIGTERM\n", ""]);
  });

  test("that the program ignores makes Posy wait for the program", async () => {
    using sandbox = await newProject();
    const script = `trap '' TERM; touch one.pid; sleep 1; echo done; exit 5`;
    writeFileSync(join(sandbox.cwd, "ignores.sh"), script);
    const started = sendWhen(sandbox, ["one"], "SIGTERM");
    const run = await sandbox.posy(["ignores"], { env: noIndex, started });
    assert.deepEqual([run.status, run.stdout, run.stderr], [5, "done\n", ""]);
  });

  test("that the caller ignores stays ignored in all programs", async () => {
    using sandbox = await newProject();
    writeFileSync(join(sandbox.cwd, "ignores.sh"), "kill -HUP $$; kill -INT $$; echo alive");
    const shell = `trap '' HUP INT; exec "$@"`;
    for (const args of [["ignores"], ["run", "--", "sh", "ignores.sh"]]) {
      const run = await sandbox.posy(args, { env: noIndex, shell });
      const expected = args.length === 1 ? "alive\nalive\n" : "alive\n";
      assert.deepEqual([run.status, run.stdout, run.stderr], [0, expected, ""]);
    }
  });

  test("that the caller ignores does not end Posy either", async () => {
    using sandbox = await newProject();
    writeFileSync(join(sandbox.cwd, "ignores.sh"), "touch one.pid; sleep 1; echo alive");
    const run = await sandbox.posy(["ignores"], {
      env: noIndex,
      shell: `trap '' HUP; exec "$@"`,
      started: sendWhen(sandbox, ["one"], "SIGHUP"),
    });
    assert.deepEqual([run.status, run.stdout, run.stderr], [0, "alive\nalive\n", ""]);
  });
});

test("the last program of a project command replaces Posy, so it gets job control and each signal once", async () => {
  using sandbox = await newProject();
  let pid: number | undefined;
  const run = await sandbox.posy(["serve"], {
    env: noIndex,
    started: (posy) => {
      pid = posy.pid;
      sendWhen(sandbox, ["one"], "SIGTERM")(posy);
    },
  });
  assert.equal(run.stdout, "one SIGTERM\n");
  assert.equal(readFileSync(join(sandbox.cwd, "one.pid"), "utf8"), String(pid));
});

test("many programs at once cause no warning of the runtime", async () => {
  using sandbox = await newProject();
  const steps = Array.from({ length: 12 }, () => `"sh -c 'sleep 0.5'"`).join(", ");
  const text = readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8");
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), `${text}many = { all = [${steps}], parallel = true }\n`);
  const run = await sandbox.posy(["many"], { env: noIndex });
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, "", ""]);
});
