import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { releaseTargets } from "../../../scripts/release/targets.ts";
import { writePackages } from "../../../scripts/release/write-packages.ts";
import { writeRelease } from "../../../scripts/release/write-release.ts";
import { posyCommand, seedHome } from "../../support/posy.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { startNpmRegistry } from "../support/npm-registry.ts";
import { platformCache, runOrThrow, runTool } from "../support/tools.ts";

const run = promisify(execFile);

const isLinux = process.platform === "linux" && process.arch === "x64";
const targets = releaseTargets.filter(({ platform }) => platform === "linux-x86_64");
const { version, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));

describe("a release", { skip: !isLinux }, () => {
  let root: string;
  let release: string;
  before(async () => {
    mkdirSync(platformCache, { recursive: true });
    root = mkdtempSync(join(platformCache, "release-"));
    release = join(root, "release");
    await writeRelease(release, targets, "https://example.org/posy");
  });
  after(() => root !== undefined && removeFolder(root));

  test("has the program, also compressed, licences, a bill of materials, installers and checksums", () => {
    const names = ["LICENSES.txt", "install.ps1", "install.sh", "posy-linux-x86_64", "posy-linux-x86_64.gz"];
    assert.deepEqual(readdirSync(release).sort(), ["SHA256SUMS", ...names, "posy.cdx.json"].sort());
    const sums = readFileSync(join(release, "SHA256SUMS"), "utf8");
    for (const line of sums.trimEnd().split("\n")) {
      const [hash, name = ""] = line.split("  ");
      assert.equal(
        createHash("sha256")
          .update(readFileSync(join(release, name)))
          .digest("hex"),
        hash,
        name,
      );
    }
    assert.equal(sums.trimEnd().split("\n").length, names.length + 1);
  });

  test("has the same bytes if it is built again", async () => {
    const again = join(root, "again");
    await writeRelease(again, targets, "https://example.org/posy");
    assert.equal(
      readFileSync(join(again, "SHA256SUMS"), "utf8"),
      readFileSync(join(release, "SHA256SUMS"), "utf8"),
    );
    removeFolder(again);
  });

  test("lists Bun and every bundled package in the bill of materials and in the licences", () => {
    const bom = JSON.parse(readFileSync(join(release, "posy.cdx.json"), "utf8"));
    const names = bom.components.map((component: { name: string }) => component.name);
    for (const name of ["bun", "commander", "smol-toml", "valibot", "xz-decompress"])
      assert.ok(names.includes(name), name);
    const licences = readFileSync(join(release, "LICENSES.txt"), "utf8");
    for (const component of bom.components as { name: string; version: string; purl: string }[]) {
      assert.equal(component.purl, `pkg:npm/${component.name.replace("@", "%40")}@${component.version}`);
      assert.ok(
        licences.toLowerCase().includes(`\n${component.name} ${component.version}\n===`),
        component.name,
      );
    }
    assert.equal(bom.components[0].version, devDependencies.bun);
    assert.equal(licences.includes("GNU LESSER GENERAL PUBLIC LICENSE"), true);
  });

  test("has installers that download from the address of the release", () => {
    const line = (name: string) =>
      readFileSync(join(release, name), "utf8").match(/^.*example\.org\/posy'$/m)?.[0];
    assert.equal(line("install.sh"), "default_from='https://example.org/posy'");
    assert.equal(line("install.ps1"), "$DefaultFrom = 'https://example.org/posy'");
  });

  describe("as packages", () => {
    let wheel: string;
    let home: string;
    before(async () => {
      await writePackages(release, targets);
      wheel = join(release, "wheels", readdirSync(join(release, "wheels"))[0] ?? "");
      home = await seedHome();
    });
    const env = () => ({ ...process.env, POSY_HOME: home, POSY_PYTHON_MIRROR: "off", UV_NO_CONFIG: "1" });
    const inTool = (tool: string, ...args: string[]) =>
      runOrThrow([...posyCommand, "run", "--no-project", "--with", tool, "--", ...args], {
        env: {
          ...env(),
          UV_TOOL_DIR: join(root, "uv"),
          UV_TOOL_BIN_DIR: join(root, "uv-bin"),
        },
      });
    const assertIsPosy = (program: string) =>
      assert.equal(runOrThrow([program, "--version"], { env: env() }), `posy ${version}\n`);

    test("is a wheel that pip installs", () => {
      inTool(
        "pip",
        ..."python -m pip install --quiet --no-index --prefix".split(" "),
        join(root, "pip"),
        wheel,
      );
      assertIsPosy(join(root, "pip", "bin", "posy"));
    });

    test("is a wheel that `uv tool install` installs", () => {
      inTool("uv", "uv", "tool", "install", "--quiet", "--no-index", wheel);
      assertIsPosy(join(root, "uv-bin", "posy"));
    });

    test("is a wheel that `pipx install` installs", () => {
      const folders = { PIPX_HOME: join(root, "pipx"), PIPX_BIN_DIR: join(root, "pipx-bin") };
      runOrThrow(
        [...posyCommand, "run", "--no-project", "--with", "pipx", "--", "pipx", "install", "--quiet", wheel],
        { env: { ...env(), ...folders } },
      );
      assertIsPosy(join(root, "pipx-bin", "posy"));
    });

    test("is a wheel that Posy runs", () => {
      const output = runOrThrow(
        [...posyCommand, "run", "--no-project", "--with", wheel, "--", "posy", "--version"],
        {
          env: env(),
        },
      );
      assert.equal(output, `posy ${version}\n`);
    });

    /** Returns the npm packages as files, as they are published. */
    const packed = () =>
      ["posy", "posy-linux-x86_64"].map((name) => {
        const folder = join(release, "npm", name);
        const output = runOrThrow(["npm", "pack", "--silent", "--pack-destination", root, folder]);
        const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        return { manifest, tarball: join(root, output.trim()) };
      });

    test("is an npm package that `npx` runs, with the package for the platform from the registry", async () => {
      using registry = await startNpmRegistry(packed());
      // Outside of this repository, whose package is called `posy`, too: `npx` would run that one.
      const cwd = mkdtempSync(join(tmpdir(), "posy-npx-"));
      const npm = { npm_config_registry: registry.url, npm_config_cache: join(root, "npx-cache") };
      const start = (...args: string[]) =>
        run("npx", ["--yes", "posy", ...args], {
          cwd,
          env: { ...env(), ...npm, no_proxy: "127.0.0.1", NO_PROXY: "127.0.0.1" },
        });
      assert.equal((await start("--version")).stdout, `posy ${version}\n`);
      const program = "import sys; sys.exit(7)";
      await assert.rejects(start("run", "--no-project", "--", "python", "-c", program), { code: 7 });
      removeFolder(cwd);
    });

    test("is an npm package with a package for the platform, which `npm install --global` installs", () => {
      const packages = packed().map(({ tarball }) => tarball);
      const prefix = join(root, "npm");
      // The packages of the other platforms are optional. They are not published, and npm asks no registry for them.
      runOrThrow(["npm", "install", "--global", "--offline", "--no-audit", "--prefix", prefix, ...packages], {
        env: { ...env(), npm_config_cache: join(root, "npm-cache") },
      });
      assertIsPosy(join(prefix, "bin", "posy"));
      const failed = runTool(
        [join(prefix, "bin", "posy"), "run", "--no-project", "--", "sh", "-c", "exit 7"],
        {
          env: env(),
        },
      );
      assert.equal(failed.status, 7, failed.stderr);
      // Without the package of the platform, the message says what to do.
      removeFolder(join(prefix, "lib", "node_modules", "posy-linux-x86_64"));
      const missing = runTool([join(prefix, "bin", "posy"), "--version"], { env: env() });
      assert.equal(missing.status, 1);
      assert.match(missing.stderr, /^error: the package `posy-linux-x86_64` is not installed\nhint: /);
    });
  });
});
