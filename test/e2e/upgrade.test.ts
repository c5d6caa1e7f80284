import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const wheel = (name: string, version: string, more: Omit<Parameters<typeof makeWheel>[0], "name"> = {}) =>
  makeWheel({ name, version, ...more });
const needing = (name: string, version: string, ...needs: readonly string[]) =>
  wheel(name, version, { metadata: needs.map((each) => `Requires-Dist: ${each}`) });

/** The files of the index when the project was locked; `now` has the current ones. */
const old: readonly IndexFile[] = [
  wheel("lib", "1.0"),
  wheel("tool", "1.0"),
  needing("front", "1.0", "core"),
  wheel("core", "1.0"),
  wheel("part", "1.0"),
  wheel("check", "7.4"),
];
const now: readonly IndexFile[] = [
  ...old,
  wheel("lib", "1.4.2"),
  wheel("lib", "2.3.1"),
  wheel("lib", "3.0rc1"),
  { ...wheel("lib", "2.9"), yanked: "broken" },
  wheel("lib", "2.8", { tags: "cp27-cp27m-win_amd64" }),
  wheel("tool", "1.2"),
  needing("front", "2.0", "core<2"),
  wheel("core", "1.5"),
  wheel("core", "2.0"),
  wheel("part", "1.1"),
  wheel("part", "2.0", { tags: "py3-none-win_amd64" }),
  wheel("check", "9.1"),
];

const pyproject = (dependencies: readonly string[], rest: readonly string[] = []) =>
  [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    "dependencies = [",
    ...dependencies,
    "] # all",
    "",
    "[tool.posy]",
    'platforms = ["linux-x86_64", "windows-x86_64"]',
    ...rest,
    "",
  ].join("\n");

const projectFile = (sandbox: Sandbox) => join(sandbox.cwd, "pyproject.toml");
const read = (sandbox: Sandbox, name = "pyproject.toml") => readFileSync(join(sandbox.cwd, name), "utf8");
const lockedIn = (sandbox: Sandbox, name = "pylock.toml") =>
  [...read(sandbox, name).matchAll(/^name = "([a-z]+)"\nversion = "([^"]+)"/gm)].map(
    ([, each, version]) => `${each} ${version}`,
  );

/** Writes a project and locks it with the old files. */
async function lockedProject(sandbox: Sandbox, text: string): Promise<void> {
  writeFileSync(projectFile(sandbox), text);
  await using index = await startIndex({ files: old });
  const run = await sandbox.posy(["lock"], { env: env(index) });
  assert.equal(run.status, 0, run.stderr);
}

const env = ({ url }: Pick<TestIndex, "url">) => ({ UV_DEFAULT_INDEX: url });

describe("posy outdated", () => {
  const text = pyproject(['  "lib>=1,<2",', '  "front",', '  "tool",', '  "part",']);

  test("shows the locked, the allowed and the newest version, and the reason for a difference", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["outdated"], { env: env(index) });
    assertPrinted(
      run,
      [
        "package  locked  allowed  newest  required by       held back by",
        "front    1.0     2.0      2.0     pyproject.toml:6",
        "lib      1.0     1.4.2    2.3.1   pyproject.toml:5  `lib>=1,<2` (pyproject.toml:5)",
        "part     1.0     1.1      2.0     pyproject.toml:8  it has no wheel for Python 3.14 on linux-x86_64 (its wheels are for Windows x86_64)",
        "tool     1.0     1.2      1.2     pyproject.toml:7",
        "",
      ]
        .join("\n")
        .replace(/Python 3\.\d+/, /Python 3\.\d+/.exec(run.stdout)?.[0] ?? ""),
    );
    assert.match(run.stderr, /1 indirect dependency is outdated, too: `--all` lists it/);
    const all = await sandbox.posy(["outdated", "--all"], { env: env(index) });
    assert.match(
      all.stdout,
      /^core +1\.0 +1\.5 +2\.0 +front +front 2\.0, which needs `core<2`$/m,
      all.stdout,
    );
  });

  test("prints one package as JSON, writes nothing, and has status 1 with `--exit-code`", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    const before = read(sandbox, "pylock.toml");
    const run = await sandbox.posy(["outdated", "--json", "--exit-code", "core"], { env: env(index) });
    assert.equal(run.status, 1, run.stderr);
    const [core, ...others] = JSON.parse(run.stdout) as readonly Record<string, unknown>[];
    assert.deepEqual(others, []);
    assert.deepEqual([core?.["name"], core?.["requested"], core?.["newest"]], ["core", false, "2.0"]);
    const [target] = (core?.["targets"] ?? []) as readonly Record<string, unknown>[];
    assert.deepEqual(
      [target?.["platform"], target?.["locked"], target?.["allowed"], target?.["heldBack"]],
      [
        "linux-x86_64",
        "1.0",
        "1.5",
        [{ kind: "package", name: "front", version: "2.0", requirement: "core<2" }],
      ],
    );
    assert.equal(read(sandbox, "pylock.toml"), before);
  });

  test("prints nothing when everything is up to date, and ignores files after `--exclude-newer`", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, text);
    const dated = now.map((file) => ({
      ...file,
      uploadTime: old.includes(file) ? "2024-01-01T00:00:00Z" : "2026-01-01T00:00:00Z",
    }));
    await using index = await startIndex({ files: dated });
    const run = await sandbox.posy(["outdated", "--all", "--exit-code", "--exclude-newer", "2025-01-01"], {
      env: env(index),
    });
    assertPrinted(run, "");
    assert.match(run.stderr, /no package is outdated/);
  });

  test("fails without a lock and for a package that is not locked", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: old });
    writeFileSync(projectFile(sandbox), text);
    assertFailed(await sandbox.posy(["outdated"], { env: env(index) }), 1, /there is no `.*pylock/);
    await sandbox.posy(["lock"], { env: env(index) });
    assertFailed(
      await sandbox.posy(["outdated", "frnt"], { env: env(index) }),
      1,
      /is not among the locked packages/,
      /did you mean `front`/,
    );
  });
});

describe("posy upgrade", () => {
  test("raises locked versions and lower bounds, and keeps the rest of the text", async () => {
    using sandbox = await newSandbox();
    const text = pyproject([
      '  "Lib >= 1 , < 2" , # why',
      "  'tool[x]>=1.0; os_name != \"java\"',",
      '  "core~=1.0",',
      '  "part==1.0",',
      '  "front",',
    ]);
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["upgrade"], { env: env(index) });
    assertPrinted(
      run,
      [
        "wrote pyproject.toml",
        "~ Lib >= 1 , < 2 → Lib >= 1.4.2 , < 2",
        '~ tool[x]>=1.0; os_name != "java" → tool[x]>=1.2; os_name != "java"',
        "wrote pylock.toml",
        "~ core 1.0 → 1.5",
        "~ front 1.0 → 2.0",
        "~ lib 1.0 → 1.4.2",
        "~ tool 1.0 → 1.2",
        "",
      ].join("\n"),
    );
    assert.equal(read(sandbox), text.replace(">= 1 ", ">= 1.4.2 ").replace(">=1.0;", ">=1.2;"));
    assertPrinted(
      await sandbox.posy(["lock", "--check"], { env: env(index) }),
      "pylock.toml is up to date\n",
    );
    assertPrinted(await sandbox.posy(["upgrade"], { env: env(index) }), "pylock.toml is up to date\n");
  });

  test("upgrades only the named packages, and an indirect dependency only in the lock", async () => {
    using sandbox = await newSandbox();
    const text = pyproject(['  "lib>=1",', '  "tool>=1",', '  "front",']);
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    assertPrinted(
      await sandbox.posy(["upgrade", "core"], { env: env(index) }),
      "wrote pylock.toml\n~ core 1.0 → 2.0\n",
    );
    assert.equal(read(sandbox), text);
    const run = await sandbox.posy(["upgrade", "Tool", "--dry-run"], { env: env(index) });
    assertPrinted(
      run,
      "would write pyproject.toml\n~ tool>=1 → tool>=1.2\nwould write pylock.toml\n~ tool 1.0 → 1.2\n",
    );
    assert.equal(read(sandbox), text);
    assertFailed(
      await sandbox.posy(["upgrade", "tol"], { env: env(index) }),
      1,
      /neither asked for/,
      /did you mean `tool`/,
    );
  });

  test("rejects `python` as a name", async () => {
    using sandbox = await newSandbox();
    writeFileSync(projectFile(sandbox), pyproject([]));
    const says = /Python is not upgraded by its name/;
    assertFailed(await sandbox.posy(["upgrade", "python"]), 2, says, /without names/);
  });

  test("explains why a named package stays, and suggests `--latest`", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, pyproject(['  "lib==1.0",']));
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["upgrade", "lib"], { env: env(index) });
    // The lock is written because it names the index, which is another one now.
    assertPrinted(
      run,
      "wrote pylock.toml\nlib stays at 1.0, though there is 2.3.1: `lib==1.0` (pyproject.toml:5)\n",
    );
    assert.match(run.stderr, /`--latest` replaces the bounds/);
  });

  test("--latest replaces bounds that exclude newer versions, in every table, and keeps their operators", async () => {
    using sandbox = await newSandbox();
    const text = pyproject(
      ['    "lib>=1,<2", # lib', '    "tool>=1,<2",', '    "core~=1.0",'],
      [
        "[tool.posy.envs.web]",
        'extras = ["web"]',
        "[project.optional-dependencies]",
        "web = ['lib == 1.0']",
        "[dependency-groups]",
        'dev = ["check<8; os_name == \'nt\'", "check==7.*; os_name != \'nt\'", { include-group = "more" }]',
        'more = ["core<2"]',
      ],
    );
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["upgrade", "--latest"], { env: env(index) });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(
      read(sandbox),
      text
        .replace("lib>=1,<2", "lib>=2.3.1,<3")
        .replace("tool>=1,<2", "tool>=1.2,<2")
        .replace("core~=1.0", "core~=2.0")
        .replace("lib == 1.0", "lib == 2.3.1")
        .replace("check<8", "check<10")
        .replace("check==7.*", "check==9.*")
        .replace("core<2", "core<3"),
    );
    assert.deepEqual(lockedIn(sandbox), ["check 9.1", "core 2.0", "lib 2.3.1", "tool 1.2"]);
    assert.deepEqual(lockedIn(sandbox, "pylock.web.toml"), ["core 2.0", "lib 2.3.1", "tool 1.2"]);
  });

  test("--latest can be limited to one group or one environment", async () => {
    using sandbox = await newSandbox();
    const text = pyproject(
      ['  "lib<2",'],
      [
        "[dependency-groups]",
        'dev = ["check<8"]',
        'docs = ["tool==1.0"]',
        "[tool.posy.envs.docs]",
        'groups = ["docs"]',
        "project = false",
      ],
    );
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    await sandbox.posy(["upgrade", "--latest", "--dev"], { env: env(index) });
    const dev = text.replace("check<8", "check<10");
    assert.equal(read(sandbox), dev);
    await sandbox.posy(["upgrade", "--latest", "--env", "docs"], { env: env(index) });
    assert.equal(read(sandbox), dev.replace("tool==1.0", "tool==1.2"));
    assert.deepEqual(lockedIn(sandbox), ["check 9.1", "lib 1.0", "tool 1.2"]);
    assertFailed(
      await sandbox.posy(["upgrade", "--group", "doc"], { env: env(index) }),
      1,
      /no dependency group `doc`/,
      /did you mean `docs`/,
    );
  });

  test("--latest resolves groups and extras without an environment together with the default one", async () => {
    using sandbox = await newSandbox();
    const text = pyproject(
      ['  "front==1.0",'],
      [
        "[project.optional-dependencies]",
        'more = ["lib<2", "tool"]',
        "[dependency-groups]",
        "apart = ['core>=2', 'check<8']",
        'broken = ["check<8", "?"]',
        "nothing = 1",
      ],
    );
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["upgrade", "--latest"], { env: env(index) });
    assertPrinted(
      run,
      [
        "wrote pyproject.toml",
        "~ front==1.0 → front==2.0",
        "~ lib<2 → lib<3 (extra more)",
        "wrote pylock.toml",
        "~ core 1.0 → 1.5",
        "~ front 1.0 → 2.0",
        "~ lib 1.0 → 2.3.1",
        "~ tool 1.0 → 1.2",
        "",
      ].join("\n"),
    );
    assert.match(
      run.stderr,
      /the group `apart` stays as it is: no environment has it, and together with the default one you asked for .*`front==2\.0`.* `core>=2`/,
    );
    assert.match(run.stderr, /the group `broken` stays as it is: .* line \d+, .* is not a valid requirement/);
    assert.equal(read(sandbox), text.replace("front==1.0", "front==2.0").replace("lib<2", "lib<3"));
    assert.equal((await sandbox.posy(["lock", "--check"], { env: env(index) })).status, 0);
  });

  test("--latest keeps a package that conflicts with another upgrade, and says why", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, pyproject(['  "front==1.0",', '  "core==1.0",']));
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["upgrade", "--latest"], { env: env(index) });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^core stays at 1\.5, though there is 2\.0: front 2\.0, which needs `core<2`$/m);
    assert.match(read(sandbox), /"front==2\.0",\n {2}"core==1\.5"/);
  });

  test("--latest keeps a package that would need an older version of another, and says so", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, pyproject(['  "front>=1",', '  "tool<2",']));
    const more = [needing("tool", "2.0", "glue"), needing("glue", "1.0", "core>=2")];
    await using index = await startIndex({ files: [...now, ...more] });
    const run = await sandbox.posy(["upgrade", "--latest"], { env: env(index) });
    assert.equal(run.status, 0, run.stderr);
    assert.match(
      run.stdout,
      /^tool stays at 1\.2, though there is 2\.0: it needs `front 1\.0` instead of 2\.0$/m,
    );
    assert.match(read(sandbox), /"front>=2\.0",\n {2}"tool<2"/);
    // `front` is locked at 2.0 now and stays, so this time the resolver has a proof.
    const again = await sandbox.posy(["upgrade", "tool", "--latest"], { env: env(index) });
    assert.match(
      again.stdout,
      /^tool stays at 1\.2, though there is 2\.0: because .*`front>=2\.0`.*`tool==2\.0`.*`core<2`$/m,
      again.stdout,
    );
  });

  test("--latest ignores the old requirements of a project that is a package, and locks the new ones", async () => {
    using sandbox = await newSandbox();
    const text = pyproject(['  "lib<2",']).replace('version = "0.1"', 'version = "1.0"');
    const tree = treeFiles({ name: "app", dependencies: ["lib<2"], pyproject: text });
    for (const [path, content] of Object.entries(tree)) {
      mkdirSync(join(sandbox.cwd, path, ".."), { recursive: true });
      writeFileSync(join(sandbox.cwd, path), content);
    }
    await lockedProject(sandbox, read(sandbox));
    await using index = await startIndex({ files: now });
    const outdated = await sandbox.posy(["outdated"], { env: env(index) });
    assert.match(outdated.stdout, /^lib .* pyproject\.toml:\d+ +`lib<2` \(pyproject\.toml:\d+\)$/m);
    const run = await sandbox.posy(["upgrade", "--latest"], { env: env(index) });
    assert.match(run.stdout, /^~ lib<2 → lib<3\n[^]*^~ lib 1\.0 → 2\.3\.1$/m, run.stderr);
    assert.match(read(sandbox, "pylock.toml"), /requires-dist = \["lib<3"\]/);
    assertPrinted(
      await sandbox.posy(["lock", "--check"], { env: env(index) }),
      "pylock.toml is up to date\n",
    );
  });

  test("--latest keeps the bounds of a path dependency, whose requirements still apply", async () => {
    using sandbox = await newSandbox();
    const tree = treeFiles({ name: "mine", version: "1.5", dependencies: ["lib<2"] });
    for (const [path, content] of Object.entries(tree)) {
      mkdirSync(join(sandbox.cwd, "mine", path, ".."), { recursive: true });
      writeFileSync(join(sandbox.cwd, "mine", path), content);
    }
    const text = pyproject(
      ['  "mine>=1,<2",', '  "lib==1.0",'],
      ["[tool.posy.sources]", 'mine = { path = "mine" }'],
    );
    await lockedProject(sandbox, text);
    await using index = await startIndex({ files: [...now, wheel("mine", "3.0")] });
    const run = await sandbox.posy(["upgrade", "--latest"], { env: env(index) });
    assert.match(
      run.stdout,
      /^lib stays at 1\.4\.2, though there is 2\.3\.1: mine 1\.5, which needs `lib<2`$/m,
      run.stderr,
    );
    assert.equal(read(sandbox), text.replace("lib==1.0", "lib==1.4.2"));
  });

  test("--latest chooses an older version when one platform has no wheel of the newest", async () => {
    using sandbox = await newSandbox();
    const text = pyproject(['  "part==1.0",']);
    await lockedProject(
      sandbox,
      text.replace('"linux-x86_64", "windows-x86_64"', '"windows-x86_64", "linux-x86_64"'),
    );
    await using index = await startIndex({ files: now });
    const run = await sandbox.posy(["upgrade", "--latest", "--json"], { env: env(index) });
    assert.equal(run.status, 0, run.stderr);
    const told = JSON.parse(run.stdout) as Record<string, unknown>;
    assert.deepEqual(told["requirements"], [
      { place: { kind: "dependencies" }, line: 5, before: "part==1.0", after: "part==1.1" },
    ]);
    assert.deepEqual(lockedIn(sandbox), ["part 1.1"]);
  });

  test("leaves both files unchanged when the resolve fails", async () => {
    using sandbox = await newSandbox();
    await lockedProject(sandbox, pyproject(['  "lib<2",', '  "tool",']));
    await using index = await startIndex({
      files: now.filter(({ filename }) => !filename.startsWith("tool")),
    });
    const before = [read(sandbox), read(sandbox, "pylock.toml")];
    assertFailed(await sandbox.posy(["upgrade", "--latest"], { env: env(index) }), 1, /no package `tool`/);
    assert.deepEqual([read(sandbox), read(sandbox, "pylock.toml")], before);
  });
});
