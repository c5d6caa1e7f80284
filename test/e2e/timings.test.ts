import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const head = /^timings of `(.*)` \(posy \d+\.\d+\.\d+\S*, \w+ \w+\)$/m;

interface Trace {
  readonly traceEvents: readonly { name: string; cat?: string; ph: string; ts?: number; dur?: number }[];
}

function traceIn(sandbox: Sandbox, name: string): Trace {
  return JSON.parse(readFileSync(join(sandbox.cwd, name), "utf8")) as Trace;
}

function project(sandbox: Sandbox, dependencies: readonly string[] = []): void {
  writeFileSync(
    join(sandbox.cwd, "pyproject.toml"),
    `[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ${JSON.stringify(dependencies)}\n[tool.posy.commands]\nshow = "python -c 'import sys; print(sys.argv[1:])'"\n`,
  );
}

/** Returns the phases of the table: what stands before the first time in each row. */
function phasesIn(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^ *([A-Za-z ]+?) +[\d.]+ m?s +\d+ %/gm)].map(([, phase = ""]) => phase);
}

describe("--timings", () => {
  const commands: readonly (readonly [args: readonly string[], name: string])[] = [
    [["lock"], "posy lock"],
    [["lock", "--json"], "posy lock"],
    [["tree"], "posy tree"],
    [["env", "--path"], "posy env"],
    [["export", "--format", "requirements"], "posy export"],
    [["resolve", "-r", "requirements.txt"], "posy resolve"],
    [["resolve", "-r", "requirements.txt", "--json"], "posy resolve"],
    [["python", "list", "--json", "--offline"], "posy python list"],
    [["python", "install", "--offline"], "posy python install"],
    [["cache", "size", "--json"], "posy cache size"],
    [["cache", "clean", "http"], "posy cache clean"],
    [["run", "--list", "--json"], "posy run"],
    [["--version"], "posy"],
    [["lock", "--help"], "posy lock"],
    [["help", "lock"], "posy help"],
  ];
  for (const [args, name] of commands) {
    test(`leaves the output and the status of \`posy ${args.join(" ")}\` as they are`, async () => {
      await using index = await startIndex({ files: [makeWheel({ name: "pkg", version: "1" })] });
      using sandbox = await newSandbox();
      project(sandbox, ["pkg"]);
      writeFileSync(join(sandbox.cwd, "requirements.txt"), "pkg\n");
      const env = { UV_DEFAULT_INDEX: index.url };
      const first = await sandbox.posy(["lock"], { env });
      assert.equal(first.status, 0, first.stderr);
      // The second time, there is nothing left to clean.
      await sandbox.posy(args, { env });
      const plain = await sandbox.posy(args, { env });
      assert.equal(plain.status, 0, plain.stderr);
      for (const form of [
        [...args, "--timings"],
        ["--timings", ...args],
      ]) {
        const run = await sandbox.posy(form, { env });
        assertPrinted(run, plain.stdout);
        assert.equal(head.exec(run.stderr)?.[1], name, run.stderr);
        assert.match(run.stderr, /^total +[\d.]+ m?s +100 %$/m);
        assert.ok(run.stderr.startsWith(plain.stderr.slice(0, 20)), run.stderr);
      }
    });
  }

  test("measures resolving, requests, downloads and the environment of `posy run`, and not the program", async () => {
    await using index = await startIndex({ files: [makeWheel({ name: "pkg", version: "1" })] });
    using sandbox = await newSandbox();
    project(sandbox, ["pkg"]);
    const env = { UV_DEFAULT_INDEX: index.url.replace("://", "://me:secretpassword@") };
    const program = ["python", "-c", "import sys, time; time.sleep(0.3); print(sys.argv[1:])", "--timings"];
    const cold = await sandbox.posy(["run", "--timings", ...program], { env });
    assertPrinted(cold, "['--timings']\n");
    const phases = phasesIn(cold.stderr);
    const expected =
      "start,load program,settings,lock,resolve,find Pythons,solve,index page,request,metadata,make lock,environment," +
      "install wheel,fetch file,unpack,write environment,other,total";
    for (const phase of expected.split(",")) {
      assert.ok(phases.includes(phase), `${phase} is missing:\n${cold.stderr}`);
    }
    assert.match(cold.stderr, /^network: \d+ requests, [\d.]+ k?B received/m);
    assert.match(cold.stderr, /127\.0\.0\.1:\d+\/simple\/pkg\/ {2}(waited \d.*)?status 200, /);
    assert.doesNotMatch(cold.stderr, /secretpassword/);
    assert.ok(!cold.stderr.includes(sandbox.root), "paths of the machine are not shown");

    // The warm start has the same key with and without the option.
    const warm = await sandbox.posy(["run", "--timings", ...program], { env });
    assertPrinted(warm, "['--timings']\n");
    assert.deepEqual(phasesIn(warm.stderr), ["start", "cached answer", "other", "total"]);
    const [, total = ""] = /^total +([\d.]+) ms/m.exec(warm.stderr) ?? [];
    assert.ok(Number(total) < 5000);
    const plain = await sandbox.posy(["run", ...program], { env });
    assert.deepEqual([plain.stdout, plain.stderr], ["['--timings']\n", ""]);
  });

  test("`--timings=FILE` writes a trace, and only says so", async () => {
    await using index = await startIndex({ files: [makeWheel({ name: "pkg", version: "1" })] });
    using sandbox = await newSandbox();
    project(sandbox, ["pkg"]);
    const env = { UV_DEFAULT_INDEX: index.url };
    const run = await sandbox.posy(["lock", "--timings=t.json"], { env });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stderr, "the timings are in `t.json`, for Perfetto or `chrome://tracing`\n");
    const complete = traceIn(sandbox, "t.json").traceEvents.filter(({ ph }) => ph === "X");
    for (const name of ["resolve", "index page: pkg", "metadata: pkg-1-py3-none-any.whl"]) {
      const event = complete.find((one) => one.name === name);
      assert.ok((event?.ts ?? 0) > 0 && (event?.dur ?? 0) > 0, name);
    }
    const both = await sandbox.posy(["--timings=u.json", "run", "--timings", "python", "-c", "pass"], {
      env,
    });
    assert.equal(both.status, 0, both.stderr);
    assert.match(both.stderr, head);
    assert.ok(traceIn(sandbox, "u.json").traceEvents.length > 2);
    const quiet = await sandbox.posy(["lock", "-q", "--timings=t.json"], { env });
    assert.deepEqual([quiet.status, quiet.stderr], [0, ""]);
  });

  test("names the file from the folder where the command was typed, also with -C", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    mkdirSync(join(sandbox.cwd, "below"));
    for (const args of [
      ["-C", "below", "--timings=a.json", "cache", "dir"],
      ["cache", "dir", "-C", "below", "--timings=b.json"],
    ]) {
      assert.equal((await sandbox.posy(args)).status, 0);
    }
    assert.ok(existsSync(join(sandbox.cwd, "a.json")) && existsSync(join(sandbox.cwd, "b.json")));
  });

  test("is shown after an error, whose status stays", async () => {
    using sandbox = await newSandbox();
    const args = ["resolve", "pkg", "--offline", "--timings"];
    const run = await sandbox.posy(args);
    const plain = await sandbox.posy(args.slice(0, -1));
    assert.notEqual(plain.status, 0);
    assert.deepEqual([run.status, run.stdout], [plain.status, ""]);
    assert.ok(run.stderr.startsWith(plain.stderr), run.stderr);
    assert.match(run.stderr, head);
    const unknown = await sandbox.posy(["lock", "--nosuch", "--timings"]);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, head);
  });

  test("is shown when a signal ends the command, with the work that had not ended", async () => {
    await using index = await startIndex({ files: [makeWheel({ name: "pkg", version: "1" })] });
    index.always("/simple/pkg/", { hang: true });
    using sandbox = await newSandbox();
    const run = await sandbox.posy(["resolve", "pkg", "--timings", "--index-url", index.url], {
      started: (child) => {
        const wait = setInterval(() => {
          if (index.count("/simple/pkg/") === 0) return;
          clearInterval(wait);
          child.kill("SIGTERM");
        }, 20);
      },
    });
    assert.equal(run.status, 143);
    assert.match(run.stderr, head);
    assert.match(run.stderr, /\/simple\/pkg\/ {2}not finished/);
  });

  test("of a project's command belongs to that command after its name, and to Posy before it", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    const env = { UV_NO_INDEX: "1" };
    const passed = await sandbox.posy(["show", "--timings"], { env });
    assertPrinted(passed, "['--timings']\n");
    assert.doesNotMatch(passed.stderr, head);
    const measured = await sandbox.posy(["--timings", "show", "x"], { env });
    assertPrinted(measured, "['x']\n");
    assert.equal(head.exec(measured.stderr)?.[1], "posy");
  });

  test("measures programs that Posy waits for, cleaning, verifying, and the files of an application", async () => {
    using sandbox = await newSandbox();
    project(sandbox);
    const text = readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8");
    const chain = `both = { all = ["python -c pass", "python -c pass"] }\n`;
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), text + chain);
    const env = { UV_NO_INDEX: "1" };
    const phases: readonly (readonly [args: readonly string[], phase: string])[] = [
      [["both"], "program"],
      [["version", "--bump", "minor"], "make lock"],
      [["cache", "verify"], "verify store"],
      [["cache", "clean", "envs"], "clean store"],
      [["export", "--dir", "app"], "write application"],
      [["export", "--tar", "app.tar"], "write application"],
    ];
    for (const [args, phase] of phases) {
      const run = await sandbox.posy(["--timings", ...args], { env });
      assert.equal(run.status, 0, run.stderr);
      assert.ok(phasesIn(run.stderr).includes(phase), run.stderr);
    }
  });

  const bad: readonly (readonly [value: string, status: number, says: RegExp])[] = [
    ["", 2, /^`--timings=` names no file/],
    [".", 73, /^writing the timings to `\.` failed: there is a folder instead of a file/],
    ["none/t.json", 1, /^writing the timings to `none\/t\.json` failed: there is no such file or folder/],
  ];
  for (const [value, status, says] of bad) {
    test(`refuses \`--timings=${value}\` before anything is done`, async () => {
      using sandbox = await newSandbox({ interpreter: false });
      project(sandbox);
      assertFailed(await sandbox.posy(["lock", `--timings=${value}`]), status, says);
      assert.equal(existsSync(join(sandbox.cwd, "pylock.toml")), false);
    });
  }

  test("warns if the disk is full at the end, and the command succeeds", async (context) => {
    if (!existsSync("/dev/full")) return context.skip("there is no /dev/full");
    using sandbox = await newSandbox({ interpreter: false });
    const run = await sandbox.posy(["cache", "dir", "--timings=/dev/full"]);
    assert.equal(run.status, 0);
    assert.match(run.stderr, /^warning: writing the timings to `\/dev\/full` failed: no space is left/);
  });
});
