import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const built = (version: string, tags: string, where: string) =>
  makeWheel({ name: "native", version, tags, files: { "native.py": `where = "${where}"\n` } });
const linux = "py3-none-manylinux_2_17_x86_64";
const windows = "py3-none-win_amd64";
const macos = "py3-none-macosx_11_0_arm64";

function project(
  sandbox: Sandbox,
  sources: readonly string[],
  indexes: Readonly<Record<string, string>>,
): void {
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    'dependencies = ["asks"]',
    "[tool.posy]",
    'platforms = ["linux-x86_64", "windows-x86_64", "macos-arm64"]',
    "[tool.posy.sources]",
    `native = [${sources.join(", ")}]`,
    ...Object.entries(indexes).flatMap(([name, url]) => [
      "[[tool.posy.indexes]]",
      `name = "${name}"`,
      `url = "${url}"`,
      "explicit = true",
    ]),
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
}

const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
const entriesOf = (text: string) =>
  text
    .split("[[packages]]")
    .filter((each) => each.startsWith('\nname = "native"'))
    .map((each) => ({
      version: /version = "([^"]+)"/.exec(each)?.[1],
      index: /^index = "([^"]+)"/m.exec(each)?.[1],
      marker: /^marker = "([^"]+)"/m.exec(each)?.[1],
      wheels: [...each.matchAll(/^ *\{url = "[^"]*\/(native-[^"]+)"/gm)].map(([, name]) => name),
    }));

const asks = makeWheel({ name: "asks", metadata: ["Requires-Dist: native"] });

test("a package comes from its named index where the marker is true, and otherwise from the default index", async () => {
  using sandbox = await newSandbox();
  await using main = await startIndex({
    files: [asks, built("3.0", macos, "main"), built("3.0", linux, "main")],
  });
  await using cpu = await startIndex({ files: [built("1.0", linux, "cpu"), built("1.0", windows, "cpu")] });
  await using gpu = await startIndex({ files: [built("1.0", linux, "gpu"), built("1.0", windows, "gpu")] });
  const places = [
    `{ index = "cpu", marker = "sys_platform == 'linux'" }`,
    `{ index = "gpu", marker = "sys_platform == 'win32'" }`,
  ];
  project(sandbox, places, { cpu: cpu.url, gpu: gpu.url });
  const show = [
    "run",
    "--default-index",
    main.url,
    "--",
    "python",
    "-c",
    "import native; print(native.where)",
  ];
  assertPrinted(await sandbox.posy(show), "cpu\n");
  const found = entriesOf(lockOf(sandbox)).sort((a, b) => ((a.marker ?? "") < (b.marker ?? "") ? -1 : 1));
  assert.deepEqual(found, [
    {
      version: "3.0",
      index: main.url,
      marker: "sys_platform == 'darwin'",
      wheels: [`native-3.0-${macos}.whl`],
    },
    {
      version: "1.0",
      index: cpu.url,
      marker: "sys_platform == 'linux'",
      wheels: [`native-1.0-${linux}.whl`],
    },
    {
      version: "1.0",
      index: gpu.url,
      marker: "sys_platform == 'win32'",
      wheels: [`native-1.0-${windows}.whl`],
    },
  ]);
  // The dependents name the index too, because the version alone would be ambiguous.
  for (const each of found) {
    if (each.version === "1.0")
      assert.ok(
        lockOf(sandbox).includes(`{name = "native", version = "1.0", index = "${each.index}"}`),
        lockOf(sandbox),
      );
  }
  const asked = main.requests.length + cpu.requests.length + gpu.requests.length;
  assertPrinted(await sandbox.posy(["lock", "--default-index", main.url]), "pylock.toml is up to date\n");
  assert.equal(main.requests.length + cpu.requests.length + gpu.requests.length, asked);

  // The requirements are the same, but another index for one platform makes another lock.
  project(sandbox, [places[1] ?? ""], { cpu: cpu.url, gpu: gpu.url });
  assertPrinted(await sandbox.posy(show), "main\n");
});

test("a package comes from a folder of wheels on one platform and from an index with a login on another", async () => {
  using sandbox = await newSandbox();
  await using main = await startIndex({ files: [asks, built("3.0", linux, "main")] });
  const auth = { username: "me", password: "secret" };
  await using own = await startIndex({ files: [built("2.0", windows, "own")], auth });
  const wheel = built("1.0", linux, "folder");
  mkdirSync(join(sandbox.cwd, "wheels"));
  writeFileSync(join(sandbox.cwd, "wheels", wheel.filename), wheel.bytes);
  const places = [
    `{ index = "here", marker = "sys_platform == 'linux'" }`,
    `{ index = "own", marker = "sys_platform == 'win32'" }`,
  ];
  project(sandbox, places, { here: "wheels", own: own.url.replace("://", "://me:secret@") });
  const text = readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8").replace(', "macos-arm64"', "");
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
  const show = [
    "run",
    "--default-index",
    main.url,
    "--",
    "python",
    "-c",
    "import native; print(native.where)",
  ];
  assertPrinted(await sandbox.posy(show), "folder\n");
  const lock = lockOf(sandbox);
  assert.doesNotMatch(lock, /secret/);
  assert.match(lock, /path = "wheels\/native-1\.0-/);
  assert.deepEqual(
    entriesOf(lock).map(({ version }) => version),
    ["2.0", "1.0"],
  );

  // The login may also be in variables with the name of the index.
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), text.replace("me:secret@", ""));
  rmSync(join(sandbox.cwd, "pylock.toml"));
  const locking = ["lock", "--default-index", main.url, "--refresh"];
  assertFailed(await sandbox.posy(locking), 69, /own|127\.0\.0\.1/);
  assert.match(
    (await sandbox.posy(locking)).stderr,
    /hint: .*`POSY_INDEX_NAME_USERNAME` and `POSY_INDEX_NAME_PASSWORD`/,
  );
  const env = { POSY_INDEX_OWN_USERNAME: "me", POSY_INDEX_OWN_PASSWORD: "secret" };
  assert.equal((await sandbox.posy(locking, { env })).status, 0);
  assert.equal(lockOf(sandbox), lock);
});
