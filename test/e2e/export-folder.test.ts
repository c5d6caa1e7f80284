import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const main = `import importlib.metadata, json, multiprocessing, os, site, subprocess, sys
def square(number):
    return number * number
def main():
    child = subprocess.run([sys.executable, "-I", "-c", "import tool; print(tool.__name__)"], capture_output=True, text=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        squares = pool.map(square, [1, 2])
    print(json.dumps({
        "arguments": sys.argv[1:], "name": os.path.basename(sys.argv[0]), "prefix": sys.prefix,
        "version": importlib.metadata.version("tool"), "child": child.stdout.strip() or child.stderr,
        "squares": squares, "user": site.ENABLE_USER_SITE, "home": os.environ.get("PYTHONHOME"),
        "data": os.path.exists(os.path.join(sys.prefix, "share", "tool", "data.txt")),
        "namespace": __import__("ns.one").one.x + __import__("ns.two").two.x,
        "missing": [str(f) for f in importlib.metadata.files("tool") if not f.locate().exists()],
    }))
    sys.exit(3 if "fail" in sys.argv else 0)
`;

const tool = makeWheel({
  name: "tool",
  files: {
    "tool/__init__.py": "",
    "tool/main.py": main,
    "tool/tests/__init__.py": "",
    "used/__init__.py": "from .tests import helpers\n",
    "used/tests/helpers.py": "",
    "tool-1.0.data/data/share/tool/data.txt": "data\n",
    "tool-1.0.data/headers/tool.h": "",
    "tool-1.0.data/scripts/old-script": "#!python\nprint('old')\n",
    "tool-1.0.data/scripts/future-script":
      "#!python\n'''Documentation.'''\nfrom __future__ import annotations\nprint('future')\n",
    "tool-1.0.dist-info/licenses/LICENSE": "Do what you like.\n",
    "ns/one.py": "x = 1\n",
  },
  metadata: ["License-Expression: MIT"],
  requires: ["other"],
  entryPoints: { tool: "tool.main:main" },
});
const other = makeWheel({ name: "other", files: { "other.py": "", "ns/two.py": "x = 2\n" } });
const windowsOnly = makeWheel({
  name: "windows-only",
  tags: "py3-none-win_amd64",
  files: { "windows_only.py": "" },
});

describe("`posy export --dir`", () => {
  let index: TestIndex;
  let sandbox: Sandbox;
  let exported: string;

  before(async () => {
    index = await startIndex({ files: [tool, other, windowsOnly] });
    sandbox = await newSandbox();
    exported = join(sandbox.cwd, "exported");
    const run = await posy(["--dir", exported, "tool"]);
    assert.equal(run.status, 0, run.stderr);
  });
  after(async () => {
    makeWritable(sandbox.root);
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (
    args: readonly string[],
    options: { readonly env?: Record<string, string>; readonly shell?: string } = {},
  ) =>
    sandbox.posy(["export", ...args], { ...options, env: { UV_DEFAULT_INDEX: index.url, ...options.env } });

  /** Runs a program of an application without the variables of this process. */
  const run = (program: string, args: readonly string[] = [], env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
    assert.ok(stdout !== "", `it printed nothing: ${stderr}`);
    const facts = JSON.parse(stdout) as Record<string, unknown>;
    return { ...facts, status, arguments: facts["arguments"] };
  };
  const expected = (prefix: string) => ({
    status: 0,
    arguments: [],
    name: "tool",
    prefix,
    version: "1.0",
    child: "tool",
    squares: [1, 4],
    user: false,
    home: null,
    data: true,
    namespace: 3,
    missing: [],
  });

  test("starts without variables, and works as in an environment", () => {
    assert.deepEqual(run(join(exported, "bin", "tool")), expected(exported));
  });

  test("passes arguments and the exit status on", () => {
    const result = run(join(exported, "bin", "tool"), ["a b", "", "fail"]);
    assert.deepEqual([result.status, result.arguments], [3, ["a b", "", "fail"]]);
  });

  test("ignores another Python's home and the user's own packages", () => {
    const user = join(sandbox.root, "user");
    const [minor] = readdirSync(join(exported, "lib")).filter((name) => name.startsWith("python3"));
    const packages = join(user, ".local", "lib", String(minor), "site-packages");
    mkdirSync(packages, { recursive: true });
    writeFileSync(join(packages, "other.py"), "raise SystemExit('the package of the user')\n");
    const environment = { HOME: user, PYTHONHOME: "/nowhere" };
    assert.deepEqual(run(join(exported, "bin", "tool"), [], environment), expected(exported));
    const python = join(exported, "bin", "python");
    const code = "import sys; print([path for path in sys.path if '.local' in path])";
    assert.equal(execFileSync(python, ["-c", code], { encoding: "utf8", env: { HOME: user } }), "[]\n");
  });

  test("runs scripts of wheels, also with imports from `__future__`", () => {
    for (const [name, text] of [
      ["old-script", "old\n"],
      ["future-script", "future\n"],
    ] as const) {
      assert.equal(execFileSync(join(exported, "bin", name), { encoding: "utf8", env: {} }), text);
    }
  });

  test("works in a folder with spaces and accents, through links, read-only, and after moving twice", () => {
    const moved = join(sandbox.cwd, "zweiter Ort", "größe & 'co'");
    mkdirSync(join(moved, ".."), { recursive: true });
    execFileSync("cp", ["-a", exported, join(sandbox.cwd, "copy")]);
    renameSync(join(sandbox.cwd, "copy"), join(sandbox.cwd, "first"));
    renameSync(join(sandbox.cwd, "first"), moved);
    const link = join(sandbox.cwd, "tool");
    symlinkSync(join("zweiter Ort", "größe & 'co'", "bin", "tool"), link);
    const second = join(sandbox.cwd, "second-link");
    symlinkSync(link, second);
    execFileSync("chmod", ["-R", "a-w", moved]);
    assert.deepEqual(run(join(moved, "bin", "tool")), expected(moved));
    assert.deepEqual(run(second), { ...expected(moved), name: "second-link" });
    const found = spawnSync("sh", ["-c", "cd / && tool"], {
      encoding: "utf8",
      env: { PATH: `${join(moved, "bin")}:/usr/bin:/bin` },
    });
    assert.equal(found.status, 0, found.stderr);
    const inside = spawnSync("sh", ["tool"], { cwd: join(moved, "bin"), encoding: "utf8" });
    assert.equal(inside.status, 0, inside.stderr);
  });

  test("works for another user", { skip: process.getuid?.() !== 0 && "needs root" }, () => {
    const open = "/tmp/posy-export-of-root";
    rmSync(open, { recursive: true, force: true });
    try {
      execFileSync("cp", ["-a", exported, open]);
      const result = spawnSync(join(open, "bin", "tool"), {
        encoding: "utf8",
        env: {},
        uid: 65534,
        gid: 65534,
      });
      assert.equal(result.status, 0, result.stderr);
    } finally {
      rmSync(open, { recursive: true, force: true });
    }
  });

  test("makes environments with `venv`", () => {
    const folder = join(sandbox.cwd, "venv");
    execFileSync(join(exported, "bin", "python"), ["-m", "venv", "--without-pip", folder], { env: {} });
    const code = "import sys; print(sys.base_prefix)";
    const printed = execFileSync(join(folder, "bin", "python"), ["-c", code], { encoding: "utf8", env: {} });
    assert.equal(printed, `${exported}\n`);
  });

  test("lists every file with its package and hash, and the licences", () => {
    const manifest = JSON.parse(readFileSync(join(exported, "posy-manifest.json"), "utf8"));
    assert.deepEqual(
      [manifest.name, manifest.version, manifest.packages],
      ["tool", "1.0", { other: "1.0", tool: "1.0" }],
    );
    const [path, file] = Object.entries<{ package: string; sha256: string }>(manifest.files).find(([name]) =>
      name.endsWith("tool/main.py"),
    ) as [string, { package: string; sha256: string }];
    assert.equal(file.package, "tool");
    assert.equal(file.sha256, sha256(readFileSync(join(exported, path))));
    const licences = readFileSync(join(exported, "posy-licenses.txt"), "utf8");
    assert.match(licences, /tool 1\.0\nLicense-Expression: MIT\n[^]*Do what you like\./);
    const sbom = JSON.parse(readFileSync(join(exported, "posy-sbom.cdx.json"), "utf8"));
    assert.deepEqual(sbom.components.map(({ name }: { name: string }) => name).sort(), [
      "cpython",
      "other",
      "tool",
    ]);
  });

  test("contains no path of the machine that made it", () => {
    const found = spawnSync("grep", ["-rla", "--exclude=*.pyc", sandbox.root, exported], {
      encoding: "utf8",
    });
    assert.equal(found.stdout, "");
  });

  test("`--verify` finds what was changed, added and removed", async () => {
    const folder = join(sandbox.cwd, "damaged");
    execFileSync("cp", ["-a", exported, folder]);
    const right = await posy(["--verify", folder]);
    assert.deepEqual([right.status, right.stdout], [0, ""]);
    appendFileSync(join(folder, "bin", "tool"), "#");
    writeFileSync(join(folder, "bin", "added"), "");
    rmSync(join(folder, "share", "tool", "data.txt"));
    const wrong = await posy(["--verify", folder]);
    assert.deepEqual(
      [wrong.status, wrong.stdout],
      [1, "added bin/added\nchanged bin/tool\nmissing share/tool/data.txt\n"],
    );
  });

  test("gives the same bytes under another umask, time zone, home and store", async () => {
    const second = await newSandbox();
    try {
      for (const [where, name, shell, env] of [
        [sandbox, "one", 'umask 022; exec "$@"', {}],
        [second, "two", 'umask 077; exec "$@"', { TZ: "Asia/Kathmandu", LANG: "C", HOME: second.cwd }],
      ] as const) {
        const folder = join(where.cwd, name);
        const written = await where.posy(
          [
            "export",
            "--dir",
            folder,
            "--tar",
            `${folder}/../app.tar.gz`,
            "--zip",
            `${folder}/../app.zip`,
            "tool",
          ],
          { shell, env: { UV_DEFAULT_INDEX: index.url, ...env } },
        );
        assert.equal(written.status, 0, written.stderr);
      }
      assert.deepEqual(listed(join(sandbox.cwd, "one")), listed(join(second.cwd, "two")));
      for (const name of ["app.tar.gz", "app.zip"]) {
        assert.equal(
          sha256(readFileSync(join(sandbox.cwd, name))),
          sha256(readFileSync(join(second.cwd, name))),
        );
      }
    } finally {
      second[Symbol.dispose]();
    }
  });

  test("archives have the same files, with the time of `SOURCE_DATE_EPOCH`", async () => {
    const written = await posy(["--tar", "dated.tar", "--zip", "dated.zip", "tool"], {
      env: { SOURCE_DATE_EPOCH: "1600000000" },
    });
    assert.equal(written.status, 0, written.stderr);
    for (const command of [
      ["tar", "-xf", "dated.tar", "--one-top-level=from-tar"],
      ["python3", "-m", "zipfile", "-e", "dated.zip", "from-zip"],
    ] as const) {
      execFileSync(command[0], command.slice(1), { cwd: sandbox.cwd });
    }
    const launcher = join(sandbox.cwd, "from-tar", "dated", "bin", "tool");
    assert.equal(statSync(launcher).mtimeMs, 1_600_000_000_000);
    assert.equal(run(launcher).status, 0);
    assert.equal((await posy(["--verify", "from-tar/dated"])).status, 0);
    const inZip = readFileSync(join(sandbox.cwd, "from-zip", "dated", "bin", "tool"));
    assert.deepEqual(inZip, readFileSync(launcher));
  });

  test("streams a tar archive to standard output", async () => {
    const piped = await posy(["--tar", "-", "tool"], { shell: '"$@" | tar -tf - | grep -c bin/tool' });
    assert.equal(piped.stdout.trim(), "1");
  });

  test("refuses a folder that is not empty, and `--force` replaces only an export", async () => {
    const full = join(sandbox.cwd, "full");
    mkdirSync(full);
    writeFileSync(join(full, "mine.txt"), "");
    assertFailed(await posy(["--dir", full, "--force", "tool"]), 1, /is not empty/);
    assert.deepEqual(readdirSync(full), ["mine.txt"]);
    const again = join(sandbox.cwd, "again");
    assert.equal((await posy(["--dir", again, "other"])).status, 0);
    assertFailed(await posy(["--dir", again, "tool"]), 1, /has an earlier export/);
    assert.equal(existsSync(join(again, "bin", "tool")), false);
    assert.equal((await posy(["--dir", again, "--force", "tool"])).status, 0);
    assert.equal(run(join(again, "bin", "tool")).status, 0);
    const empty = join(sandbox.cwd, "empty");
    mkdirSync(empty);
    assert.equal((await posy(["--dir", empty, "other"])).status, 0);
  });

  test("writes nothing after a failure", async () => {
    const before = readdirSync(sandbox.cwd);
    for (const [args, status, message] of [
      [["--dir", "new", "windows-only"], 1, /windows-only/],
      [["--dir", "new", "absent-package"], 1, /absent-package/],
      [["--dir", "new", "--entry-point", "serve=shop.web:main", "tool"], 1, /there is no such module/],
      [["--dir", "new", "--entry-point", "serve", "tool"], 2, /is not an entry point/],
      [["--dir", "new", "--platform", "amiga", "tool"], 2, /amiga/],
      [
        ["--dir", "new", "--platform", "linux-x86_64", "--platform", "windows-x86_64", "tool"],
        2,
        /one platform/,
      ],
      [["--tar", "new.rar", "tool"], 2, /is not the name of a tar archive/],
      [["--dir", "new", "--format", "pylock", "tool"], 2, /is for texts/],
      [["--strip", "tool"], 2, /is for an application/],
      [["--dir", "new"], 2, /nothing to make an application of/],
    ] as const) {
      assertFailed(await posy([...args, "--no-project"]), status, message);
    }
    assert.deepEqual(readdirSync(sandbox.cwd), before);
  });

  test("`--entry-point` adds a program", async () => {
    const folder = join(sandbox.cwd, "entry");
    const written = await posy(["--dir", folder, "--entry-point", "mine=tool.main:main", "tool"]);
    assert.equal(written.status, 0, written.stderr);
    assert.deepEqual(run(join(folder, "bin", "mine")), { ...expected(folder), name: "mine" });
  });

  test("`--python-only` has no packages", async () => {
    const folder = join(sandbox.cwd, "python");
    assert.equal((await posy(["--dir", folder, "--python-only", "--no-project"])).status, 0);
    const code = "import importlib.metadata as m; print([d.name for d in m.distributions()])";
    const python = join(folder, "bin", "python");
    assert.equal(execFileSync(python, ["-c", code], { encoding: "utf8", env: {} }), "[]\n");
  });

  test("`--strip` removes tests and headers that nothing uses, and reports it", async () => {
    const folder = join(sandbox.cwd, "stripped");
    const written = await posy(["--dir", folder, "--strip", "tool"]);
    assert.equal(written.status, 0, written.stderr);
    assert.match(written.stderr, /^removed tests: 1 files?, /m);
    assert.match(written.stderr, /^removed headers: \d+ files, /m);
    const files = readdirSync(folder, { recursive: true }) as string[];
    assert.deepEqual(
      files.filter((path) => /tool\/tests|\.h$/.test(path)),
      [],
    );
    assert.ok(files.some((path) => path.endsWith("used/tests/helpers.py")));
    assert.deepEqual(run(join(folder, "bin", "tool")), expected(folder));
  });

  test("`--compile` adds the same bytecode each time, and Python takes it", async () => {
    const folders = ["compiled-one", "compiled-two"].map((name) => join(sandbox.cwd, name));
    for (const folder of folders) {
      assert.equal((await posy(["--dir", folder, "--compile", "tool"])).status, 0);
    }
    const [first = "", second = ""] = folders;
    assert.deepEqual(listed(first), listed(second));
    const before = readdirSync(first, { recursive: true }).length;
    assert.deepEqual(run(join(first, "bin", "tool")), expected(first));
    assert.equal(readdirSync(first, { recursive: true }).length, before);
    const pyc = (readdirSync(first, { recursive: true }) as string[]).find((path) =>
      /tool.__pycache__.main/.test(path),
    );
    const bytes = readFileSync(join(first, pyc ?? ""));
    // PEP 552: the flags say that the bytecode has a hash of its source, which is not checked.
    assert.equal(bytes.readUInt32LE(4), 1);
    assert.ok(!bytes.includes(sandbox.root));
  });

  test("`--hardlink` shares files with the store", async () => {
    const folder = join(sandbox.cwd, "linked");
    assert.equal((await posy(["--dir", folder, "--hardlink", "tool"])).status, 0);
    assert.ok(statSync(join(folder, "share", "tool", "data.txt")).nlink > 1);
    assert.equal(statSync(join(exported, "share", "tool", "data.txt")).nlink, 1);
    assert.equal(run(join(folder, "bin", "tool")).status, 0);
  });

  test("exports a script with its packages", async () => {
    const script =
      "# /// script\n# dependencies = ['other']\n# ///\nfrom __future__ import annotations\nimport json, other, sys\n";
    writeFileSync(join(sandbox.cwd, "job.py"), `${script}print(json.dumps({"arguments": sys.argv[1:]}))\n`);
    const folder = join(sandbox.cwd, "job");
    const written = await posy(["--dir", folder, "--script", "job.py"]);
    assert.equal(written.status, 0, written.stderr);
    assert.deepEqual(run(join(folder, "bin", "job"), ["x"]), { status: 0, arguments: ["x"] });
    assert.equal(existsSync(join(sandbox.cwd, "job.py.lock")), false);
  });

  test("exports a project as a wheel and not as a link to its folder, also for Windows", async () => {
    const project = join(sandbox.root, "project");
    const pyproject = `[project]
name = "shop"
version = "2.0"
dependencies = ["tool"]
[dependency-groups]
dev = ["other"]
[tool.posy]
platforms = ["linux-x86_64", "windows-x86_64"]
`;
    for (const [path, text] of Object.entries(treeFiles({ name: "shop", version: "2.0", pyproject }))) {
      mkdirSync(join(project, path, ".."), { recursive: true });
      writeFileSync(join(project, path), text);
    }
    const folder = join(sandbox.root, "shop-exported");
    for (const [platform, into] of [
      ["linux-x86_64", folder],
      ["windows-x86_64", `${folder}-windows`],
    ] as const) {
      const written = await sandbox.posy(["export", "--no-dev", "--dir", into, "--platform", platform], {
        cwd: project,
        env: { UV_DEFAULT_INDEX: index.url },
      });
      assert.equal(written.status, 0, written.stderr);
      const { files } = JSON.parse(readFileSync(join(into, "posy-manifest.json"), "utf8"));
      const own = Object.entries<{ package: string }>(files).filter(([, file]) => file.package === "shop");
      assert.ok(own.some(([path]) => path.endsWith("shop-2.0.dist-info/METADATA")));
      assert.ok(!own.some(([path]) => path.endsWith(".pth") || path.endsWith("direct_url.json")));
    }
    // A wheel with compiled code is for this machine only.
    const compiled = treeFiles({ name: "shop", version: "2.0", pyproject, tags: "py3-none-linux_x86_64" });
    const changed = join(sandbox.root, "compiled");
    for (const [path, text] of Object.entries(compiled)) {
      mkdirSync(join(changed, path, ".."), { recursive: true });
      writeFileSync(join(changed, path), text);
    }
    assertFailed(
      await sandbox.posy(["export", "--dir", "out", "--platform", "windows-x86_64"], {
        cwd: changed,
        env: { UV_DEFAULT_INDEX: index.url },
      }),
      1,
      /`shop 2\.0` has no wheel for windows-x86_64, and the one that is built here is for this machine only/,
    );
    assert.equal(existsSync(join(changed, "out")), false);
    renameSync(project, `${project}-gone`);
    const code = "import shop; print(*shop.__path__)";
    const printed = execFileSync(join(folder, "bin", "python"), ["-c", code], { encoding: "utf8", env: {} });
    assert.ok(printed.startsWith(folder));
    assert.ok(existsSync(`${folder}-windows/Scripts/tool.exe`));
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Returns path, mode and hash of every file of a folder. */
function listed(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((child) => {
      const path = join(child.parentPath, child.name);
      const mode = child.isSymbolicLink() ? "link" : (statSync(path).mode & 0o777).toString(8);
      return `${path.slice(folder.length)} ${mode} ${child.isFile() ? sha256(readFileSync(path)) : ""}`;
    })
    .sort();
}

function makeWritable(folder: string): void {
  for (const child of readdirSync(folder, { withFileTypes: true })) {
    if (child.isDirectory()) {
      chmodSync(join(folder, child.name), 0o755);
      makeWritable(join(folder, child.name));
    }
  }
}
