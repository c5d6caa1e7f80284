import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, test } from "node:test";
import { assertFailed, newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";
import { programAtTerminal } from "../support/terminal.ts";

const manifest = `[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["httpx[http2]>=0.27", "NumPy"]
[project.optional-dependencies]
plots = ["matplotlib"]
[dependency-groups]
dev = ["pytest"]
documentation = []
[tool.posy.envs.docs]
groups = ["documentation"]
[tool.posy.commands]
check = { run = "pytest -q", description = "Run the tests" }
`;
const lock = ["httpx", "httpcore", "pytest"]
  .map((name) => `[[packages]]\nname = "${name}"\nversion = "1.0"\n`)
  .join("\n");

/** Makes a project, a cached index page for each name, and a folder with a `posy` that logs its arguments. */
function prepare(sandbox: Sandbox): { readonly bin: string; readonly log: string } {
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), manifest);
  writeFileSync(join(sandbox.cwd, "pylock.toml"), `lock-version = "1.0"\n${lock}`);
  mkdirSync(join(sandbox.cwd, "folder with space"));
  mkdirSync(join(sandbox.cwd, ".venv", "bin"), { recursive: true });
  writeFileSync(join(sandbox.cwd, ".venv", "bin", "pytest"), "");
  const http = join(sandbox.home, "cache", "http-v2");
  mkdirSync(http, { recursive: true });
  for (const [name, found] of [
    ["rich", true],
    ["ruff", true],
    ["missing", false],
  ] as const) {
    const head = JSON.stringify({
      url: `https://index.example/simple/${name}/`,
      found,
      confirmed: 0,
      freshUntil: 0,
    });
    writeFileSync(join(http, `${name}.page`), `posy page 4\n${head}\n\n`);
  }
  writeFileSync(join(http, "listing.pythons"), "cpython-3.13.5+20260101-x86_64\ncpython-3.9.1+2\n");
  const bin = join(sandbox.root, "bin");
  const log = join(sandbox.root, "log");
  mkdirSync(bin);
  const command = posyCommand.map((word) => `'${word}'`).join(" ");
  writeFileSync(
    join(bin, "posy"),
    `#!/bin/sh\nif [ "$1" = __complete ]; then exec ${command} "$@"; fi\nprintf '%s|' "$@" >>'${log}'\necho >>'${log}'\n`,
  );
  chmodSync(join(bin, "posy"), 0o755);
  return { bin, log };
}

function variablesOf(sandbox: Sandbox, bin: string): Record<string, string> {
  const PATH = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
  return { PATH, POSY_HOME: sandbox.home, HOME: join(sandbox.root, "user"), TERM: "dumb", LANG: "C.UTF-8" };
}

const hasShell = (name: string) => spawnSync(name, ["--version"]).status === 0;

describe("posy __complete", () => {
  const offered: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ["", "none", ["run", "check", "help", "python"], ["__complete", "list"]],
    ["run ", "files", ["check", "pytest"], ["run"]],
    ["add r", "none", ["rich", "ruff"], ["missing"]],
    ["add ./f", "files", [], ["rich"]],
    ["add --group ", "none", ["dev", "documentation"], ["plots"]],
    ["run --extra=", "none", ["--extra=plots"], ["plots"]],
    ["run --env ", "none", ["default", "docs"], ["dev"]],
    ["remove ", "none", ["httpx", "NumPy", "pytest", "matplotlib"], ["httpcore"]],
    ["upgrade httpx ", "none", ["httpcore", "pytest"], ["httpx"]],
    ["lock --upgrade-package ", "none", ["httpcore"], ["rich"]],
    ["run --python ", "none", ["3.13", "3.9"], []],
    ["help python ", "none", ["install", "list"], ["run"]],
    ["export --format ", "none", ["pylock", "cyclonedx"], []],
    ["lock --platform ", "none", [], []],
    ["-C .. add r", "none", ["rich"], []],
    ["build -o ", "folders", [], []],
    ["lock --", "none", ["--check", "--upgrade", "--offline", "--project"], ["-q", "--prefer"]],
  ];
  test("prints what fits, with the names of the project, the cache and this machine", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    prepare(sandbox);
    for (const [line, paths, some, others] of offered) {
      const words = line.split(" ");
      const args = ["__complete", `=${words.at(-1) ?? ""}`, ...words.slice(0, -1)];
      const run = await sandbox.posy(args);
      const [first, ...lines] = run.stdout.trimEnd().split("\n");
      const values = lines.map((text) => text.split("\t")[0] ?? "");
      assert.deepEqual([run.status, run.stderr, first], [0, "", paths], line);
      for (const value of some) assert.ok(values.includes(value), `${line}: ${value} in ${values.join(" ")}`);
      for (const value of others) assert.ok(!values.includes(value), `${line}: no ${value}`);
    }
  });

  test("prints no error, whatever is broken or missing", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const lines = [
      "",
      "add ",
      "run ",
      "upgrade ",
      "run --env ",
      "-C none add ",
      "--project none remove ",
      "nosuch ",
    ];
    for (const text of [undefined, "[project\n", "project = 1\ndependency-groups = []\n[tool]\nposy = 3\n"]) {
      if (text !== undefined) writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
      for (const line of lines) {
        const words = line.split(" ");
        const run = await sandbox.posy(["__complete", `=${words.at(-1) ?? ""}`, ...words.slice(0, -1)]);
        assert.deepEqual([run.status, run.stderr], [0, ""], line);
        assert.match(run.stdout, /^(none|files)\n/);
      }
    }
    assert.equal((await sandbox.posy(["__complete"])).status, 0);
  });
});

/** Typed keys → the arguments that `posy` gets. `\t` is the key that completes. */
const typed: readonly (readonly [keys: string, args: readonly string[]])[] = [
  ["posy cac\tdi\t", ["cache", "dir"]],
  ["posy python ins\t3.9", ["python", "install", "3.9"]],
  ["posy add ri\tru\t", ["add", "rich", "ruff"]],
  ["posy add --gro\tdoc\t", ["add", "--group", "documentation"]],
  ["posy run --color=nev\t", ["run", "--color=never"]],
  ["posy che\t-x", ["check", "-x"]],
  ["posy export --format=cyc\t-o folder\\ w\t", ["export", "--format=cyclonedx", "-o", "folder with space"]],
  ["posy -C . upgrade httpc\t", ["-C", ".", "upgrade", "httpcore"]],
  ["posy run pyt\t--ve", ["run", "pytest", "--ve"]],
];

function logged(path: string): readonly (readonly string[])[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  // Bash keeps the slash after a folder, and Zsh removes it.
  return lines.map((line) =>
    line
      .split("|")
      .slice(0, -1)
      .map((word) => word.replace(/\/$/, "")),
  );
}

describe("a person's shell completes what is typed", () => {
  test("Bash", async () => {
    using sandbox = await newSandbox();
    const { bin, log } = prepare(sandbox);
    const script = (await sandbox.posy(["completions", "bash"])).stdout;
    writeFileSync(join(sandbox.root, "rc"), `PS1='ready> '\n${script}`);
    await programAtTerminal(sandbox, ["bash", "--rcfile", join(sandbox.root, "rc"), "-i"], {
      lines: [...typed.map(([keys]) => keys), "exit"],
      ready: "ready> ",
      variables: variablesOf(sandbox, bin),
    });
    assert.deepEqual(
      logged(log),
      typed.map(([, args]) => args),
    );
  });

  test("Bash without `compopt`, as on macOS", async () => {
    using sandbox = await newSandbox();
    const { bin, log } = prepare(sandbox);
    const script = (await sandbox.posy(["completions", "bash"])).stdout;
    writeFileSync(join(sandbox.root, "rc"), `PS1='ready> '\nenable -n compopt\n${script}`);
    await programAtTerminal(sandbox, ["bash", "--rcfile", join(sandbox.root, "rc"), "-i"], {
      lines: ["posy cac\tdi\t", "posy build fold\t", "exit"],
      ready: "ready> ",
      variables: variablesOf(sandbox, bin),
    });
    assert.equal(logged(log)[0]?.join(" "), "cache dir");
  });

  test("Zsh", { skip: !hasShell("zsh") && "needs zsh" }, async () => {
    for (const way of ["eval", "fpath"]) {
      using sandbox = await newSandbox();
      const { bin, log } = prepare(sandbox);
      const user = realpathSync(join(sandbox.root, "user"));
      const script = (await sandbox.posy(["completions", "zsh"])).stdout;
      writeFileSync(join(user, "_posy"), script);
      const use =
        way === "eval" ? `compinit -u -D\nsource ${user}/_posy` : `fpath=(${user} $fpath)\ncompinit -u -D`;
      writeFileSync(join(user, ".zshrc"), `PS1='ready> '\nautoload -U compinit\n${use}\n`);
      await programAtTerminal(sandbox, ["zsh", "-i"], {
        lines: [...typed.map(([keys]) => keys), "exit"],
        ready: "ready> ",
        variables: { ...variablesOf(sandbox, bin), ZDOTDIR: user },
      });
      assert.deepEqual(
        logged(log),
        typed.map(([, args]) => args),
      );
    }
  });

  test("fish", { skip: !hasShell("fish") && "needs fish" }, async () => {
    using sandbox = await newSandbox();
    const { bin } = prepare(sandbox);
    const script = join(sandbox.root, "posy.fish");
    writeFileSync(script, (await sandbox.posy(["completions", "fish"])).stdout);
    const offers = (line: string): readonly string[] => {
      const run = spawnSync("fish", ["--no-config", "-c", `source ${script}; complete -C '${line}'`], {
        cwd: sandbox.cwd,
        env: variablesOf(sandbox, bin),
        encoding: "utf8",
      });
      assert.equal(run.stderr, "");
      return run.stdout.split("\n").flatMap((text) => text.split("\t")[0] || []);
    };
    assert.deepEqual(offers("posy cac"), ["cache"]);
    assert.deepEqual(offers("posy add --gro"), ["--group"]);
    assert.deepEqual(offers("posy add --group doc"), ["documentation"]);
    assert.deepEqual(offers("posy run --color=nev"), ["--color=never"]);
    // A value that may be left out stands only after `=`.
    assert.deepEqual(offers("posy --timings ad"), ["add"]);
    assert.deepEqual(offers("posy add ri"), ["rich"]);
    assert.deepEqual(offers("posy build fol"), ["folder with space/"]);
    assert.deepEqual(offers("posy build -o pyp"), [], "only folders");
    assert.deepEqual(offers("posy build --output=fol"), ["--output=folder with space/"]);
  });
});

test("posy completions names the shells that it knows", async () => {
  using sandbox = await newSandbox({ interpreter: false });
  assertFailed(await sandbox.posy(["completions", "zhs"]), 2, /takes no `zhs`/, /`zsh`/);
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { stdout, status } = await sandbox.posy(["completions", shell]);
    assert.equal(status, 0);
    assert.match(stdout, /__complete/);
  }
});
