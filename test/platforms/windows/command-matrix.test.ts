import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import commandTable from "../../../src/cli/completion/command-table.json" with { type: "json" };
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { testArchive } from "../../support/standalone-archive.ts";
import { type RegistryServer, startRegistry } from "../../support/registry-server.ts";
import { startUploadServer, type UploadServer } from "../../support/upload-server.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { withoutWine } from "../support/wine.ts";

/** A build backend without requirements. */
const backend = `import os, tarfile, zipfile
def build_sdist(folder, settings=None):
    name = "app-0.1.tar.gz"
    with tarfile.open(os.path.join(folder, name), "w:gz") as sdist:
        with open("PKG-INFO", "w", newline="\\n") as info: info.write("Metadata-Version: 2.2\\nName: app\\nVersion: 0.1\\nDescription-Content-Type: text/markdown\\n\\nAn app.\\n")
        for file in ["PKG-INFO", "pyproject.toml", "backend.py", "app.py"]: sdist.add(file, "app-0.1/" + file)
    return name
def build_wheel(folder, settings=None, metadata=None):
    name = "app-0.1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.write("app.py")
        wheel.writestr("app-0.1.dist-info/METADATA", "Metadata-Version: 2.2\\nName: app\\nVersion: 0.1\\nDescription-Content-Type: text/markdown\\n\\nAn app.\\n")
        wheel.writestr("app-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("app-0.1.dist-info/RECORD", "")
    return name
`;

const packageManifest = `[project]
name = "app"
version = "0.1"
readme = "README.md"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
`;

const manifest = `[project]
name = "app"
version = "0.1"
dependencies = []

[tool.posy]
platforms = ["windows-x86_64"]

[tool.posy.commands]
hello = "python -c \\"print('hello')\\""
`;

const wheels = [
  makeWheel({ name: "lib", version: "1.0", files: { "lib.py": "value = 1\n" }, requires: ["dep"] }),
  makeWheel({ name: "lib", version: "2.0", files: { "lib.py": "value = 2\n" }, requires: ["dep"] }),
  makeWheel({ name: "dep", files: { "dep.py": "" } }),
  makeWheel({ name: "other", files: { "other.py": "" }, entryPoints: { other: "other:__name__.upper" } }),
];

const archive = testArchive("3.13.5+20250612");
const pybi = makePybi();

interface Row {
  readonly command: string;
  /** What follows the command. */
  readonly args?: readonly string[];
  /** What it prints on standard output. Line ends are those of Linux here. */
  readonly prints?: RegExp;
  readonly stdin?: string;
  /** The folder of the project, unless it is another one. */
  readonly cwd?: string;
}

/** All commands, in an order in which each finds what it needs. */
const rows: readonly Row[] = [
  { command: "new", args: ["fresh"], cwd: "." },
  { command: "new", args: ["--script", "made.py"], cwd: "." },
  { command: "init", args: ["existing"], cwd: "." },
  { command: "add", args: ["lib<2"], prints: /\+ lib 1\.0/ },
  { command: "add", args: ["other"], prints: /\+ other 1\.0/ },
  { command: "remove", args: ["other"], prints: /- other/ },
  { command: "lock" },
  { command: "lock", args: ["--check"] },
  { command: "env", prints: /envs-v1\\cpython-/ },
  { command: "env", args: ["--path"], prints: /^Z:\\.*\\envs-v1\\cpython-\S+\n$/ },
  { command: "env", args: ["--shell", "powershell"], prints: /Activate\.ps1|\$env:/i },
  { command: "run", args: ["python", "-c", "import lib; print(lib.value)"], prints: /^1\n$/ },
  { command: "run", args: ["hello"], prints: /^hello\n$/ },
  { command: "run", args: ["-m", "lib"] },
  { command: "run", args: ["--list"], prints: /hello/ },
  { command: "shell", stdin: "exit\r\n" },
  { command: "tree", prints: /lib 1\.0/ },
  { command: "why", args: ["dep"], prints: /dep 1\.0/ },
  { command: "outdated", args: ["--all"], prints: /lib/ },
  { command: "upgrade", args: ["lib"], prints: /lib/ },
  { command: "version", prints: /app 0\.1/ },
  { command: "version", args: ["0.1"] },
  { command: "export", args: ["--no-hashes"], prints: /^lib==/m },
  { command: "export", args: ["--format", "cyclonedx"], prints: /CycloneDX/ },
  { command: "export", args: ["--target", "packages.zip", "lib"] },
  { command: "resolve", args: ["lib"], prints: /lib/ },
  {
    command: "download",
    args: ["--no-python", "-o", "files"],
    prints: /^files\\lib-1\.0-py3-none-any\.whl {2}/m,
  },
  { command: "build", prints: /app-0\.1-py3-none-any\.whl/, cwd: "package" },
  {
    command: "publish",
    args: ["--publish-url", "UPLOAD"],
    prints: /app-0\.1\.tar\.gz: uploaded/,
    cwd: "package",
  },
  { command: "add", args: ["--script", "..\\made.py", "lib"] },
  { command: "lock", args: ["--script", "..\\made.py"] },
  { command: "tree", args: ["--script", "..\\made.py"], prints: /lib/ },
  { command: "run", args: ["..\\made.py"] },
  { command: "remove", args: ["--script", "..\\made.py", "lib"] },
  { command: "python list", prints: /in the store/ },
  { command: "python find", prints: /\\pythons-v1\\.*python\.exe\n$/ },
  { command: "python dir", prints: /pythons-v1\n$/ },
  { command: "python pin", args: ["3"], cwd: "fresh" },
  { command: "python pin", prints: /^3/, cwd: "fresh" },
  { command: "python install", prints: /3\./ },
  { command: "python upgrade" },
  { command: "pybi convert", args: [archive.filename, "-o", "pybis"], prints: /\.pybi\n$/ },
  { command: "pybi show", args: [pybi.filename], prints: /3\.13\.5/ },
  { command: "pybi check", args: ["--no-run", pybi.filename], prints: /good, not run/ },
  { command: "pybi unpack", args: [pybi.filename, "-o", "unpacked"], prints: /unpacked\n$/ },
  { command: "pybi index", args: ["pybis"] },
  { command: "cache dir", prints: /Z:\\/ },
  { command: "cache size", prints: /\d/ },
  {
    command: "cache push",
    args: ["REGISTRY", "--only", "pages"],
    prints: /index pages and metadata: pushed/,
  },
  { command: "cache pull", args: ["REGISTRY", "--only", "pages"], prints: /is there already/ },
  { command: "help", prints: /posy run/ },
  { command: "help", args: ["run"], prints: /Usage: posy run/ },
  { command: "completions", args: ["bash"], prints: /complete/ },
  { command: "doctor", args: ["--offline"], prints: /windows-x86_64/ },
  { command: "self info", prints: /posy/ },
  { command: "cache verify" },
  { command: "python uninstall", args: ["3"] },
  { command: "cache prune" },
  { command: "cache clean" },
];

/** Commands that other files here test, and those that Wine cannot run. */
const elsewhere: Readonly<Record<string, string>> = {
  "": "start.test.ts",
  tool: "shows its help only",
  python: "shows its help only",
  pybi: "shows its help only",
  cache: "shows its help only",
  self: "shows its help only",
  "self update": "self.test.ts",
  "self uninstall": "self.test.ts",
  install: "does what `tool install` does",
  "tool run": "tools.test.ts",
  "tool install": "tools.test.ts",
  "tool list": "tools.test.ts",
  "tool upgrade": "tools.test.ts",
  "tool uninstall": "tools.test.ts",
  "tool export": "tools.test.ts",
  "tool sync": "tools.test.ts",
  "tool dir": "tools.test.ts",
  "tool update-shell": "changes the registry by PowerShell, which Wine does not have",
  "pybi pack": "pythons.test.ts: packs Pythons for Linux only",
};

describe("every command on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let uploads: UploadServer;
  let registry: RegistryServer;
  const addressOf = (arg: string) =>
    arg === "UPLOAD" ? uploads.url : arg === "REGISTRY" ? `oci://${registry.host}/team/store` : arg;
  let sandbox: WindowsSandbox;

  before(async () => {
    index = await startIndex({ files: wheels });
    uploads = await startUploadServer();
    registry = await startRegistry();
    sandbox = await newWindowsSandbox();
    for (const folder of ["app", "existing", "package"]) mkdirSync(join(sandbox.cwd, folder));
    writeFileSync(join(sandbox.cwd, "existing", "requirements.txt"), "lib\n");
    const app = join(sandbox.cwd, "app");
    writeFileSync(join(app, "pyproject.toml"), manifest);
    for (const [name, text] of [
      ["pyproject.toml", packageManifest],
      ["backend.py", backend],
      ["app.py", "value = 1\n"],
      ["README.md", "An app.\n"],
    ] as const) {
      writeFileSync(join(sandbox.cwd, "package", name), text);
    }
    for (const { filename, bytes } of [archive, pybi]) writeFileSync(join(app, filename), bytes);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
    await uploads[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  test("is a row here, or has a test of its own", () => {
    const covered = new Set([...rows.map(({ command }) => command), ...Object.keys(elsewhere)]);
    assert.deepEqual(
      Object.keys(commandTable.commands).filter((command) => !covered.has(command)),
      [],
    );
  });

  for (const { command, args = [], prints, stdin, cwd = "app" } of rows) {
    test(`posy ${[command, ...args].join(" ")}`, async () => {
      const run = await sandbox.posy([...command.split(" "), ...args.map(addressOf)], {
        cwd: join(sandbox.cwd, cwd),
        env: {
          UV_DEFAULT_INDEX: index.url,
          UV_PUBLISH_USERNAME: "me",
          UV_PUBLISH_PASSWORD: "secret",
        },
        ...(stdin === undefined ? {} : { stdin }),
      });
      assert.equal(run.status, 0, run.stdout + run.stderr);
      assert.doesNotMatch(run.stderr, /^(error|warning)/m);
      if (prints !== undefined) assert.match(run.stdout.replaceAll("\r\n", "\n"), prints, run.stderr);
    });
  }
});
