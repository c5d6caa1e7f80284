import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startFileServer } from "../support/file-server.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";

const wheel = (name: string, version: string) =>
  makeWheel({ name, version, files: { [`${name}.py`]: `version = "${version}"\n` } });

const files = [wheel("one", "1.0"), wheel("one", "2.0"), wheel("two", "1.0")];

/** Returns the block of a script (PEP 723). */
const block = (...lines: readonly string[]) =>
  ["# /// script", ...lines.map((line) => `# ${line}`), "# ///", ""].join("\n");
const one = `${block('dependencies = ["one<2"]')}import sys, one\nprint("one", one.version, *sys.argv[1:])\n`;

/** Starts an index that all runs of a sandbox use, and writes files into its current folder. */
async function start(written: Readonly<Record<string, string>>) {
  const index = await startIndex({ files });
  const sandbox = await newSandbox();
  write(sandbox, written);
  const posy: Sandbox["posy"] = (args, options = {}) =>
    sandbox.posy(args, { ...options, env: { POSY_DEFAULT_INDEX: index.url, ...options.env } });
  const text = (name: string) => readFileSync(join(sandbox.cwd, name), "utf8");
  return {
    index,
    sandbox,
    posy,
    text,
    async [Symbol.asyncDispose]() {
      sandbox[Symbol.dispose]();
      await index[Symbol.asyncDispose]();
    },
  };
}

function write({ cwd }: Sandbox, written: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(written)) writeFileSync(join(cwd, name), content);
}

describe("a script with inline metadata", () => {
  test("runs with the packages of its block, and passes arguments on", async () => {
    await using box = await start({ "a.py": one });
    assertPrinted(await box.posy(["run", "a.py", "-v", "--with"]), "one 1.0 -v --with\n");
    assert.ok(!existsSync(join(box.sandbox.cwd, ".posy")), "a script gets no link to its environment");
    assert.deepEqual(readdirSync(box.sandbox.cwd), ["a.py"], "and no lock");
  });

  test("gets more packages with `--with`", async () => {
    await using box = await start({ "a.py": `${one}import two\n` });
    assertPrinted(await box.posy(["run", "--with", "two", "a.py"]), "one 1.0\n");
  });

  test("starts from the cache until its block changes", async () => {
    await using box = await start({ "a.py": one });
    assertPrinted(await box.posy(["run", "a.py"]), "one 1.0\n");
    const asked = box.index.requests.length;
    write(box.sandbox, { "a.py": `${one}print("more")\n` });
    const env = { POSY_DEFAULT_INDEX: box.index.url };
    assertPrinted(await box.sandbox.posy(["run", "a.py"], { env }), "one 1.0\nmore\n");
    assert.equal(box.index.requests.length, asked, "another line of code asks no index");
    write(box.sandbox, { "a.py": one.replace("one<2", "one>=2") });
    assertPrinted(await box.posy(["run", "a.py"]), "one 2.0\n");
  });

  test("does not use the project that it is in", async () => {
    await using box = await start({
      "a.py": one,
      "b.py": "import two\nprint('two', two.version)\n",
      "pyproject.toml": '[project]\nname = "p"\nversion = "1"\ndependencies = ["two"]\n',
    });
    const refused = await box.posy(["run", "a.py"]);
    assertPrinted(refused, "one 1.0\n");
    assertPrinted(await box.posy(["run", "b.py"]), "two 1.0\n");
  });

  test("is an ordinary file to `python`", async () => {
    await using box = await start({ "a.py": block('dependencies = ["nowhere"]') + "print(1)\n" });
    assertPrinted(await box.posy(["run", "python", "a.py"]), "1\n");
  });

  test("chooses its Python", async () => {
    await using box = await start({
      ".python-version": "3.2\n",
      "a.py": `${block('requires-python = ">=3.8"')}print(1)\n`,
      "b.py": `${block('requires-python = "<3"')}print(1)\n`,
    });
    assertPrinted(await box.posy(["run", "a.py"]), "1\n");
    assertFailed(await box.posy(["run", "b.py"]), 1, /no Python that meets `<3` \(`b\.py:2`\)/);
  });

  test("reads variables from the files that its block names", async () => {
    await using box = await start({
      "a.py": `${block("[tool.posy]", 'env-file = "vars"')}import os\nprint(os.environ["OF_FILE"])\n`,
      vars: "OF_FILE=yes\n",
    });
    assertPrinted(await box.posy(["run", "a.py"]), "yes\n");
    assertPrinted(await box.posy(["run", "a.py"]), "yes\n");
  });

  test("without `.py` runs by its path, and with `--script` by any name", async () => {
    await using box = await start({ tool: `#!/usr/bin/env -S posy run\n${one}` });
    const { cwd } = box.sandbox;
    chmodSync(join(cwd, "tool"), 0o755);
    assertPrinted(await box.posy(["run", "./tool", "x"]), "one 1.0 x\n");
    assertPrinted(await box.posy(["run", "--script", "tool", "x"]), "one 1.0 x\n");
    // The `#!` line starts `posy run` with the path of the script.
    const bin = join(cwd, "bin");
    mkdirSync(bin);
    const words = posyCommand.map((word) => `'${word}'`).join(" ");
    writeFileSync(join(bin, "posy"), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env["PATH"]}` };
    assertPrinted(await box.posy(["run", "--", "sh", "-c", "./tool y"], { env }), "one 1.0 y\n");
  });

  test("is refused where a part of a project is asked for", async () => {
    await using box = await start({ "a.py": one });
    for (const option of ["--env", "--group", "--extra"])
      assertFailed(await box.posy(["run", option, "x", "a.py"]), 2, /is for projects/, /--with/);
  });

  test("is refused with the line of the script if its block is not valid", async () => {
    await using box = await start({
      "open.py": "\n# /// script\n# dependencies = []\nprint(1)\n",
      "toml.py": `${block("dependencies = [")}\n`,
      "two.py": `${block("")}\n${block("")}`,
      "name.py": `${block('dependencies = ["a b"]')}\n`,
    });
    assertFailed(await box.posy(["run", "open.py"]), 2, /open\.py`, line 2: the script block is not closed/);
    assertFailed(await box.posy(["run", "toml.py"]), 2, /toml\.py`, line \d, is not TOML/);
    assertFailed(await box.posy(["run", "two.py"]), 2, /two\.py`, line 5: this is a second script block/);
    assertFailed(await box.posy(["run", "name.py"]), 2, /^`dependencies\[0\]` in .*name\.py`, line 2/);
  });

  test("gets one environment from two first starts at once", async () => {
    await using box = await start({ "a.py": one });
    const runs = await Promise.all([box.posy(["run", "a.py"]), box.posy(["run", "a.py"])]);
    for (const run of runs) assertPrinted(run, "one 1.0\n");
    assert.equal(readdirSync(join(box.sandbox.home, "data", "envs-v1")).length, 1);
  });
});

describe("a script from elsewhere", () => {
  test("comes from standard input, with its block", async () => {
    await using box = await start({ "near.py": "where = 'near'\n" });
    const stdin = `${one}import near\nprint(near.where)\n`;
    assertPrinted(await box.posy(["run", "-", "x"], { stdin }), "one 1.0 x\nnear\n");
    assertPrinted(await box.posy(["run", "-"], { stdin: "print(__name__)\n" }), "__main__\n");
  });

  test("comes from standard input even if it is long, and leaves no file behind", async () => {
    await using box = await start({});
    const stdin = `${one}text = "${"x".repeat(200_000)}"\nprint(len(text))\n`;
    assertPrinted(await box.posy(["run", "-"], { stdin }), "one 1.0\n200000\n");
    assert.deepEqual(readdirSync(join(box.sandbox.home, "cache", "scripts-v1")), []);
  });

  test("comes from a URL, and is there again with `--offline`", async () => {
    await using box = await start({ "a.py": one });
    await using server = await startFileServer(box.sandbox.cwd);
    const url = `${server.url}a.py`;
    assertPrinted(await box.posy(["run", url, "x"]), "one 1.0 x\n");
    assertPrinted(await box.posy(["run", "--offline", url]), "one 1.0\n");
    assert.equal(server.requests.length, 1);
    assertFailed(await box.posy(["run", `${server.url}none.py`]), 1, /there is no script at/, /address/);
  });

  test("is refused if the URL is that of a web page", async () => {
    await using box = await start({});
    await using page = await startIndex({ files, formats: ["html"] });
    assertFailed(await box.posy(["run", `${page.url}one/`]), 2, /is a web page, not a script/, /raw/);
  });
});

describe("a folder or an archive with `__main__.py`", () => {
  test("runs with and without a slash", async () => {
    await using box = await start({});
    mkdirSync(join(box.sandbox.cwd, "app"));
    write(box.sandbox, { "app/__main__.py": "import sys\nprint(sys.argv)\n" });
    assertPrinted(await box.posy(["run", "app", "x"]), "['app', 'x']\n");
    assertPrinted(await box.posy(["run", "./app", "x"]), "['./app', 'x']\n");
    assertPrinted(await box.posy(["run", "python", "-m", "zipapp", "app"]), "");
    assertPrinted(await box.posy(["run", "python", "-c", "import os; os.rename('app.pyz', 'tool')"]), "");
    assertPrinted(await box.posy(["run", "tool", "x"]), "['tool', 'x']\n");
    assertPrinted(await box.posy(["run", "./tool", "x"]), "['./tool', 'x']\n");
  });
});

describe("the commands of a project with `--script`", () => {
  test("create a script, add to it, remove from it, and keep everything else byte for byte", async () => {
    await using box = await start({});
    assertPrinted(await box.posy(["new", "--script", "a.py"]), "a.py\n");
    assert.match(
      box.text("a.py"),
      /^# \/\/\/ script\n# requires-python = ">=3\.\d+"\n# dependencies = \[\]\n# \/\/\/\n/,
    );
    assertFailed(await box.posy(["new", "--script", "a.py"]), 73, /has a block of inline metadata already/);
    const rest = "#!/usr/bin/python\r\n'''Text.'''\r\n\r\nprint(1)  \r\n# end";
    write(box.sandbox, { "b.py": rest });
    assertPrinted(await box.posy(["add", "--script", "b.py", "one", "two==1"]), "changed b.py\n");
    assert.equal(
      box.text("b.py").replace(/# requires-python = .*\r\n/, ""),
      '#!/usr/bin/python\r\n# /// script\r\n# dependencies = [\r\n#     "one>=2.0",\r\n#     "two==1",\r\n# ]\r\n# ///\r\n\r\n' +
        rest.slice(19),
    );
    assertPrinted(await box.posy(["remove", "--script", "b.py", "two"]), "changed b.py\n");
    assert.doesNotMatch(box.text("b.py"), /two/);
    assert.deepEqual(readdirSync(box.sandbox.cwd).sort(), ["a.py", "b.py"], "a script gets no lock unasked");
  });

  test("lock it for all platforms, and keep the lock up to date", async () => {
    await using box = await start({ "a.py": one });
    const locked = await box.posy(["lock", "--script", "a.py"]);
    assert.match(locked.stdout, /^made pylock\.a-py\.toml\n\+ one 1\.0\n/, locked.stderr);
    assert.match(box.text("pylock.a-py.toml"), /sys_platform == 'win32'/);
    assertPrinted(await box.posy(["run", "--frozen", "a.py"]), "one 1.0\n");
    assertPrinted(await box.posy(["run", "--locked", "a.py"]), "one 1.0\n");
    assertPrinted(await box.posy(["tree", "--script", "a.py"]), "one 1.0\n");
    assertPrinted(await box.posy(["why", "--script", "a.py", "one"]), "one 1.0 ← the project\n");
    assertPrinted(
      await box.posy(["export", "--script", "a.py", "--no-hashes", "--no-emit-index-url"]),
      "one==1.0\n",
    );
    write(box.sandbox, { "a.py": one.replace("one<2", "one>=2") });
    assertFailed(
      await box.posy(["run", "--locked", "a.py"]),
      1,
      /is not what `a\.py` asks for/,
      /lock --script a\.py/,
    );
    assertFailed(await box.posy(["lock", "--check", "--script", "a.py"]), 1, /is not what `a\.py` asks for/);
    assertPrinted(await box.posy(["run", "a.py"]), "one 2.0\n");
    assertPrinted(
      await box.posy(["lock", "--check", "--script", "a.py"]),
      "pylock.a-py.toml is up to date\n",
    );
  });

  test("say what is missing", async () => {
    await using box = await start({ "a.py": "print(1)\n", "b.py": one });
    assertFailed(
      await box.posy(["lock", "--script", "a.py"]),
      1,
      /has no block of inline metadata/,
      /posy add --script a\.py NAME/,
    );
    assertFailed(
      await box.posy(["add", "--script", "c.py", "one"]),
      1,
      /there is no script `c\.py`/,
      /posy new --script c\.py/,
    );
    assertFailed(
      await box.posy(["run", "--frozen", "b.py"]),
      1,
      /there is no `.*pylock\.b-py\.toml`/,
      /posy lock --script b\.py/,
    );
    assertFailed(
      await box.posy(["add", "--script", "b.py", "--dev", "two"]),
      2,
      /can't be combined with `--script`/,
    );
    assert.equal(box.text("b.py"), one);
  });
});
