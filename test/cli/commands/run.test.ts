import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { RunOptions } from "../../../src/cli/commands/run.ts";
import type { RunArguments } from "../../../src/cli/args/split-arguments.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { writeZip } from "../../support/zip-writer.ts";

// A process that is replaced needs Bun; the programs are shell scripts; the Env has the Python of this machine.
const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
const version = spawnSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
  encoding: "utf8",
}).stdout.trim();
const skip = typeof Bun === "undefined" || process.platform === "win32" || python.status !== 0;

const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-run-")));
after(() => removeFolder(root));
const project = join(root, "project");
const outside = join(root, "outside");
const wheels = join(root, "wheels");
const onPath = join(root, "path");
for (const folder of [project, outside, wheels, onPath, join(project, "sub")]) mkdirSync(folder);
const entryPoints = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, number) => [`made-${number}`, "many:main"]));
for (const wheel of [
  makeWheel({ name: "few", files: { "few.py": "" }, entryPoints: { "few-tool": "few:main" } }),
  makeWheel({ name: "many", files: { "many.py": "" }, entryPoints: entryPoints(7) }),
  makeWheel({ name: "plain", files: { "plain.py": "" } }),
]) {
  writeFileSync(join(wheels, wheel.filename), wheel.bytes);
}
writeFileSync(
  join(project, "pyproject.toml"),
  `[project]
name = "app"
version = "1"
[dependency-groups]
lint = ["ruff"]
[tool.posy]
env-file = "project.env"
[tool.posy.commands]
serve = { run = "echo served", description = "Start the server" }
build = "echo built"
where = { run = "pwd", cwd = "sub" }
gone = { run = "pwd", cwd = "gone" }
matrix = { run = "echo tried", python = ["${version}"] }
`,
);
writeFileSync(join(project, "project.env"), "ONE=project\nTWO=project\n");
writeFileSync(join(project, "typed.env"), "TWO=typed\n");
writeFileSync(join(onPath, "show"), '#!/bin/sh\necho "show $* $ONE|$TWO"\n', { mode: 0o755 });
writeFileSync(join(onPath, "refused"), "#!/bin/sh\n", { mode: 0o644 });
writeFileSync(join(onPath, "serve"), "#!/bin/sh\necho program $*\n", { mode: 0o755 });

const child = fileURLToPath(new URL("run-child.ts", import.meta.url));

interface Where {
  readonly cwd?: string;
  readonly own?: readonly string[];
  /** Standard input. */
  readonly input?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs `posy run`; `named` says whether the command may be one of the project. */
function run(
  options: RunOptions,
  command: readonly string[],
  { cwd = outside, own = [], input = "", variables = {} }: Where = {},
  named = true,
): { readonly stdout: string; readonly stderr: string } {
  // The warm start knows an Env by the options as typed.
  const typed = Object.keys(options).length === 0 ? own : [...own, `--with=${JSON.stringify(options)}`];
  const split: RunArguments = { own: typed, command, ...(named && { named: true as const }) };
  const asked = { python: python.stdout.trim(), noIndex: true, ...options };
  const done = spawnSync(process.execPath, [child, JSON.stringify({ options: asked, run: split })], {
    cwd,
    input,
    encoding: "utf8",
    env: {
      ...variables,
      PATH: `${onPath}${delimiter}${process.env["PATH"]}`,
      HOME: join(root, "user"),
      POSY_HOME: join(root, "home"),
      POSY_PYTHON_MIRROR: "off",
    },
  });
  assert.equal(done.status, 0, done.stderr);
  return { stdout: done.stdout.replaceAll(root, "ROOT"), stderr: done.stderr };
}

describe("`posy run --list`", { skip }, () => {
  test("prints the commands of the project with their descriptions", () => {
    const { stdout } = run({ list: true }, [], { cwd: project });
    assert.match(stdout, /^serve {3}Start the server\nbuild {3}echo built\n/);
    assert.ok(stdout.endsWith("\nreturned 0\n"));
  });

  test("prints them as JSON", () => {
    const { stdout } = run({ list: true, json: true }, [], { cwd: project });
    const [text = ""] = stdout.split("returned 0\n");
    assert.deepEqual((JSON.parse(text) as unknown[]).slice(0, 2), [
      { name: "serve", description: "Start the server" },
      { name: "build", description: "echo built" },
    ]);
    assert.equal(run({ list: true, json: true }, []).stdout, "[]\nreturned 0\n");
  });

  test("says how to define commands if there are none", () => {
    const { stdout, stderr } = run({ list: true }, []);
    assert.equal(stdout, "returned 0\n");
    assert.match(stderr, /there are no commands: `\[tool\.posy\.commands\]`/);
  });

  test("prints a single command", () => {
    const single = join(root, "single");
    mkdirSync(single);
    writeFileSync(join(single, "pyproject.toml"), '[tool.posy.commands]\nserve = "x"\n');
    assert.deepEqual(run({ list: true }, [], { cwd: single }), {
      stdout: "serve  x\nreturned 0\n",
      stderr: "",
    });
  });

  test("is the only one that takes `--json`", () => {
    assert.match(
      run({ json: true }, ["show"]).stdout,
      /^usage: `--json` is for `posy run --list`\nhint: leave/,
    );
  });
});

describe("`posy run`", { skip }, () => {
  test("starts a program in a new Env, with the variables of the project's file and of `--env-file`", () => {
    assert.equal(run({}, ["show", "a b"]).stdout, "show a b |\n");
    assert.equal(run({}, ["show"], { cwd: project }).stdout, "show  project|project\n");
    const own = ["--env-file", "typed.env"];
    assert.equal(run({}, ["show"], { cwd: project, own }).stdout, "show  project|typed\n");
  });

  test("starts a command of the project of that name", () => {
    assert.match(run({}, ["serve", "x"], { cwd: project }).stdout, /^served x\n/);
  });

  test("replaces Posy by the last program of a command, in the folder of the command", () => {
    assert.equal(run({}, ["where"], { cwd: project }).stdout, "ROOT/project/sub\n");
    assert.match(run({}, ["gone"], { cwd: project }).stdout, /^not-found: .*ROOT\/project\/gone/);
  });

  test("prints a table of the results of a matrix", () => {
    const { stdout, stderr } = run({}, ["matrix"], { cwd: project });
    assert.equal(stdout, "tried\nreturned 0\n");
    assert.ok(stderr.includes(version));
  });

  test("starts a program of that name after `--` and with `--no-project`", () => {
    assert.equal(run({}, ["serve", "x"], { cwd: project }, false).stdout, "program x\n");
    assert.equal(run({ noProject: true }, ["serve", "x"], { cwd: project }).stdout, "program x\n");
  });

  test("ignores the project if `-r` names a lock file", () => {
    const lock = join(outside, "pylock.toml");
    writeFileSync(lock, 'lock-version = "1.0"\ncreated-by = "test"\npackages = []\n');
    assert.equal(run({ withRequirements: [lock] }, ["serve", "x"], { cwd: project }).stdout, "program x\n");
    const requirements = join(outside, "requirements.txt");
    writeFileSync(requirements, "");
    for (const both of [
      [requirements, lock],
      [lock, requirements],
    ]) {
      const { stdout } = run({ withRequirements: both }, ["serve", "x"], { cwd: project });
      assert.match(stdout, /^usage: .* can't be combined with the lock file/);
    }
    assert.match(run({ withRequirements: [requirements] }, ["serve"], { cwd: project }).stdout, /^served\n/);
  });

  test("runs a folder or an archive with a `__main__.py`, unless there is a program of that name", () => {
    for (const app of ["app", "show"]) {
      mkdirSync(join(outside, app));
      writeFileSync(join(outside, app, "__main__.py"), "import sys; print('app', sys.argv[1:])\n");
    }
    const main = { path: "__main__.py", data: "import sys; print('archive', sys.argv[1:])\n" };
    writeFileSync(join(outside, "archive"), writeZip([main]));
    assert.equal(run({}, ["app", "x"]).stdout, "app ['x']\n");
    assert.equal(run({}, ["archive", "x"]).stdout, "archive ['x']\n");
    assert.equal(run({}, ["show", "x"]).stdout, "show x |\n");
    for (const app of ["app", "show", "archive"]) rmSync(join(outside, app), { recursive: true });
  });

  test("runs a script without a block by Python only if its name says so, or with `--script`", () => {
    writeFileSync(join(outside, "plain.py"), "print('plain')\n");
    writeFileSync(join(outside, "show.txt"), "print('text')\n");
    assert.equal(run({}, ["plain.py"]).stdout, "plain\n");
    assert.match(run({}, ["show.txt"]).stdout, /^command-not-found: /);
    assert.equal(run({ script: true }, ["show.txt"]).stdout, "text\n");
  });

  const block = (requirement: string) =>
    `# /// script\n# dependencies = ["${requirement}"]\n# [tool.posy]\n# env-file = "script.env"\n# ///\n`;
  const prints = "import few, os; print('few', os.environ.get('ONE'))\n";

  test("runs a script with a block in the Env of its block, without the project", () => {
    writeFileSync(join(project, "block.py"), block("few") + prints);
    writeFileSync(join(project, "script.env"), "ONE=script\n");
    assert.equal(run({ findLinks: [wheels] }, ["block.py"], { cwd: project }).stdout, "few script\n");
    // The script could also have the name of a command of the project.
    writeFileSync(join(project, "serve"), block("few") + prints);
    const asScript = run({ findLinks: [wheels], script: true }, ["serve"], { cwd: project });
    assert.equal(asScript.stdout, "few script\n");
    for (const name of ["block.py", "serve", "script.env"]) rmSync(join(project, name));
  });

  test("knows the Env of a script by its block", () => {
    writeFileSync(join(outside, "script.env"), "");
    const path = join(outside, "changing.py");
    writeFileSync(path, `${block("few")}import few; print('few')\n`);
    assert.equal(run({ findLinks: [wheels] }, ["changing.py"]).stdout, "few\n");
    writeFileSync(path, `${block("many")}import many; print('many')\n`);
    assert.equal(run({ findLinks: [wheels] }, ["changing.py"]).stdout, "many\n");
    rmSync(path);
  });

  test("runs a script from standard input in the Env of its block", () => {
    writeFileSync(join(outside, "script.env"), "ONE=input\n");
    const input = block("few") + prints;
    assert.equal(run({ findLinks: [wheels] }, ["-"], { input }).stdout, "few input\n");
    assert.equal(run({}, ["-", "x"], { input: "import sys; print(sys.argv[1:])\n" }).stdout, "['x']\n");
  });

  test("starts the prompt of Python without a command", () => {
    assert.equal(run({}, [], { input: "print('typed')\n" }).stdout, "typed\n");
  });

  test("refuses `--execute` for a program", () => {
    assert.match(run({ execute: true }, ["show"]).stdout, /^usage: `--execute` is for notebooks\n/);
  });

  test("ends the progress before the program writes anything", () => {
    writeFileSync(join(onPath, "shout"), "#!/bin/sh\necho shouted >&2\n", { mode: 0o755 });
    const { stderr } = run({}, ["shout"], { variables: { SHOW_FINISH: "1" } });
    assert.match(stderr, /progress ended\nshouted\n$/);
  });

  test("reports a program that is not executable", () => {
    const { stdout } = run({}, ["refused"]);
    assert.match(
      stdout,
      /^command-not-executable: `ROOT\/path\/refused` is not executable\nhint: run `chmod/,
    );
    assert.match(stdout, /posy run -- sh refused`/);
  });
});

describe("the hint for a command that does not exist", { skip }, () => {
  const hintOf = (options: RunOptions, command: string, where?: Where, named = true) => {
    const { stdout } = run(options, [command], where, named);
    assert.ok(
      stdout.startsWith(`command-not-found: there is no command \`${command}\` in the environment`),
      stdout,
    );
    return stdout.slice(stdout.indexOf("hint: ") + "hint: ".length).trimEnd();
  };
  const few: RunOptions = { with: ["few"], findLinks: [wheels] };

  for (const command of ["./missing", "missing.py", "missing.pyz", "missing.pyw/x"]) {
    test(`is to check the path: ${command}`, () => assert.equal(hintOf({}, command), "check the path"));
  }

  test("is a package of the same name, for anything else", () => {
    const hint = "`posy run --with cowsay -- cowsay` runs it if its package has the same name";
    assert.equal(hintOf({}, "cowsay"), hint);
    assert.equal(hintOf({ with: ["plain"], findLinks: [wheels] }, "cowsay"), hint);
  });

  test("is the group of the project that has it", () => {
    assert.equal(
      hintOf({}, "ruff", { cwd: project }),
      "the dependency group `lint` has it: `posy run --group lint ruff`",
    );
    assert.match(hintOf({ noProject: true }, "ruff", { cwd: project }), /its package has the same name/);
  });

  test("is an environment of the project that has it, unless that is the one that lacks it", () => {
    const several = join(root, "several");
    mkdirSync(several);
    writeFileSync(
      join(several, "pyproject.toml"),
      '[dependency-groups]\nlint = ["ruff"]\n[tool.posy.envs.check]\ngroups = ["lint"]\n[tool.posy.envs.other]\n',
    );
    const hint = "the environment `check` has it: `posy run --env check ruff`";
    assert.equal(hintOf({}, "ruff", { cwd: several }), hint);
    assert.equal(hintOf({ env: "other" }, "ruff", { cwd: several }), hint);
  });

  test("is to check the path if the name is empty", () => assert.equal(hintOf({}, ""), "check the path"));

  test("is a similar name of a program in the Env, or of a command of the project", () => {
    assert.equal(hintOf(few, "few-tol"), "did you mean `few-tool`?");
    assert.equal(hintOf({}, "sevre", { cwd: project }), "did you mean `serve`?");
    assert.match(hintOf({}, "sevre", { cwd: project }, false), /its package has the same name/);
  });

  test("lists up to six programs of the packages", () => {
    const rest = "`--with` adds the package that `cowsay` comes from";
    assert.equal(hintOf(few, "cowsay"), `the packages have \`few-tool\`; ${rest}`);
    const six = Array.from({ length: 6 }, (_, number) => `\`made-${number}\``).join(", ");
    const many: RunOptions = { with: ["many"], findLinks: [wheels] };
    assert.equal(hintOf(many, "cowsay"), `the packages have ${six} and 1 more; ${rest}`);
  });

  test("lists no commands of the project, and no programs of its dependencies", () => {
    const rest = "`--with` adds the package that `cowsay` comes from";
    assert.equal(hintOf(few, "cowsay", { cwd: project }), `the packages have \`few-tool\`; ${rest}`);
    const dependent = join(root, "dependent");
    mkdirSync(dependent);
    writeFileSync(
      join(dependent, "pyproject.toml"),
      '[project]\nname = "app"\nversion = "1"\ndependencies = ["few"]\n[tool.posy]\npackage = false\n',
    );
    const hint = hintOf({ findLinks: [wheels] }, "cowsay", { cwd: dependent });
    assert.match(hint, /its package has the same name/);
  });

  test("lists the programs of a requirements file", () => {
    const path = join(outside, "few.txt");
    writeFileSync(path, "few\n");
    const hint = hintOf({ withRequirements: [path], findLinks: [wheels] }, "cowsay");
    assert.match(hint, /^the packages have `few-tool`/);
    rmSync(path);
  });
});
