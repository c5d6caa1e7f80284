import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { installation, requireSingleFile } from "../../../src/operations/self/installation.ts";
import { planUninstall, uninstallSelf } from "../../../src/operations/self/uninstall-self.ts";
import {
  replaceProgram,
  updateSelf,
  type UpdateSelfOptions,
} from "../../../src/operations/self/update-self.ts";
import type { OperationContext } from "../../../src/settings/index.ts";
import { sha256Of } from "../../../src/system/fs/index.ts";
import { thisMachine } from "../../../src/system/machine/index.ts";
import { startFileServer } from "../../support/file-server.ts";

const root = mkdtempSync(join(tmpdir(), "posy-self-test-"));
after(() => rmSync(root, { recursive: true, force: true }));
const { platform } = await thisMachine();
let count = 0;

/** A new folder with a program that prints a version. */
function newPlace(): { readonly folder: string; readonly path: string; readonly context: OperationContext } {
  const folder = join(root, String((count += 1)));
  mkdirSync(join(folder, "bin"), { recursive: true });
  const path = join(folder, "bin", "posy");
  writeFileSync(path, "the old program", { mode: 0o755 });
  const environment = { HOME: folder, PATH: process.env["PATH"], POSY_HOME: join(folder, "home") };
  return { folder, path, context: { environment, cwd: folder, reporter: { report() {} } } };
}

const programOf = (version: string, code = 0) => `#!/bin/sh\necho 'posy ${version}'\nexit ${code}\n`;

/** Writes a release, and returns its folder. */
function newRelease(
  folder: string,
  program: string,
  { gzip = true, sums }: { readonly gzip?: boolean; readonly sums?: string } = {},
): string {
  const release = join(folder, "release");
  mkdirSync(release, { recursive: true });
  const name = `posy-${platform}`;
  const lines = [`${sha256Of(program)}  ${name}\n`];
  if (gzip) {
    const packed = gzipSync(program);
    writeFileSync(join(release, `${name}.gz`), packed);
    lines.push(`${sha256Of(packed)}  ${name}.gz\n`);
  } else writeFileSync(join(release, name), program);
  writeFileSync(join(release, "SHA256SUMS"), sums ?? lines.join(""));
  return release;
}

function update(place: ReturnType<typeof newPlace>, options: UpdateSelfOptions) {
  return updateSelf({ ...options, installed: { kind: "file", path: place.path } }, place.context);
}

/** Asserts that an update failed with this code, and that the old program and nothing else is there. */
async function assertRefused(
  place: ReturnType<typeof newPlace>,
  options: UpdateSelfOptions,
  code: string,
  message: RegExp,
): Promise<void> {
  await assert.rejects(update(place, options), (error: { code?: string; message: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
  assert.equal(readFileSync(place.path, "utf8"), "the old program");
  assert.deepEqual(readdirSync(join(place.folder, "bin")), ["posy"]);
}

describe("updateSelf", { skip: process.platform === "win32" && "the programs are shell scripts" }, () => {
  for (const gzip of [true, false]) {
    test(`replaces the program by that of a folder${gzip ? ", compressed" : ""}`, async () => {
      const place = newPlace();
      chmodSync(place.path, 0o711);
      const from = newRelease(place.folder, programOf("9.1"), { gzip });
      const done = await update(place, { from });
      assert.deepEqual([done.version, done.changed, done.path], ["9.1", true, place.path]);
      assert.equal(readFileSync(place.path, "utf8"), programOf("9.1"));
      assert.deepEqual(readdirSync(join(place.folder, "bin")), ["posy"]);
      const again = await update(place, { from });
      assert.equal(again.changed, false);
      await assert.rejects(update(place, { from, version: "8.0" }), {
        code: "usage",
        message: /has Posy .*, not 8\.0$/,
      });
    });
  }

  test("takes the release of POSY_RELEASES, and that of a version in a folder below", async () => {
    const place = newPlace();
    const release = newRelease(join(place.folder, "all"), programOf("9.2"));
    const all = join(place.folder, "all");
    assert.ok(existsSync(release));
    const older = join(all, "release", "9.0");
    mkdirSync(older, { recursive: true });
    writeFileSync(join(older, `posy-${platform}`), programOf("9.0"));
    writeFileSync(join(older, "SHA256SUMS"), `${sha256Of(programOf("9.0"))}  posy-${platform}\n`);
    const context = {
      ...place.context,
      environment: { ...place.context.environment, POSY_RELEASES: release },
    };
    const installed = { kind: "file", path: place.path } as const;
    assert.equal((await updateSelf({ installed, version: "v9.0" }, context)).version, "9.0");
    assert.equal((await updateSelf({ installed }, context)).version, "9.2");
  });

  test("fetches a release from a URL", async () => {
    const place = newPlace();
    const release = newRelease(place.folder, programOf("9.3"));
    await using server = await startFileServer(release);
    assert.equal((await update(place, { from: server.url })).version, "9.3");
  });

  test("keeps the old program if the release is damaged, incomplete, missing, or does not run", async () => {
    const other = "0".repeat(64);
    const place = newPlace();
    const refused = (from: string, code: string, message: RegExp, options: UpdateSelfOptions = {}) =>
      assertRefused(place, { from, ...options }, code, message);
    const name = `posy-${platform}`;
    const file = programOf("9.4");
    const wrong = newRelease(join(place.folder, "a"), file, { gzip: false, sums: `${other}  ${name}\n` });
    await refused(wrong, "hash-mismatch", /is damaged/);
    const packed = newRelease(join(place.folder, "b"), file, {
      sums: `${sha256Of(file)}  ${name}\n${other}  ${name}.gz\n`,
    });
    await refused(packed, "hash-mismatch", /\.gz` is damaged/);
    const content = newRelease(join(place.folder, "c"), file);
    writeFileSync(
      join(content, "SHA256SUMS"),
      readFileSync(join(content, "SHA256SUMS"), "utf8").replace(sha256Of(file), other),
    );
    await refused(content, "hash-mismatch", /has not the program/);
    await refused(
      newRelease(join(place.folder, "d"), programOf("9.4", 3)),
      "invalid-release",
      /does not run .* 3/,
    );
    await refused(newRelease(join(place.folder, "e"), "#!/nosuch\n"), "invalid-release", /does not run/);
    await refused(
      newRelease(join(place.folder, "f"), "#!/bin/sh\necho other 1\n"),
      "invalid-release",
      /prints no version/,
    );
    await refused(
      newRelease(join(place.folder, "g"), file, { sums: `${other}  posy-windows-arm64.exe\n` }),
      "unknown-platform",
      /has no Posy for/,
    );
    await refused(
      newRelease(join(place.folder, "h"), file, { sums: "nothing\n" }),
      "invalid-release",
      /SHA256SUMS/,
    );
    await refused(join(place.folder, "none"), "not-found", /no such file/);
    await refused("http://127.0.0.1:1", "network", /could not be read/);
    await refused("http://127.0.0.1:1", "offline", /the network is off/, { offline: true });
    await refused(newRelease(join(place.folder, "i"), file), "usage", /has Posy 9\.4, not 8\.0/, {
      version: "8.0",
    });
    await refused("", "usage", /not known where/);
  });

  test("keeps the old program on a full disk", async (context) => {
    const place = newPlace();
    const from = newRelease(place.folder, `${programOf("9.6")}${"#".repeat(2_000_000)}`, { gzip: false });
    const bin = join(place.folder, "bin");
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", bin]).status !== 0) {
      context.skip("needs the right to mount");
      return;
    }
    try {
      writeFileSync(place.path, "the old program", { mode: 0o755 });
      await assertRefused(place, { from }, "no-space", /^writing `.*bin\/\.posy-update/);
    } finally {
      spawnSync("umount", [bin]);
    }
  });

  test("removes what a killed update left behind", async () => {
    const place = newPlace();
    mkdirSync(join(place.folder, "bin", ".posy-update.999999999"));
    await update(place, { from: newRelease(place.folder, programOf("9.5")) });
    assert.deepEqual(readdirSync(join(place.folder, "bin")), ["posy"]);
  });
});

describe("replaceProgram on Windows", () => {
  test("renames the old program away before, and puts it back if that fails", async () => {
    const { folder } = newPlace();
    const path = join(folder, "posy.exe");
    const fresh = join(folder, "fresh.exe");
    writeFileSync(path, "old");
    writeFileSync(join(folder, "posy.old.exe"), "older");
    writeFileSync(fresh, "new");
    await replaceProgram(fresh, path, true);
    assert.equal(readFileSync(path, "utf8"), "new");
    assert.equal(existsSync(join(folder, "posy.old.exe")), false);
    await assert.rejects(replaceProgram(join(folder, "none.exe"), path, true));
    assert.equal(readFileSync(path, "utf8"), "new");
  });
});

describe("installation", () => {
  const isCompiled = true;
  test("recognises a single file, npm, wheels and a clone", () => {
    const { folder, path } = newPlace();
    assert.deepEqual(installation({ path, isCompiled }), { kind: "file", path });
    assert.equal(installation({ path: "/usr/lib/node_modules/posy/bin/posy", isCompiled }).kind, "npm");
    assert.equal(installation({ path: folder, isCompiled: false }).updatedBy, "git pull");
    const info = join(folder, "lib", "python3.13", "site-packages", "posy-1.0.dist-info");
    mkdirSync(info, { recursive: true });
    writeFileSync(join(info, "RECORD"), "posy-1.0.dist-info/METADATA,,\n");
    assert.equal(installation({ path, isCompiled }).kind, "file", "the wheel has no program");
    writeFileSync(join(info, "RECORD"), "../../../bin/posy,sha256=x,1\n");
    assert.equal(installation({ path, isCompiled }).updatedBy, "python -m pip install --upgrade posy");
  });

  test("names the command of the tool that installed it", () => {
    for (const [part, command] of [
      ["uv/tools", "uv tool upgrade posy"],
      ["pipx/venvs", "pipx upgrade posy"],
    ] as const) {
      const prefix = join(root, part, "posy");
      const info = join(prefix, "lib", "python3.13", "site-packages", "posy-1.0.dist-info");
      mkdirSync(info, { recursive: true });
      writeFileSync(join(info, "RECORD"), "../../../bin/posy,,\n");
      const found = installation({ path: join(prefix, "bin", "posy"), isCompiled });
      assert.throws(() => requireSingleFile(found, "update"), { code: "usage", hint: `run \`${command}\`` });
    }
  });
});

describe("uninstallSelf", () => {
  const script = '# Completions of posy for Bash. Written by "posy completions bash".\n';
  test("removes the program, its completions and the lines of the installer, and nothing else", async () => {
    const { folder, path, context } = newPlace();
    const completions = join(folder, ".local", "share", "bash-completion", "completions");
    mkdirSync(completions, { recursive: true });
    writeFileSync(join(completions, "posy"), script);
    const fish = join(folder, ".config", "fish", "completions");
    mkdirSync(fish, { recursive: true });
    writeFileSync(join(fish, "posy.fish"), "# my own\n");
    const line = `export PATH="${folder}/bin:$PATH" # added by the installer of Posy\n`;
    writeFileSync(join(folder, ".bashrc"), `first\n${line}last`);
    writeFileSync(join(folder, ".profile"), "mine\n");
    mkdirSync(join(folder, "home", "cache"), { recursive: true });
    const parts = await planUninstall({ installed: { kind: "file", path } }, context);
    assert.deepEqual(
      parts.map(({ kind }) => kind),
      ["program", "completions", "line"],
    );
    assert.ok(existsSync(path), "a plan changes nothing");
    await uninstallSelf(parts, context);
    assert.deepEqual(
      [path, join(completions, "posy"), join(fish, "posy.fish"), join(folder, "home", "cache")].map((one) =>
        existsSync(one),
      ),
      [false, false, true, true],
    );
    assert.equal(readFileSync(join(folder, ".bashrc"), "utf8"), "first\nlast");
    assert.equal(readFileSync(join(folder, ".profile"), "utf8"), "mine\n");
  });

  test("with `purge` empties the store and the cache, but for files that Posy did not make", async () => {
    const { folder, path, context } = newPlace();
    const data = join(folder, "home", "data");
    mkdirSync(join(data, "wheels-v1", "a".repeat(64)), { recursive: true });
    mkdirSync(join(folder, "home", "cache", "http-v2"), { recursive: true });
    writeFileSync(join(folder, "home", "cache", "http-v2", `${"b".repeat(40)}.page`), "");
    writeFileSync(join(data, "mine"), "");
    const parts = await planUninstall({ purge: true, installed: { kind: "file", path } }, context);
    assert.deepEqual(
      parts.map(({ kind }) => kind),
      ["program", "store", "store"],
    );
    await uninstallSelf(parts, context);
    assert.deepEqual(readdirSync(join(folder, "home")), ["data"]);
    assert.deepEqual(readdirSync(data), ["mine"]);
  });

  test("removes the launchers that need Posy, and with `purge` the tools and all launchers", async () => {
    const { folder, path, context } = newPlace();
    const data = join(folder, "home", "data");
    const bin = join(folder, "programs");
    mkdirSync(bin, { recursive: true });
    for (const [name, program, python] of [
      ["default", "python", "3.13"],
      ["3.13", "python3.13", undefined],
    ] as const) {
      mkdirSync(join(data, "launchers-v1", name), { recursive: true });
      const record = JSON.stringify({ bin, programs: [program], python });
      writeFileSync(join(data, "launchers-v1", name, "launcher.json"), record);
      writeFileSync(join(bin, program), "#!/bin/sh\n# Python launcher of Posy\n");
    }
    mkdirSync(join(data, "tools-v1", "neat"), { recursive: true });
    const receipt = { requirement: "neat", with: [], withExecutablesFrom: [], programs: ["neat"], bin };
    writeFileSync(join(data, "tools-v1", "neat", "tool.json"), JSON.stringify(receipt));
    symlinkSync(join(data, "tools-v1", "neat", ".posy", "env", "bin", "neat"), join(bin, "neat"));
    writeFileSync(join(bin, "mine"), "");
    const installed = { kind: "file", path } as const;
    const some = await planUninstall({ installed }, context);
    assert.deepEqual(
      some.filter(({ kind }) => kind === "launcher").map((part) => part.path),
      [join(bin, "python")],
    );
    const all = await planUninstall({ purge: true, installed }, context);
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ["program", "launcher", "launcher", "tool", "store"],
    );
    await uninstallSelf(all, context);
    assert.deepEqual(readdirSync(bin), ["mine"]);
    assert.deepEqual(readdirSync(folder).includes("home"), false);
  });

  test("refuses if another tool installed it", async () => {
    const { path, context } = newPlace();
    await assert.rejects(
      planUninstall({ installed: { kind: "npm", path, removedBy: "npm uninstall --global posy" } }, context),
      { code: "usage", hint: "run `npm uninstall --global posy`" },
    );
  });
});
