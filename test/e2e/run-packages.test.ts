import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox } from "../support/posy.ts";

const files = [
  makeWheel({
    name: "tool",
    version: "1.2",
    files: {
      "tool/__init__.py":
        "import sys\nclass App:\n    def main(self=None):\n        print('tool', *sys.argv[1:])\n        return 3\n",
      "tool/__main__.py": "print('as a module')\n",
      "tool-1.2.data/scripts/hash-bang":
        "#!python\nimport sys, tool\nprint('script', sys.prefix == __import__('os').environ.get('EXPECTED', sys.prefix))\n",
      "tool-1.2.data/scripts/windowed": "#!pythonw\nprint('windowed')\n",
      "tool-1.2.data/scripts/shell-script": '#!/bin/sh\necho shell "$@"\n',
      "tool-1.2.data/data/share/tool/data.txt": "data under the prefix\n",
      "tool-1.2.data/data/etc/tool/tool.conf": "conf\n",
      "tool-1.2.data/headers/tool.h": "/* header */\n",
      "tool-1.2.data/platlib/tool_platlib.py": "x = 'platlib'\n",
      "tool-1.2.data/purelib/tool_purelib.py": "x = 'purelib'\n",
      "tool_path.pth": "import sys; sys.tool_pth = 'pth was read'\n",
    },
    entryPoints: { tool: "tool:App.main", x: "tool:App.main", "dotted.name": "tool:App.main [extra]" },
    guiEntryPoints: { "tool-gui": "tool:App.main" },
    metadata: ["Provides-Extra: extra", 'Requires-Dist: spacefaring-one; extra == "extra"'],
  }),
  makeWheel({
    name: "spacefaring-one",
    files: { "space/one/__init__.py": "n = 1\n", "space/shared_a.py": "" },
  }),
  makeWheel({
    name: "spacefaring-two",
    files: { "space/two/__init__.py": "n = 2\n", "space/deep/er/two.py": "" },
  }),
];

const programs: readonly {
  title: string;
  with: readonly string[];
  run: readonly string[];
  prints: string;
  status?: number;
}[] = [
  {
    title: "an entry point with arguments and a status",
    with: ["tool"],
    run: ["tool", "a b", "-v"],
    prints: "tool a b -v\n",
    status: 3,
  },
  {
    title: "an entry point of one letter",
    with: ["tool"],
    run: ["x", "--help"],
    prints: "tool --help\n",
    status: 3,
  },
  { title: "an entry point with a dot", with: ["tool"], run: ["dotted.name"], prints: "tool\n", status: 3 },
  { title: "a gui script", with: ["tool"], run: ["tool-gui"], prints: "tool\n", status: 3 },
  { title: "a #!python script", with: ["tool"], run: ["hash-bang"], prints: "script True\n" },
  { title: "a #!pythonw script", with: ["tool"], run: ["windowed"], prints: "windowed\n" },
  {
    title: "a shell script of a wheel",
    with: ["tool"],
    run: ["shell-script", "one two"],
    prints: "shell one two\n",
  },
  { title: "a module", with: ["tool"], run: ["python", "-m", "tool"], prints: "as a module\n" },
  {
    title: "data under the prefix",
    with: ["tool"],
    run: [
      "python",
      "-c",
      "import sys, pathlib; print(pathlib.Path(sys.prefix, 'share/tool/data.txt').read_text(), end='')",
    ],
    prints: "data under the prefix\n",
  },
  {
    title: "platlib, purelib and a .pth file",
    with: ["tool"],
    run: [
      "python",
      "-c",
      "import sys, tool_platlib, tool_purelib; print(tool_platlib.x, tool_purelib.x, sys.tool_pth)",
    ],
    prints: "platlib purelib pth was read\n",
  },
  {
    title: "a namespace that two wheels share",
    with: ["spacefaring-one", "spacefaring-two"],
    run: [
      "python",
      "-c",
      "import space.one, space.two, space.shared_a, space.deep.er.two; print(space.one.n + space.two.n)",
    ],
    prints: "3\n",
  },
  {
    title: "an extra",
    with: ["tool[extra]"],
    run: ["python", "-c", "import space.one; print(space.one.n)"],
    prints: "1\n",
  },
  {
    title: "metadata of the installed packages",
    with: ["tool", "spacefaring-one"],
    run: [
      "python",
      "-c",
      "from importlib.metadata import distributions, version, distribution; print(version('tool'), distribution('tool').read_text('INSTALLER').strip(), sorted(d.name for d in distributions()))",
    ],
    prints: "1.2 posy ['spacefaring-one', 'tool']\n",
  },
  {
    title: "a requirement with a range",
    with: ["spacefaring-two>=1,<2"],
    run: ["python", "-c", "import space.two; print(space.two.n)"],
    prints: "2\n",
  },
  {
    title: "no packages: only the standard library on `sys.path`",
    with: [],
    run: [
      "python",
      "-c",
      "import sys, os; print([p for p in sys.path[1:] if 'site-packages' not in p and not p.startswith((sys.base_prefix, sys.prefix))], os.getcwd() in sys.path[1:])",
    ],
    prints: "[] False\n",
  },
];

describe("a program in an environment", () => {
  for (const { title, with: requirements, run, prints, status } of programs) {
    test(`works with ${title}`, async () => {
      await using index = await startIndex({ files });
      using sandbox = await newSandbox();
      const options = requirements.flatMap((requirement) => ["--with", requirement]);
      const ended = await sandbox.posy(["run", "--default-index", index.url, ...options, "--", ...run]);
      assert.equal(ended.stdout, prints, ended.stderr);
      assert.equal(ended.status, status ?? 0);
      assert.equal(ended.stderr, "", "quiet where there is no terminal");
    });
  }
});

describe("a child process", () => {
  const children: Readonly<Record<string, string>> = {
    "with `sys.executable`": "subprocess.check_output([sys.executable, '-c', code])",
    "in isolated mode (`-I`)": "subprocess.check_output([sys.executable, '-I', '-c', code])",
    "with `-E`, which ignores variables": "subprocess.check_output([sys.executable, '-E', '-c', code])",
    "with no variables": "subprocess.check_output([sys.executable, '-c', code], env={})",
    "by name from the PATH": "subprocess.check_output(['python', '-c', code])",
    "as `python3`": "subprocess.check_output(['python3', '-c', code])",
    "by a shell": "subprocess.check_output('python -c \"' + code + '\"', shell=True)",
    "by `multiprocessing` with `spawn`":
      "(multiprocessing.get_context('spawn').Pool(1).apply(importlib.metadata.version, ('tool',)) + chr(10)).encode()",
  };
  for (const [title, expression] of Object.entries(children)) {
    test(`is in the environment when started ${title}`, async () => {
      await using index = await startIndex({ files });
      using sandbox = await newSandbox();
      const script = [
        "import importlib.metadata, multiprocessing, subprocess, sys",
        "code = 'import tool, importlib.metadata as m; print(m.version(chr(116) + chr(111) + chr(111) + chr(108)))'",
        `print((${expression}).decode(), end='')`,
      ].join("\n");
      const args = ["run", "--default-index", index.url, "--with", "tool", "--", "python", "-c", script];
      assertPrinted(await sandbox.posy(args), "1.2\n");
    });
  }

  test("does not see the user's site-packages", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const script = "import site, sys; print(site.ENABLE_USER_SITE, any('.local' in p for p in sys.path))";
    const args = ["run", "--default-index", index.url, "--with", "tool", "--", "python", "-c", script];
    assertPrinted(await sandbox.posy(args, { env: { PYTHONHOME: "/nowhere" } }), "False False\n");
  });
});

test("equal Briefs have the same Env, and different Briefs have different Envs", async () => {
  await using index = await startIndex({ files });
  using sandbox = await newSandbox();
  const prefix = async (...requirements: string[]) => {
    const options = requirements.flatMap((requirement) => ["--with", requirement]);
    const args = [
      "run",
      "--default-index",
      index.url,
      ...options,
      "--",
      "python",
      "-c",
      "import sys; print(sys.prefix)",
    ];
    return (await sandbox.posy(args)).stdout.trim();
  };
  const first = await prefix("tool");
  assert.equal(await prefix("tool"), first);
  assert.notEqual(await prefix("tool", "spacefaring-one"), first);
  assert.equal(readdirSync(join(sandbox.home, "data", "envs-v1")).length, 2);
});
