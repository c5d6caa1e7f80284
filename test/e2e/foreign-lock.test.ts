import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const wheel = (name: string, version = "1.0", requires: readonly string[] = []) =>
  makeWheel({ name, version, requires, files: { [`${name}.py`]: `version = '${version}'\n` } });
const files = [
  wheel("app", "1.0", ["dep>=1"]),
  wheel("app", "2.0", ["dep>=1"]),
  wheel("dep", "1.0"),
  wheel("dep", "2.0"),
  wheel("tool"),
  wheel("web"),
  wheel("win"),
];
const source = makeSdist({ name: "built", files: treeFiles({ name: "built" }) });
const start = (): Promise<TestIndex> => startIndex({ files: [...files, source] });

interface Entry {
  readonly name: string;
  readonly version?: string;
  readonly more?: string;
  readonly sha256?: string;
  readonly url?: string;
}

/** Returns the text of a lock file as another tool would write it: wheels with URLs and hashes, no `[tool.posy]`. */
function lockText(index: TestIndex, entries: readonly Entry[], head = ""): string {
  const packages = entries.map(({ name, version = "1.0", more = "", sha256, url }) => {
    const file = [...files, source].find(({ filename }) => filename.startsWith(`${name}-${version}`));
    const { filename = "absent-1.0-py3-none-any.whl", sha256: digest = "0".repeat(64) } = file ?? {};
    const where = `{ url = "${url ?? index.fileUrl(filename)}", hashes = { sha256 = "${sha256 ?? digest}" } }`;
    const key = filename.endsWith(".whl") ? `wheels = [${where}]` : `sdist = ${where}`;
    return `[[packages]]\nname = "${name}"\nversion = "${version}"\n${more}\n${key}\n`;
  });
  return `lock-version = "1.0"\ncreated-by = "another"\n${head}\n${packages.join("\n")}`;
}

const write = (sandbox: Sandbox, text: string, name = "pylock.toml") =>
  writeFileSync(join(sandbox.cwd, name), text);
const says = [
  "python",
  "-c",
  "import importlib.metadata as m; print(*sorted(f'{d.name} {d.version}' for d in m.distributions() if d.name != 'pip'), sep=', ')",
];

describe("a lock file of another tool with `-r`", () => {
  test("is installed without asking an index", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    const app = { name: "app", more: 'dependencies = [{ name = "dep" }]' };
    const win = { name: "win", more: "marker = \"sys_platform == 'win32'\"" };
    write(sandbox, lockText(index, [app, { name: "dep" }, win]));
    const own = ["-r", "pylock.toml", "--default-index", index.url];
    assertPrinted(await sandbox.posy(["run", ...own, "--", ...says]), "app 1.0, dep 1.0\n");
    assertPrinted(await sandbox.posy(["run", ...own, "--", ...says]), "app 1.0, dep 1.0\n");
    assertPrinted(await sandbox.posy(["resolve", ...own]), "app==1.0\ndep==1.0\n");
    assertPrinted(
      await sandbox.posy(["resolve", ...own, "--platform", "windows-x86_64"]),
      "app==1.0\ndep==1.0\nwin==1.0\n",
    );
    assertPrinted(
      await sandbox.posy(["export", ...own, "--no-hashes"]),
      "app==1.0\ndep==1.0\n    # via app\nwin==1.0 ; sys_platform == 'win32'\n",
    );
    assert.equal((await sandbox.posy(["env", ...own, "--path"])).status, 0);
    assert.equal(index.count("/simple/*"), 0);
    // A change of the file is noticed on a warm start.
    write(sandbox, lockText(index, [app, { name: "dep", version: "2.0" }]));
    assertPrinted(await sandbox.posy(["run", ...own, "--", ...says]), "app 1.0, dep 2.0\n");
  });

  test("offers its extras and groups, and always includes its default groups", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    const head = 'extras = ["web"]\ndependency-groups = ["dev"]\ndefault-groups = ["default"]';
    const entries = [
      { name: "app", more: "marker = \"'default' in dependency_groups\"" },
      { name: "tool", more: "marker = \"'dev' in dependency_groups\"" },
      { name: "web", more: "marker = \"'web' in extras\"" },
    ];
    write(sandbox, lockText(index, entries, head), "pylock.mine.toml");
    const resolveLock = (...options: string[]) =>
      sandbox.posy(["resolve", "-r", "pylock.mine.toml", ...options]);
    assertPrinted(await resolveLock(), "app==1.0\n");
    assertPrinted(await resolveLock("--group", "Dev", "--extra", "web"), "app==1.0\ntool==1.0\nweb==1.0\n");
    assertPrinted(
      await sandbox.posy(["run", "-r", "pylock.mine.toml", "--group", "dev", "--", ...says]),
      "app 1.0, tool 1.0\n",
    );
    assertPrinted(
      await sandbox.posy(["export", "-r", "pylock.mine.toml", "--no-hashes", "--extra", "web"]),
      "app==1.0\nweb==1.0\n",
    );
    assertFailed(await resolveLock("--extra", "wbe"), 1, /no extra `wbe`/, /it has `web`/);
  });

  test("can't be combined with requirements, constraints and groups of a project", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    write(sandbox, lockText(index, [{ name: "app" }]));
    write(sandbox, "dep\n", "more.txt");
    const rows: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ["run", "-r", "pylock.toml", "--with", "dep"],
        /`dep` can't be combined with the lock file `pylock.toml`/,
      ],
      [["run", "-r", "more.txt", "-r", "pylock.toml"], /`more.txt` can't be combined/],
      [["env", "-r", "pylock.toml", "-c", "more.txt"], /`--constraint` can't be combined/],
      [["resolve", "-r", "pylock.toml", "dep"], /`dep` can't be combined/],
      [["resolve", "--group", "dev", "dep"], /`--group` needs a lock file/],
    ];
    for (const [typed, message] of rows) assertFailed(await sandbox.posy(typed), 2, message);
    // Only the name makes a file a lock file, not its content: `pylock.a.b.toml` is no valid name.
    write(sandbox, lockText(index, [{ name: "app" }]), "pylock.a.b.toml");
    assertFailed(await sandbox.posy(["resolve", "-r", "pylock.a.b.toml"]), 2, /pylock\.a\.b\.toml/);
  });

  test("satisfies `--require-hashes` unless an entry has no hash", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    const text = lockText(index, [{ name: "app" }]);
    write(sandbox, text);
    const resolveLock = () => sandbox.posy(["resolve", "--require-hashes", "-r", "pylock.toml"]);
    assertPrinted(await resolveLock(), "app==1.0\n");
    assertPrinted(
      await sandbox.posy(["run", "--require-hashes", "-r", "pylock.toml", "--", ...says]),
      "app 1.0\n",
    );
    write(sandbox, `${text}\n[[packages]]\nname = "here"\ndirectory = { path = "." }\n`);
    assertFailed(await resolveLock(), 1, /`here` in the lock is a folder, which has no hash/);
  });

  test("has its source distributions built, unless the build policy forbids it", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    write(sandbox, lockText(index, [{ name: "built" }, { name: "dep" }]));
    const run = (...options: string[]) =>
      sandbox.posy(["run", "-r", "pylock.toml", ...options, "--", ...says]);
    assertPrinted(await run(), "built 1.0, dep 1.0\n");
    assertFailed(await run("--no-build"), 1, /no wheel of `built`.*building is not allowed/, /--no-build/);
    assertFailed(await run("--no-binary", "dep"), 1, /only wheels of `dep`/);
    assertFailed(await run("--no-build-package", "built"), 1, /no wheel of `built`/);
  });

  const hostile: readonly {
    readonly title: string;
    readonly entry: Entry;
    readonly head?: string;
    readonly says: RegExp;
  }[] = [
    {
      title: "a hash that the file does not have",
      entry: { name: "app", sha256: "1".repeat(64) },
      says: /hash|sha256/i,
    },
    {
      title: "a URL scheme that is not supported",
      entry: { name: "app", url: "gopher://h/app-1.0-py3-none-any.whl" },
      says: /gopher/,
    },
    {
      title: "a file name that leaves its folder",
      entry: {
        name: "app",
        more: 'sdist = { name = "../../x", url = "https://h.example/x", hashes = { sha256 = "00" } }',
      },
      says: /not a valid lock file/,
    },
    { title: "the file of another package", entry: { name: "dep", url: "URL" }, says: /dep|app/ },
    {
      title: "a Python requirement that nothing fits",
      entry: { name: "app" },
      head: 'requires-python = "==2.7.*"',
      says: /2\.7/,
    },
    {
      title: "environments of another operating system",
      entry: { name: "app" },
      head: "environments = [\"sys_platform == 'plan9'\"]",
      says: /none of the environments/,
    },
  ];
  for (const { title, entry, head, says: message } of hostile) {
    test(`is refused with ${title}`, async () => {
      using sandbox = await newSandbox();
      await using index = await start();
      const url = entry.url === "URL" ? index.fileUrl("app-1.0-py3-none-any.whl") : entry.url;
      write(sandbox, lockText(index, [{ ...entry, ...(url === undefined ? {} : { url }) }], head));
      const run = await sandbox.posy(["run", "-r", "pylock.toml", "--", "python", "-c", "print('in')"]);
      assertFailed(run, run.status ?? -1, message);
      assert.notEqual(run.status, 0);
    });
  }
});

const pyproject = `[project]
name = "mine"
version = "0.1"
dependencies = ["app"]
[project.optional-dependencies]
web = ["web"]
[dependency-groups]
dev = ["tool"]
[tool.posy]
platforms = ["linux-x86_64", "windows-x86_64"]
`;

describe("a project with a lock file of another tool", () => {
  const entries = [{ name: "app" }, { name: "dep" }];

  test("uses it unchanged with `--frozen`, with its groups and extras", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject);
    const text = lockText(
      index,
      [...entries, { name: "web", more: "marker = \"'web' in extras\"" }],
      'extras = ["web"]',
    );
    write(sandbox, text);
    const run = (...options: string[]) =>
      sandbox.posy(["run", "--frozen", "--default-index", index.url, ...options, "--", ...says]);
    assertPrinted(await run(), "app 1.0, dep 1.0\n");
    assertPrinted(await run("--extra", "web"), "app 1.0, dep 1.0, web 1.0\n");
    assertPrinted(
      await sandbox.posy(["export", "--frozen", "--no-hashes", "--extra", "web"]),
      "app==1.0\ndep==1.0\nweb==1.0\n",
    );
    assert.equal(index.count("/simple/*"), 0);
    assertFailed(await run("--group", "dev"), 1, /no group `dev`/);
    assertPrinted(await run("--with", "tool"), "app 1.0, dep 1.0, tool 1.0\n");
    assert.equal(readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8"), text);
  });

  test("keeps its versions in a new lock of Posy without `--frozen`, and says so once", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject);
    write(sandbox, lockText(index, entries));
    const run = () => sandbox.posy(["run", "--default-index", index.url, "--", ...says]);
    const first = await run();
    assertPrinted(first, "app 1.0, dep 1.0, tool 1.0\n");
    assert.match(first.stderr, /`pylock.toml` was made by `another`: its versions are kept/);
    assert.match(readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8"), /created-by = "posy"/);
    const second = await run();
    assertPrinted(second, "app 1.0, dep 1.0, tool 1.0\n");
    assert.equal(second.stderr, "");
  });

  test("shows changed versions on `posy lock`, keeps none with `--upgrade`, writes nothing with `--check`", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject.replace('"app"', '"app", "dep>=2"'));
    const text = lockText(index, entries);
    write(sandbox, text);
    const lock = (...options: string[]) => sandbox.posy(["lock", "--default-index", index.url, ...options]);
    assert.equal((await lock("--check")).status, 1);
    assert.equal(readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8"), text);
    assert.equal((await lock()).stdout, "wrote pylock.toml\n~ dep 1.0 → 2.0\n+ tool 1.0\n+ web 1.0\n");
    write(sandbox, text);
    assert.match((await lock("--upgrade")).stdout, /~ app 1\.0 → 2\.0/);
  });

  test("runs with only the lock file that `-r` names", async () => {
    using sandbox = await newSandbox();
    await using index = await start();
    const commands = '[tool.posy.commands]\npython = "never"\n';
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject + commands);
    write(sandbox, lockText(index, [{ name: "web" }]), "pylock.other.toml");
    for (let time = 0; time < 2; time++) {
      assertPrinted(await sandbox.posy(["run", "-r", "pylock.other.toml", ...says]), "web 1.0\n");
    }
  });
});
