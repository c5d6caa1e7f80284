import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox, type Sandbox, posyCommand } from "../support/posy.ts";
import { testCertificate } from "../support/test-certificate.ts";

const python = (sandbox: Sandbox, code: string, options: Parameters<Sandbox["posy"]>[1] = {}) =>
  sandbox.posy(["run", "--", "python", "-c", code], options);

describe("posy run", () => {
  for (const status of [0, 1, 2, 70, 127, 255]) {
    test(`ends with status ${status} like its child`, async () => {
      using sandbox = await newSandbox();
      const run = await python(sandbox, `import sys; sys.exit(${status})`);
      assert.deepEqual([run.status, run.stdout, run.stderr], [status, "", ""]);
    });
  }

  for (const signal of ["SIGTERM", "SIGKILL", "SIGABRT"] as const) {
    test(`ends by ${signal} like its child`, async () => {
      using sandbox = await newSandbox();
      const run = await python(sandbox, `import os, signal; os.kill(os.getpid(), signal.${signal})`);
      assert.equal(run.signal, signal);
    });
  }
});

describe("signals and pipes of `posy run`", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"] as const) {
    test(`${signal} is passed on to the child`, async () => {
      using sandbox = await newSandbox();
      const ready = join(sandbox.cwd, "ready");
      const code = [
        "import signal, sys, time, pathlib",
        `signal.signal(signal.${signal}, lambda *_: (print("caught", flush=True), sys.exit(9)))`,
        `pathlib.Path("ready").touch()`,
        "time.sleep(30)",
      ].join("\n");
      const run = await python(sandbox, code, {
        started: (child) => {
          const timer = setInterval(() => {
            if (!existsSync(ready)) return;
            clearInterval(timer);
            child.kill(signal);
          }, 5);
          child.on("exit", () => clearInterval(timer));
        },
      });
      assert.deepEqual([run.status, run.stdout], [9, "caught\n"]);
    });
  }

  test("an interrupted program ends by SIGINT, as a shell expects", async () => {
    using sandbox = await newSandbox();
    const run = await python(sandbox, "import os, signal; os.kill(os.getpid(), signal.SIGINT)");
    assert.equal(run.signal ?? run.status, "SIGINT");
    assert.match(run.stderr, /KeyboardInterrupt/);
  });

  test("the child has the default actions of SIGPIPE and SIGXFSZ, which the runtime of Posy ignores", async () => {
    using sandbox = await newSandbox();
    const code = "import signal; print([signal.getsignal(s).name for s in (signal.SIGCHLD,)])";
    assertPrinted(await python(sandbox, code), "['SIG_DFL']\n");
    const state = await sandbox.posy(["run", "--", "sh", "-c", "grep -E '^Sig(Blk|Ign)' /proc/self/status"]);
    if (existsSync("/proc/self/status")) {
      assertPrinted(state, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }
  });

  test("a pipeline inside of `posy run` ends without an error: `yes | head -1`", async () => {
    using sandbox = await newSandbox();
    const run = await sandbox.posy(["run", "--", "sh", "-c", "yes | head -1"]);
    assert.deepEqual([run.status, run.stdout, run.stderr], [0, "y\n", ""]);
  });

  test("a closed pipe ends the child by SIGPIPE: `posy run yes | head -1`", async () => {
    using sandbox = await newSandbox();
    const run = await sandbox.posy(["run", "--", "yes"], {
      shell: '"$@" | head -1; echo "${PIPESTATUS[0]}"',
    });
    assert.deepEqual([run.stdout, run.stderr], ["y\n141\n", ""]);
  });
});

describe("a script with `posy run` in its first line", { skip: process.platform === "win32" }, () => {
  /** Makes a script, and returns a function that starts it as a shell does, with `posy` on the PATH. */
  function newScript(sandbox: Sandbox, line: string) {
    const bin = join(sandbox.root, "bin");
    mkdirSync(bin);
    const quoted = posyCommand.map((word) => `'${word}'`).join(" ");
    writeFileSync(join(bin, "posy"), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
    writeFileSync(join(sandbox.cwd, "script"), `${line}\nimport sys; print(sys.argv[1:])\n`, { mode: 0o755 });
    const env = { PATH: `${bin}${delimiter}${process.env["PATH"]}`, UV_NO_INDEX: "1" };
    return (args: readonly string[] = ["run", "./script", "a"], shell?: string) =>
      sandbox.posy(args, { env, timeout: 20_000, ...(shell === undefined ? {} : { shell }) });
  }

  for (const line of ["#!/usr/bin/env -S posy run", "#!/usr/bin/env -S posy run --python >=3 --"]) {
    test(`is run by Python and does not start itself again: ${line}`, async () => {
      using sandbox = await newSandbox();
      const run = newScript(sandbox, line);
      // The first start makes the Env, and the second one is warm.
      assertPrinted(await run(), "['a']\n");
      assertPrinted(await run(), "['a']\n");
      assertPrinted(await run([], "./script b"), "['b']\n");
    });
  }

  test("is started directly if that line names another program", async () => {
    using sandbox = await newSandbox();
    const run = newScript(sandbox, "#!/usr/bin/env -S posy run echo started");
    assertPrinted(await run(), `started ${join(sandbox.cwd, "script")} a\n`);
    assertPrinted(await run(), `started ${join(sandbox.cwd, "script")} a\n`);
  });
});

describe("a command that is looked up on the PATH", { skip: process.platform === "win32" }, () => {
  /** Makes a folder with a program that prints the folder's name. */
  function newBin(sandbox: Sandbox, name: string, mode: number): string {
    const bin = join(sandbox.root, name);
    mkdirSync(bin);
    writeFileSync(join(bin, "tool"), `#!/bin/sh\necho ${name}\n`, { mode });
    return bin;
  }

  test("is looked up again at each warm start, so that a changed PATH has an effect", async () => {
    using sandbox = await newSandbox();
    const [one, two] = [newBin(sandbox, "one", 0o755), newBin(sandbox, "two", 0o755)];
    const run = (...bins: string[]) =>
      sandbox.posy(["run", "--", "tool"], {
        env: { UV_NO_INDEX: "1", PATH: [...bins, process.env["PATH"]].join(delimiter) },
      });
    assertPrinted(await run(one, two), "one\n");
    assertPrinted(await run(two, one), "two\n");
    assertPrinted(await run(one), "one\n");
    assert.equal((await run()).status, 127);
  });

  test("is skipped if it is not executable, and the error says so if there is no other", async () => {
    using sandbox = await newSandbox();
    const [plain, program] = [newBin(sandbox, "plain", 0o644), newBin(sandbox, "program", 0o755)];
    const run = (args: readonly string[], ...bins: string[]) =>
      sandbox.posy(["run", "--", ...args], {
        env: { UV_NO_INDEX: "1", PATH: [...bins, process.env["PATH"]].join(delimiter) },
      });
    assertPrinted(await run(["tool"], plain, program), "program\n");
    // The first of these is a cold start of its PATH, and all others are warm.
    for (const args of [["tool"], ["tool"], [join(plain, "tool")]]) {
      const refused = await run(args, plain);
      assert.equal(refused.status, 126);
      assert.match(refused.stderr, /^error: `.*plain\/tool` is not executable\nhint: run `chmod \+x` on it/);
    }
    const missing = await run(["no-such-tool"], plain);
    assert.equal(missing.status, 127);
    assert.match(missing.stderr, /^error: there is no command `no-such-tool`/);
  });
});

describe("streams", () => {
  test("standard input reaches the child completely", async () => {
    using sandbox = await newSandbox();
    const code = "import sys; data = sys.stdin.buffer.read(); print(len(data), data[:3], data[-3:])";
    const run = await python(sandbox, code, {
      stdin: Buffer.concat([Buffer.alloc(1_000_000, "abc"), Buffer.from("\0\xff\n", "latin1")]),
    });
    assertPrinted(run, "1000003 b'abc' b'\\x00\\xff\\n'\n");
  });

  test("Python runs a program from standard input", async () => {
    using sandbox = await newSandbox();
    assertPrinted(await sandbox.posy(["run", "--", "python", "-"], { stdin: "print(6 * 7)" }), "42\n");
  });

  test("the child inherits no file descriptor of Posy", async () => {
    using sandbox = await newSandbox();
    // `ls` lists its own descriptors. A shell would open pipes in between.
    const list = ["ls", "/proc/self/fd"] as const;
    // The process that started the tests may have left some open, so they are counted without Posy as well.
    const inherited = spawnSync(list[0], list.slice(1), { encoding: "utf8" }).stdout.split("\n").length;
    const run = await sandbox.posy(["run", "--", ...list]);
    if (existsSync("/proc/self/fd")) assert.ok(run.stdout.split("\n").length <= inherited, run.stdout);
  });
});

describe("the current folder, variables and arguments", () => {
  test("a `.env`, a `bunfig.toml` and scripts in the folder have no effect", async () => {
    using sandbox = await newSandbox();
    writeFileSync(join(sandbox.cwd, ".env"), "POSY_HOME=/nowhere\nLEAKED=yes\n");
    writeFileSync(join(sandbox.cwd, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
    writeFileSync(join(sandbox.cwd, "evil.ts"), 'require("fs").writeFileSync("evil-ran", "")');
    writeFileSync(join(sandbox.cwd, "tsconfig.json"), "{ broken");
    writeFileSync(join(sandbox.cwd, "package.json"), '{ "name": broken');
    const run = await python(sandbox, "import os; print(os.environ.get('LEAKED'), os.getcwd())");
    assertPrinted(run, `None ${sandbox.cwd}\n`);
    assert.ok(!existsSync(join(sandbox.cwd, "evil-ran")));
  });

  test("a folder may have spaces, quotes and umlauts", async () => {
    using sandbox = await newSandbox();
    const cwd = join(sandbox.cwd, "with space, ümlaut & 'quote'");
    mkdirSync(cwd);
    const run = await python(sandbox, "import os; print(os.getcwd())", { cwd });
    assertPrinted(run, `${cwd}\n`);
  });

  test("BUN_OPTIONS and BUN_BE_BUN neither change Posy nor reach the child", async () => {
    using sandbox = await newSandbox();
    // A compiled Posy that gets BUN_BE_BUN is Bun, before any code of Posy runs.
    const isCompiled = posyCommand.length === 1;
    const env = { BUN_OPTIONS: "--silent", ...(isCompiled ? {} : { BUN_BE_BUN: "1" }), POSY_OPEN_FILES: "9" };
    const code = "import os; print(sorted(k for k in os.environ if k.startswith(('BUN', 'POSY'))))";
    writeFileSync(join(sandbox.cwd, "list.py"), code);
    const lines = [
      '[project]\nname = "app"\nversion = "0.1"',
      '[tool.posy]\nplatforms = ["linux-x86_64"]',
      '[tool.posy.commands]\nlist = { all = ["python list.py", "python list.py"] }',
    ];
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), `${lines.join("\n")}\n`);
    const own = "['POSY_HOME', 'POSY_PYTHON_MIRROR']\n";
    for (const options of [["--no-project"], ["--no-project"], ["--no-project", "--refresh"]]) {
      assertPrinted(await sandbox.posy(["run", ...options, "--", "python", "list.py"], { env }), own);
    }
    assertPrinted(await sandbox.posy(["list"], { env: { ...env, UV_NO_INDEX: "1" } }), own.repeat(2));
    const shell = { ...env, UV_NO_INDEX: "1", SHELL: "/bin/sh" };
    const inShell = await sandbox.posy(["shell"], { env: shell, stdin: "python list.py\n" });
    assertPrinted(inShell, "['POSY_HOME', 'POSY_PYTHON_MIRROR', 'POSY_SHELL']\n");
  });

  test("NODE_TLS_REJECT_UNAUTHORIZED=0 reaches the child but does not disable certificate checks", async () => {
    const wheel = makeWheel({ name: "one", version: "1.0" });
    await using index = await startIndex({ files: [wheel], tls: testCertificate });
    using sandbox = await newSandbox();
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const code = "import os; print(os.environ['NODE_TLS_REJECT_UNAUTHORIZED'])";
    const command = ["--default-index", index.url, "--with", "one", "--", "python", "-c", code];
    const refused = await sandbox.posy(["run", ...command], { env });
    assert.equal(refused.status, 69);
    assert.match(refused.stderr, /`NODE_TLS_REJECT_UNAUTHORIZED=0` is ignored[^]*certificate is not trusted/);
    assert.equal(refused.stderr.split("warning:").length, 2);
    const trusted = await sandbox.posy(["run", "--trusted-host", "127.0.0.1", ...command], { env });
    assertPrinted(trusted, "0\n");
  });

  test("./posy loads no code that a variable of Bun names", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const evil = join(sandbox.cwd, "evil.ts");
    writeFileSync(evil, 'console.log("loaded")');
    const env = { ...process.env, BUN_OPTIONS: `--preload=${evil}`, BUN_INSPECT_PRELOAD: evil };
    const run = spawnSync(resolve("posy"), ["--version"], { env, encoding: "utf8" });
    assert.match(run.stdout, /^posy \S+\n$/);
  });

  test("arguments reach the child unchanged", async () => {
    using sandbox = await newSandbox();
    const odd = ["", " ", "a b", "--with", "-v", "$HOME", "*", "ä", "'", '"', "\\", "--"];
    const run = await sandbox.posy(["run", "--", "python", "-c", "import sys; print(sys.argv[1:])", ...odd]);
    assertPrinted(run, `['', ' ', 'a b', '--with', '-v', '$HOME', '*', 'ä', "'", '"', '\\\\', '--']\n`);
  });

  test("arguments and variables that are not UTF-8 reach the child unchanged", async () => {
    using sandbox = await newSandbox();
    const code = [
      "import os, sys",
      "print([os.fsencode(a) for a in sys.argv[1:]])",
      "print(sorted((k, v) for k, v in os.environb.items() if k.startswith(b'ODD')))",
      "print(os.environb[b'PATH'].endswith(b':/x\\xff'))",
    ].join("\n");
    const shell = `exec env $'ODD\\xff=1' $'ODDITY=a\\xff\\xe4b' $'PATH='"$PATH"$':/x\\xff' "$@" $'a\\xff' ä $'\\xf0\\x9fb'`;
    const run = await sandbox.posy(["run", "--", "python", "-c", code], { shell });
    const said = ["a\\xff", "\\xc3\\xa4", "\\xf0\\x9fb"].map((bytes) => `b'${bytes}'`).join(", ");
    if (existsSync("/proc/self/environ")) {
      assertPrinted(run, `[${said}]\n[(b'ODDITY', b'a\\xff\\xe4b'), (b'ODD\\xff', b'1')]\nTrue\n`);
    }
  });
});
