import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex } from "../../support/index-server.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { makeSdist } from "../../support/make-sdist.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newSandbox, type PosyRun, type Sandbox } from "../../support/posy.ts";
import {
  type Disk,
  mountExfat,
  mountFoldingDisk,
  withoutExfat,
  withoutFoldingDisk,
} from "../support/disks.ts";
import { runOrThrow, withoutTools } from "../support/tools.ts";

const assertRan = (run: PosyRun) => assert.equal(run.status, 0, `status ${run.status}\n${run.stderr}`);

/** A build backend in the source tree: an editable wheel names the folder, the other has the modules. */
const backend = `import os, tarfile, zipfile

def write(to, files):
    name = "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(to, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        info = "demo-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name

def build_wheel(to, settings=None, metadata=None):
    return write(to, {"demo/" + name: open("demo/" + name).read() for name in os.listdir("demo") if name.endswith(".py")})

def build_editable(to, settings=None, metadata=None):
    return write(to, {"demo.pth": os.getcwd() + "\\n"})

def build_sdist(to, settings=None):
    with tarfile.open(os.path.join(to, "demo-1.0.tar.gz"), "w:gz") as sdist:
        for name in ["pyproject.toml", "backend.py", "demo"]:
            sdist.add(name, "demo-1.0/" + name)
    return "demo-1.0.tar.gz"
`;
const sources = {
  "pyproject.toml": [
    '[project]\nname = "demo"\nversion = "1.0"',
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  ].join("\n"),
  "backend.py": backend,
  "demo/__init__.py": "x = 7\n",
};

describe("on an exFAT disk, which has no links and no modes", { skip: withoutExfat }, () => {
  let disk: Disk;
  let sandbox: Sandbox;
  before(async () => {
    disk = await mountExfat();
    sandbox = await newSandbox();
  });
  after(async () => {
    await disk?.unmount();
    sandbox?.[Symbol.dispose]();
  });
  const project = () => join(disk.path, "app");
  /** The cache on the disk, and the store on another one. Without POSY_HOME, they are in these two folders. */
  const storeElsewhere = () => ({
    POSY_HOME: undefined,
    XDG_DATA_HOME: join(sandbox.root, "data"),
    XDG_CACHE_HOME: join(disk.path, "cache"),
    // Everybody can write to a disk without modes.
    POSY_TRUSTED_STORES: `${sandbox.root}:${disk.path}`,
  });
  const inProject = (...args: string[]) => sandbox.posy(args, { cwd: project() });

  test("a project is made, changed and run, and a warning says once that it has no links", async () => {
    const wheel = makeWheel({ name: "demo", files: { "demo.py": "x = 7\n" } });
    assertRan(await sandbox.posy(["new", "app"], { cwd: disk.path }));
    writeFileSync(join(project(), wheel.filename), wheel.bytes);
    assertRan(await inProject("add", "--no-index", `./${wheel.filename}`));
    const program = "import demo, sys; print(demo.x, sys.prefix != sys.base_prefix)";
    const run = await inProject("run", "--", "python", "-c", program);
    assertRan(run);
    assert.equal(run.stdout, "7 True\n");
    assert.match(
      run.stderr,
      /^warning: the disk of `.*\/app` has no symbolic links: the project gets no `\.venv` and no `\.posy\/env`\nhint: `posy env --path` prints/m,
    );
    assert.equal(existsSync(join(project(), ".venv")), false);
    assert.deepEqual(readdirSync(join(project(), ".posy")).sort(), [".gitignore", "no-links"]);
    assertRan(await inProject("cache", "clean", "briefs"));
    const again = await inProject("run", "--", "python", "-c", program);
    assert.deepEqual([again.status, again.stderr], [0, ""]);
    const path = await inProject("env", "--path");
    assert.equal(existsSync(join(path.stdout.trim(), "bin", "python")), true, path.stderr);
  });

  test("`venv = true` is an error, because there can be no `.venv`", async () => {
    const file = join(project(), "pyproject.toml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, `${text}\n[tool.posy]\nvenv = true\n`);
    try {
      const run = await inProject("run", "--", "python", "-c", "pass");
      assert.equal(run.status, 73, run.stderr);
      assert.match(
        run.stderr,
        /^error: linking `.*\/\.posy\/env` failed: the disk has no symbolic links\nhint: /m,
      );
    } finally {
      writeFileSync(file, text);
    }
  });

  test("a folder is installed as editable, and built", async () => {
    const folder = join(disk.path, "editable");
    mkdirSync(join(folder, "demo"), { recursive: true });
    for (const [path, text] of Object.entries(sources)) writeFileSync(join(folder, path), text);
    const program = "import demo; print(demo.__file__)";
    const run = await sandbox.posy(
      ["run", "--no-project", "--no-index", "--with-editable", folder, "--", "python", "-c", program],
      { cwd: disk.path },
    );
    assertRan(run);
    assert.equal(run.stdout, `${join(folder, "demo", "__init__.py")}\n`);
    assertRan(await sandbox.posy(["build"], { cwd: folder }));
    assert.equal(readdirSync(join(folder, "dist")).length, 2);
  });

  test("a source distribution with hard links is unpacked with copies if the cache is there", async () => {
    const { filename, bytes } = makeSdist({
      name: "demo",
      files: sources,
      extra: [{ path: "demo-1.0/demo/twin.py", type: "1", target: "demo-1.0/demo/__init__.py" }],
    });
    writeFileSync(join(disk.path, filename), bytes);
    const program = "import demo.twin, demo; print(demo.twin.x, demo.x)";
    const run = await sandbox.posy(
      [
        "run",
        "--no-project",
        "--no-index",
        "--with",
        join(disk.path, filename),
        "--",
        "python",
        "-c",
        program,
      ],
      { cwd: disk.path, env: storeElsewhere() },
    );
    assertRan(run);
    assert.equal(run.stdout, "7 7\n");
  });

  test("a cache there is measured, verified, pruned and removed", async () => {
    const env = storeElsewhere();
    const wheel = makeWheel({ name: "cached", files: { "cached.py": "x = 7\n" } });
    await using index = await startIndex({ files: [wheel] });
    const program = ["--", "python", "-c", "import cached; print(cached.x)"];
    const run = ["run", "--no-project", "--default-index", index.url, "--with", "cached", ...program];
    const options = { cwd: disk.path, env: { ...env, POSY_KEEP_ARCHIVES: "1" } };
    assertRan(await sandbox.posy(run, options));
    const sizeOf = async (bucket: string) => {
      const { stdout } = await sandbox.posy(["cache", "size", "--json"], options);
      const rows = JSON.parse(stdout) as { readonly name: string; readonly entries: number }[];
      return rows.find(({ name }) => name === bucket)?.entries;
    };
    assert.equal(await sizeOf("artifacts"), 1);
    assertRan(await sandbox.posy(["cache", "verify", "--full"], options));
    assertRan(await sandbox.posy(["cache", "prune"], options));
    assert.equal(await sizeOf("artifacts"), 0);
    assertRan(await sandbox.posy(["cache", "clean"], options));
    for (const bucket of ["http", "metadata", "artifacts", "briefs"])
      assert.equal(await sizeOf(bucket), 0, bucket);
    const again = await sandbox.posy(run, options);
    assertRan(again);
    assert.equal(again.stdout, "7\n");
  });

  test("a store is refused before anything is downloaded, and the message says what the disk lacks", async () => {
    const home = join(disk.path, "home");
    for (const args of [
      ["run", "--no-project", "--", "python", "-V"],
      ["python", "install", "3.13"],
    ]) {
      const run = await sandbox.posy(args, {
        cwd: disk.path,
        env: { POSY_HOME: home, POSY_TRUSTED_STORES: home },
        timeout: 300_000,
      });
      assert.equal(run.status, 73, run.stderr);
      assert.match(
        run.stderr,
        /^error: the disk of `.*\/home\/data` has no symbolic links\nhint: .*set POSY_HOME to a folder on another disk$/m,
      );
      const left = existsSync(home) ? readdirSync(home, { recursive: true, encoding: "utf8" }) : [];
      assert.deepEqual(
        left.filter((name) => /\.(jar|part)$/.test(name) || name.includes("links-")),
        [],
      );
    }
  });
});

describe("on a disk that ignores case", { skip: withoutFoldingDisk }, () => {
  let disk: Disk;
  let sandbox: Sandbox;
  before(async () => {
    disk = await mountFoldingDisk();
    sandbox = await newSandbox();
  });
  after(async () => {
    await disk?.unmount();
    sandbox?.[Symbol.dispose]();
  });
  const home = () => join(disk.path, "Home");
  const posy = (args: readonly string[], cwd = disk.path) =>
    sandbox.posy(args, { cwd, env: { POSY_HOME: home() }, timeout: 300_000 });

  test("a Python is installed, a project is made, changed and run, and the store is emptied", async () => {
    assertRan(await posy(["new", "App"]));
    const project = join(disk.path, "App");
    const wheel = makeWheel({ name: "demo", files: { "demo.py": "x = 7\n" } });
    writeFileSync(join(project, wheel.filename), wheel.bytes);
    assertRan(await posy(["add", "--no-index", `./${wheel.filename}`], project));
    const program = ["python", "-c", "import demo; print(demo.x)"];
    const run = await posy(["run", "--", ...program], project);
    assertRan(run);
    assert.equal(run.stdout, "7\n");
    assert.equal(lstatSync(join(project, ".posy", "env")).isSymbolicLink(), true);
    assert.equal(statSync(join(project, ".VENV", "bin", "python")).isFile(), true);
    // The same project by another spelling of its path.
    const other = await posy(["run", "--", ...program], join(disk.path, "app"));
    assert.equal(other.stdout, "7\n", other.stderr);
    assertRan(await posy(["cache", "clean"], project));
    assert.deepEqual(readdirSync(join(home(), "data", "envs-v1")), []);
    const again = await posy(["run", "--", ...program], project);
    assert.equal(again.stdout, "7\n", again.stderr);
  });

  test("two wheels with one file in different cases are an environment with the first one, and a warning", async () => {
    const [first, second] = ["alpha", "beta"].map((name, index) =>
      makeWheel({ name, files: { [index === 0 ? "Shared/data.py" : "shared/Data.py"]: `x = '${name}'\n` } }),
    );
    const paths = [first, second].map((wheel) => join(disk.path, wheel?.filename ?? ""));
    for (const wheel of [first, second])
      writeFileSync(join(disk.path, wheel?.filename ?? ""), wheel?.bytes ?? "");
    const withWheels = paths.flatMap((path) => ["--with", path]);
    const program =
      "import os, sysconfig; print(open(os.path.join(sysconfig.get_path('purelib'), 'shared', 'data.py')).read())";
    const run = await posy([
      "run",
      "--no-project",
      "--no-index",
      ...withWheels,
      "--",
      "python",
      "-c",
      program,
    ]);
    assertRan(run);
    assert.match(run.stdout, /x = 'alpha'/);
    assert.match(run.stderr, /^warning: `alpha` and `beta` both bring/m);
  });

  const refusal = (archive: string, first: string, second: string) =>
    new RegExp(
      `^error: \`${archive}\` can't be unpacked on this disk, which ignores case: it has "${first}" and "${second}"\nhint: set POSY_HOME to a folder on a disk that tells upper and lower case apart$`,
      "m",
    );

  test("a wheel with names that differ only in case is refused, and the message blames the disk", async () => {
    const { filename, bytes } = makeWheel({ name: "cases", files: { "cases/a.py": "", "cases/A.py": "" } });
    writeFileSync(join(disk.path, filename), bytes);
    const run = await posy([
      "run",
      "--no-project",
      "--no-index",
      "--with",
      join(disk.path, filename),
      "--",
      "python",
    ]);
    assert.equal(run.status, 73, run.stderr);
    assert.match(run.stderr, refusal(filename, "cases/a\\.py", "cases/A\\.py"));
    // The same wheel is installed where case counts.
    const program = ["python", "-c", "import cases.a, cases.A"];
    const path = join(disk.path, filename);
    const elsewhere = await sandbox.posy([
      "run",
      "--no-project",
      "--no-index",
      "--with",
      path,
      "--",
      ...program,
    ]);
    assertRan(elsewhere);
  });

  test("a source distribution with names that differ only in case is refused in the same way", async () => {
    const { filename, bytes } = makeSdist({
      name: "cases",
      files: { "pyproject.toml": "", "cases/a.py": "", "cases/A.py": "" },
    });
    writeFileSync(join(disk.path, filename), bytes);
    const run = await posy([
      "run",
      "--no-project",
      "--no-index",
      "--with",
      join(disk.path, filename),
      "--",
      "python",
    ]);
    assert.equal(run.status, 73, run.stderr);
    assert.match(run.stderr, refusal(filename, "cases-1\\.0/cases/a\\.py", "cases-1\\.0/cases/A\\.py"));
  });

  test("an interpreter with names that differ only in case is refused in the same way", async () => {
    mkdirSync(join(disk.path, "pybis"));
    const { filename, bytes } = makePybi({ files: { "share/a": "", "share/A": "" } });
    writeFileSync(join(disk.path, "pybis", filename), bytes);
    const run = await posy([
      "run",
      "--no-project",
      "--python-index",
      join(disk.path, "pybis"),
      "--python",
      "3.13.5",
      "--",
      "python",
    ]);
    assert.equal(run.status, 73, run.stderr);
    assert.match(run.stderr, refusal(filename, "share/a", "share/A"));
  });
});

describe("on a disk that is full", { skip: withoutTools("a small disk", ["mount", "umount"]) }, () => {
  test("a download that does not fit is an error, and its part is kept until the cache is cleaned", async () => {
    using sandbox = await newSandbox();
    const large = makeWheel({ name: "large", files: { "large.bin": randomBytes(8_000_000) } });
    await using server = await startIndex({ files: [large] });
    const cache = join(sandbox.home, "cache");
    mkdirSync(cache, { recursive: true });
    runOrThrow(["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", cache]);
    try {
      const args = ["--default-index", server.url, "--with", "large", "--", "python", "-V"];
      const run = await sandbox.posy(["run", "--no-project", ...args]);
      assert.equal(run.status, 73, run.stderr);
      assert.match(
        run.stderr,
        /^error: downloading `large-.*` failed: no space is left on the disk \(`.*`\)\nhint: .*`posy cache clean` empties the store/m,
      );
      const left = () => readdirSync(join(cache, "tmp"));
      assert.match(left().join("\n"), /^[0-9a-f]{64}\.part$/);
      const cleaned = await sandbox.posy(["cache", "clean"]);
      assert.equal(cleaned.status, 0, cleaned.stderr);
      assert.deepEqual(left(), []);
    } finally {
      runOrThrow(["umount", cache]);
    }
  });
});
