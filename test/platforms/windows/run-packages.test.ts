import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { withoutWine } from "../support/wine.ts";

const files = [
  makeWheel({
    name: "tool",
    version: "1.2",
    files: {
      "tool/__init__.py":
        "import sys\nclass App:\n    def main(self=None):\n        print('tool', ascii(sys.argv[1:]))\n        return 3\n",
      "tool/__main__.py": "print('as a module')\n",
      "tool/data/reserved.txt": "",
      "tool-1.2.data/scripts/hash-bang":
        "#!python\nimport sys\nprint('script', sys.prefix != sys.base_prefix)\n",
      "tool-1.2.data/scripts/named.py": "#!python\nprint('named', __file__.endswith('named.py'))\n",
      "tool-1.2.data/scripts/windowed": "#!pythonw\nprint('windowed')\n",
      "tool-1.2.data/scripts/batch.cmd": "@echo batch [%1] [%2]\r\n@exit /b 4\r\n",
      "tool-1.2.data/data/share/tool/data.txt": "data under the prefix\n",
      "tool_path.pth": "import sys; sys.tool_pth = 'pth was read'\n",
    },
    entryPoints: { tool: "tool:App.main", "dotted.name": "tool:App.main [extra]" },
    guiEntryPoints: { "tool-gui": "tool:App.main" },
    metadata: ["Provides-Extra: extra"],
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
  run: readonly string[];
  prints: string;
  status?: number;
}[] = [
  {
    title: "an entry point with arguments and a status",
    run: ["tool", "a b", 'say "hi"', "", "c\\", "%PATH%", "é"],
    prints: "tool ['a b', 'say \"hi\"', '', 'c\\\\', '%PATH%', '\\xe9']\r\n",
    status: 3,
  },
  { title: "an entry point by its whole name", run: ["tool.exe"], prints: "tool []\r\n", status: 3 },
  { title: "an entry point in capitals", run: ["TOOL"], prints: "tool []\r\n", status: 3 },
  { title: "an entry point with a dot", run: ["dotted.name"], prints: "tool []\r\n", status: 3 },
  { title: "a gui script", run: ["tool-gui", "x"], prints: "tool ['x']\r\n", status: 3 },
  { title: "a #!python script", run: ["hash-bang"], prints: "script True\r\n" },
  { title: "a #!python script with an ending", run: ["named.py"], prints: "named True\r\n" },
  { title: "a #!python script without its ending", run: ["named"], prints: "named True\r\n" },
  { title: "a #!pythonw script", run: ["windowed"], prints: "windowed\r\n" },
  { title: "a batch file", run: ["batch", "one", "two"], prints: "batch [one] [two]\r\n", status: 4 },
  {
    title: "a batch file by its whole name",
    run: ["batch.cmd", "a b"],
    prints: 'batch ["a b"] []\r\n',
    status: 4,
  },
  { title: "a module", run: ["python", "-m", "tool"], prints: "as a module\r\n" },
  {
    title: "data under the prefix",
    run: [
      "python",
      "-c",
      "import sys, pathlib; print(pathlib.Path(sys.prefix, 'share/tool/data.txt').read_text(), end='')",
    ],
    prints: "data under the prefix\r\n",
  },
  {
    title: "a .pth file",
    run: ["python", "-c", "import sys; print(sys.tool_pth)"],
    prints: "pth was read\r\n",
  },
  {
    title: "a namespace package of two wheels",
    run: ["python", "-c", "import space.one, space.two; print(space.one.n + space.two.n)"],
    prints: "3\r\n",
  },
  {
    title: "the largest exit code",
    run: ["python", "-c", "import os; os._exit(255)"],
    prints: "",
    status: 255,
  },
  {
    title: "input and output in UTF-8",
    run: ["python", "-X", "utf8", "-c", "print(input())"],
    prints: "日本 é\r\n",
  },
];

describe("posy run on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;

  before(async () => {
    index = await startIndex({ files });
    sandbox = await newWindowsSandbox();
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const withTools = () =>
    ["tool", "spacefaring-one", "spacefaring-two"]
      .flatMap((name) => ["--with", name])
      .concat("--index", index.url);

  for (const { title, run, prints, status = 0 } of programs) {
    test(`starts ${title}`, async () => {
      const done = await sandbox.posy(["run", ...withTools(), "--", ...run], { stdin: "日本 é\n" });
      assert.equal(done.stdout, prints, done.stderr);
      assert.equal(done.status, status, done.stderr);
    });
  }

  test("refuses arguments for a batch file that cmd.exe would not pass on", async () => {
    const done = await sandbox.posy(["run", ...withTools(), "--", "batch", "a\nb"]);
    assert.match(done.stderr, /^error: .*batch\.cmd/m);
    assert.notEqual(done.status, 0);
  });

  test("passes special characters to a batch file without running them", async () => {
    const done = await sandbox.posy(["run", ...withTools(), "--", "batch", 'x" & echo injected & "']);
    assert.doesNotMatch(done.stdout, /^injected/m);
    assert.match(done.stdout, /^batch \["x"" & echo injected/);
  });

  test("says with `-v` how the disk of the store is used, and makes real folders without links", async () => {
    using other = await newWindowsSandbox();
    const done = await other.posy(["run", "-v", ...withTools(), "--", "python", "-c", "import tool"]);
    assert.match(done.stderr, /the disk of the store has no links to folders: .* hard links to files/);
    const envs = join(other.home, "data", "envs-v1");
    const site = join(envs, readdirSync(envs)[0] ?? "", "Lib", "site-packages");
    assert.ok(lstatSync(join(site, "tool")).isDirectory());
    assert.ok(statSync(join(site, "tool", "__init__.py")).nlink > 1);
    assert.ok(existsSync(join(site, "tool", "__pycache__")));
  });
});
