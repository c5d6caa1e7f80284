import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { envBriefParts } from "../../../src/project/pyproject/env-requirements.ts";
import type { BriefPartsOptions } from "../../../src/project/pyproject/brief-parts.ts";
import { expandGroup } from "../../../src/project/pyproject/expand-group.ts";
import { parseGroupName } from "../../../src/project/pyproject/group-name.ts";
import { parseProject, readProject } from "../../../src/project/pyproject/read-project.ts";
import { formatRequirement } from "../../../src/vocab/requirement/requirement.ts";

const path = "/p/pyproject.toml";
const head = '[project]\nname = "My.App"\nversion = "1"\n';
const built = "[build-system]\nrequires = []\n";

async function asked(text: string, env = "default", options: BriefPartsOptions = {}) {
  const brief = envBriefParts(await parseProject(text, path), env, options);
  return brief.requirements.map(
    ({ requirement, origin }) =>
      `${formatRequirement(requirement)} (${origin.replace("pyproject.toml", "")})`,
  );
}

async function refusal(text: string, use: (text: string) => Promise<unknown> = (each) => asked(each)) {
  const error = await use(text).then(
    () => assert.fail("it was not refused"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PosyError, String(error));
  return error;
}

describe("envBriefParts", () => {
  const groups = '[dependency-groups]\ndev = ["pytest", { include-group = "Lint" }]\nlint = ["ruff"]\n';
  test("gives `default` the dependencies and the group `dev`", async () => {
    const text = `${head}dependencies = [\n  "rich>=13",\n  "httpx",\n]\n${groups}`;
    assert.deepEqual(await asked(text), ["rich>=13 (:5)", "httpx (:6)", "pytest (:9)", "ruff (:10)"]);
  });
  test("gives a package as an editable folder with the chosen extras", async () => {
    const text = `${head}[project.optional-dependencies]\npdf = ["a"]\nall = ["my_app[pdf]", "b"]\n${built}[tool.posy.envs.full]\nextras = ["ALL"]\n`;
    assert.deepEqual(await asked(text), ["my-app @ file:///p#editable=true ()"]);
    assert.deepEqual(await asked(text, "full"), [
      "my-app[all] @ file:///p#editable=true ()",
      "my-app[pdf] @ file:///p#editable=true (:6)",
      "b (:6)",
      "a (:5)",
    ]);
  });
  test("gives the dependencies of a project that is not a package, also of nested extras", async () => {
    const text = `${head}[project.optional-dependencies]\npdf = ["a"]\nall = ["my-app[pdf]; os_name == 'nt'", "b"]\n`;
    const extras = { extras: ["all" as never] };
    assert.deepEqual(await asked(text, "default", extras), ['a; os_name == "nt" (:5)', "b (:6)"]);
  });
  test("gives a package without a name by its folder", async () => {
    const { sources, requirements } = envBriefParts(
      await parseProject(`${built}[tool.posy]\n`, path),
      "default",
    );
    assert.deepEqual(requirements, []);
    assert.deepEqual(sources, [
      { url: "file:///p#editable=true", extras: [], editable: true, origin: "pyproject.toml" },
    ]);
  });
  test("gives only the groups of an environment without the project", async () => {
    const text = `${head}dependencies = ["a"]\nrequires-python = ">=3.13"\n${built}${groups}[tool.posy.envs.x]\nproject = false\ngroups = ["lint"]\npython = "3.10"\n`;
    assert.deepEqual(await asked(text, "x"), ["ruff (:10)"]);
    const { python, pythonOrigin } = envBriefParts(await parseProject(text, path), "x");
    assert.deepEqual([python, pythonOrigin], ["3.10", "pyproject.toml:14"]);
  });
  test("adds a group that is asked for in addition", async () => {
    assert.deepEqual(
      await asked(`[tool.posy]\n${groups.replace("dev", "test")}`, "default", {
        groups: [parseGroupName("LINT")],
      }),
      ["ruff (:4)"],
    );
  });

  const pythons: readonly [requires: string, env: string, comes: string | undefined][] = [
    ["", "", undefined],
    [">=3.10", "", ">=3.10"],
    ["", "3.12", "3.12"],
    [">=3.10", "3.12", ">=3.10,==3.12.*"],
    [">=3.10", "3.13t", ">=3.10,==3.13.*+freethreaded"],
    [">=3.10,<4", "pypy3.10", "pypy>=3.10,<4,==3.10.*"],
    [">=3.10", "./python", "./python"],
  ];
  for (const [requires, env, comes] of pythons) {
    test(`\`requires-python\` ${requires || "(none)"} and \`python\` ${env || "(none)"} make ${comes ?? "nothing"}`, async () => {
      const text = `${head}${requires && `requires-python = "${requires}"\n`}[tool.posy.envs.default]\n${env && `python = "${env}"\n`}`;
      const project = await parseProject(text, path);
      assert.equal(envBriefParts(project, "default").python, comes);
      if (env === "") return;
      const asOption = envBriefParts(
        await parseProject(text.replace(/^python = .*$/m, ""), path),
        "default",
        {
          python: { request: env },
        },
      );
      assert.equal(asOption.python, comes);
    });
  }

  test("takes a package from its source, and keeps its versions as a constraint", async () => {
    const text = `${head}dependencies = ["A[x]>=2; os_name == 'nt'", "b @ https://h/b-1.0.tar.gz"]\n[tool.posy.sources]\na = { path = "../a b", editable = true }\nb = { path = "x" }\n`;
    assert.deepEqual(await asked(text), [
      'a[x] @ file:///a%20b#editable=true ; os_name == "nt" (:4)',
      "b @ https://h/b-1.0.tar.gz (:4)",
    ]);
    const { constraints } = envBriefParts(await parseProject(text, path), "default");
    assert.deepEqual(
      constraints.map(({ requirement }) => formatRequirement(requirement)),
      ['a>=2; os_name == "nt"'],
    );
  });
  test("takes a package from an index where no marker of its sources holds", async () => {
    const text = `${head}dependencies = ["a"]\n[tool.posy.sources]\na = [{ git = "https://h/a", tag = "v1", marker = "sys_platform == 'linux'" }, { url = "https://h/a-1-py3-none-any.whl", marker = "python_version ~= '3.10' and os_name == 'nt'" }]\n`;
    assert.deepEqual(await asked(text), [
      'a @ git+https://h/a@v1 ; sys_platform == "linux" (:4)',
      'a @ https://h/a-1-py3-none-any.whl ; python_version ~= "3.10" and os_name == "nt" (:4)',
      'a; sys_platform != "linux" and ((python_version < "3.10" or python_version != "3.*") or os_name != "nt") (:4)',
    ]);
  });
  test("names the index that a source chooses for a package", async () => {
    const text = `${head}[[tool.posy.indexes]]\nname = "gpu"\nurl = "https://h/simple"\nexplicit = true\n[tool.posy.sources]\nTorch = { index = "gpu" }\n`;
    const [[name, indexes] = []] = [
      ...envBriefParts(await parseProject(text, path), "default").packageIndexes,
    ];
    assert.equal(name, "torch");
    assert.deepEqual(
      indexes?.map(({ index }) => [index.url, index.explicit]),
      [["https://h/simple", true]],
    );
  });
  test("takes the platforms of the environment, else of the project, else the five default ones", async () => {
    const of = async (text: string, env = "default") =>
      envBriefParts(await parseProject(text, path), env).platforms;
    assert.equal((await of(head)).length, 5);
    const text = `${head}[tool.posy]\nplatforms = ["macos-arm64"]\n[tool.posy.envs.gpu]\nplatforms = ["linux-x86_64"]\n`;
    assert.deepEqual([await of(text), await of(text, "gpu")], [["macos-arm64"], ["linux-x86_64"]]);
  });
});

describe("parseProject rejects, with line and key,", () => {
  const cases: Record<string, readonly [text: string, says: RegExp, hints?: RegExp]> = {
    "a text that is not TOML": ["[project]\nname = \n", /`\/p\/pyproject.toml`, line 2, is not TOML/],
    "conflict markers of a merge": [
      '[project]\ndependencies = [\n<<<<<<< HEAD\n  "a",\n=======\n  "b",\n>>>>>>> b\n]\n',
      /line 3, is not TOML/,
      /the file contains merge conflict markers/,
    ],
    "an invalid requirement": [
      `${head}dependencies = [\n  "a",\n  "b>>1",\n]\n`,
      /`project.dependencies\[1\]` in `\/p\/pyproject.toml`, line 6, can't be read: `b>>1`/,
    ],
    "a path without a name": [
      `${head}dependencies = ["./lib"]\n`,
      /line 4.*without the name/,
      /tool.posy.sources/,
    ],
    "an unknown key": [
      "[tool.posy]\nplatform = []\n",
      /`tool.posy.platform` in .*, line 2, is not a key/,
      /`platforms`/,
    ],
    "an unknown key of an environment": [
      "[tool.posy.envs.a]\ngroup = []\n",
      /line 2, is not a key of an env/,
      /`groups`/,
    ],
    "an unknown key in an inline table": [
      '[tool.posy.commands]\na = { run = "b", dir = "c" }\n',
      /`tool.posy.commands.a.dir` in .*, line 2, is not a key/,
      /cwd/,
    ],
    "an unknown group": [
      "[dependency-groups]\ntests = []\n[tool.posy.envs.a]\ngroups = ['test']\n",
      /line 4, names/,
      /`tests`/,
    ],
    "an unknown extra": ["[tool.posy.envs.a]\nextras = ['x']\n", /line 2, names an extra/],
    "an unknown platform": ["[tool.posy]\nplatforms = ['linux-x86-64']\n", /line 2/, /`linux-x86_64`/],
    "an invalid name of an environment": ["[tool.posy.envs.'a.b']\n", /`tool.posy.envs."a.b"` in .*, line 1/],
    "environments that share a lock": [
      "[tool.posy.envs.a]\n[tool.posy.envs.A]\n",
      /line 2, differs from `a` only in case/,
    ],
    "extras without the project": [
      `${head}[project.optional-dependencies]\nx = []\n[tool.posy.envs.a]\nproject = false\nextras = ["x"]\n`,
      /line 8/,
    ],
    "a group that is defined twice": [
      "[dependency-groups]\na-b = []\nA_b = []\n[tool.posy]\n",
      /line 3, is the group `a-b` once more: line 2/,
    ],
    "an unknown index": ['[tool.posy.sources]\na = { index = "x" }\n', /line 2, is `x`, and no index/],
    "a source with two locations": [
      '[tool.posy.sources]\na = { path = "x", git = "y" }\n',
      /line 2, must have one of/,
    ],
    "a key of another kind of source": [
      '[tool.posy.sources]\na = { path = "x", tag = "y" }\n',
      /a.tag.*line 2, is not a key/,
    ],
    "two default indexes": [
      '[[tool.posy.indexes]]\nurl = "a"\ndefault = true\n[[tool.posy.indexes]]\nurl = "b"\ndefault = true\n',
      /line 6, is `true` for more than one/,
    ],
    "an unknown environment of a command": [
      '[tool.posy.commands]\na = { run = "b", env = "docs" }\n',
      /line 2, names the environment `docs`/,
    ],
    "commands that depend on each other": [
      '[tool.posy.commands]\na = { depends-on = "b" }\nb = { all = ["c", "a -x"] }\n',
      /line 2, waits for itself: a → b → a/,
    ],
    "a command that does nothing": ["[tool.posy.commands]\na = {}\n", /line 2, does nothing/],
    "a command that needs a shell": [
      '[tool.posy.commands]\na = "b && c"\n',
      /line 2.*`&&` would need a shell/,
      /all = /,
    ],
    "a variable that is not a text": [
      '[tool.posy.commands]\na = { run = "b", variables = { X = 1 } }\n',
      /line 2, must be a text/,
      /X = "1"/,
    ],
    "an empty matrix": ['[tool.posy.commands]\na = { run = "b", python = [] }\n', /line 2, is empty/],
  };
  for (const [title, [text, says, hints = /./]] of Object.entries(cases)) {
    test(title, async () => {
      const error = await refusal(text);
      assert.equal(error.code, "invalid-project");
      assert.match(error.message, says);
      assert.match(error.hint ?? "-", hints);
    });
  }

  test("an invalid requirement, and marks the invalid part", async () => {
    const { span } = await refusal(`${head}dependencies = ["b>>1"]\n`);
    assert.equal(span?.text.slice(span.start, span.end), ">>1");
  });
});

test("parseProject replaces `${PROJECT_ROOT}` by the folder of the project", async () => {
  const written = [
    "a @ file:///${PROJECT_ROOT}/a",
    "b @ file://${PROJECT_ROOT}/../b",
    "c @ ${PROJECT_ROOT}/c",
    "d @ git+file:///${PROJECT_ROOT}/d",
  ];
  const list = JSON.stringify(written);
  const text = `${head}dependencies = ${list}\n[dependency-groups]\ndev = ${list}\n`;
  const { requirements } = envBriefParts(await parseProject(text, path), "default");
  const urls = ["file:///p/a", "file:///b", "file:///p/c", "git+file:///p/d"];
  assert.deepEqual(
    requirements.map(({ requirement }) => requirement.url),
    [...urls, ...urls],
  );
});

test("parseProject warns about an unknown key of `[project]`", async () => {
  const { warnings } = await parseProject(`${head}licence = "MIT"\n`, path);
  assert.match(warnings.join(), /no key `licence`/);
});

describe("expandGroup rejects", () => {
  const cases: Record<string, readonly [groups: string, says: RegExp]> = {
    "a cycle": [
      "a = [{ include-group = 'b' }]\nb = [{ include-group = 'a' }]\n",
      /line 4, includes itself: a → b → a/,
    ],
    "an included group that does not exist": [
      "a = [{ include-group = 'bb' }]\n",
      /line 3, includes the group `bb`, which does not exist/,
    ],
    "a group that is not an array": ["a = 'b'\n", /line 3, must be an array/],
    "a table that is not an include": [
      "a = [{ set-phasers-to = 'stun' }]\n",
      /line 3, is not allowed in a dependency group/,
    ],
    "an item that is not a requirement": ["a = ['b c']\n", /line 3, can't be read/],
  };
  for (const [title, [groups, says]] of Object.entries(cases)) {
    test(title, async () => {
      const project = await parseProject(`[tool.posy]\n[dependency-groups]\n${groups}`, path);
      const error = await refusal("", async () => expandGroup(project, parseGroupName("A")));
      assert.match(error.message, says);
    });
  }
});

describe("expandGroup", () => {
  const expanded = async (groups: string) => {
    const project = await parseProject(`[tool.posy]\n[dependency-groups]\n${groups}`, path);
    return expandGroup(project, parseGroupName("g0")).map(({ value }) => value.text);
  };

  test("lists each included group once, in the order written", async () => {
    const groups = `g0 = ["a", { include-group = "g1" }, "b", { include-group = "g2" }]
g1 = [{ include-group = "g2" }, "c"]
g2 = ["d"]
`;
    assert.deepEqual(await expanded(groups), ["a", "d", "c", "b"]);
  });

  test("reads each group once, even if each includes the next twice", async () => {
    const include = (at: number) => `{ include-group = "g${at}" }`;
    const lines = Array.from({ length: 60 }, (_, at) => `g${at} = [${include(at + 1)}, ${include(at + 1)}]`);
    assert.deepEqual(await expanded([...lines, 'g60 = ["a"]'].join("\n")), ["a"]);
  });

  test("expands includes of any depth", async () => {
    const depth = 20_000;
    const groups = new Map(
      Array.from({ length: depth + 1 }, (_, at) => [
        parseGroupName(`g${at}`),
        { nameText: `g${at}`, line: at, content: at === depth ? ["a"] : [{ "include-group": `g${at + 1}` }] },
      ]),
    );
    const project = { ...(await parseProject("[tool.posy]\n", path)), groups };
    assert.deepEqual(
      expandGroup(project, parseGroupName("g0")).map(({ value }) => value.text),
      ["a"],
    );
  });
});

test("findProject finds a project from any subfolder, and skips files without a project", async () => {
  const root = mkdtempSync(join(tmpdir(), "posy-project-"));
  try {
    mkdirSync(join(root, "a", "b"), { recursive: true });
    writeFileSync(join(root, "pyproject.toml"), head);
    writeFileSync(join(root, "a", "pyproject.toml"), "[tool.ruff]\n# [project]\n");
    assert.equal((await readProject(join(root, "a", "b")))?.folder, root);
    writeFileSync(join(root, "a", "pyproject.toml"), "[tool.posy.commands]\n");
    assert.equal((await readProject(join(root, "a", "b")))?.folder, join(root, "a"));
  } finally {
    rmSync(root, { recursive: true });
  }
});
