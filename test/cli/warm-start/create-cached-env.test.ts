import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { cachedOrCreatedEnv } from "../../../src/cli/warm-start/cached-or-created-env.ts";
import { commandHooks } from "../../../src/cli/warm-start/command-hooks.ts";
import { createCachedEnv } from "../../../src/cli/warm-start/create-cached-env.ts";
import { envEntryPath } from "../../../src/cli/warm-start/entry-path.ts";
import { readEntryBlueprint, readEnvEntry, writeEnvEntry } from "../../../src/cli/warm-start/env-entry.ts";
import type { Console } from "../../../src/cli/ui/console/open-console.ts";
import type { EnvOptions } from "../../../src/operations/create-env.ts";
import { openHome } from "../../../src/system/fs/home.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { removeFolder } from "../../support/remove-folder.ts";

// The Env has the Python of this machine. Without Bun nothing is cached.
const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
const skip = typeof Bun === "undefined" || process.platform === "win32" || python.status !== 0;

const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-cached-")));
after(() => removeFolder(root));
const cwd = join(root, "folder");
const wheels = join(root, "wheels");
const project = join(root, "project");
for (const folder of [cwd, wheels, project]) mkdirSync(folder);
const wheel = makeWheel({ name: "few", files: { "few.py": "" } });
writeFileSync(join(wheels, wheel.filename), wheel.bytes);
writeFileSync(
  join(project, "pyproject.toml"),
  '[tool.posy]\nenv-file = ".env"\nvenv = false\n[tool.posy.commands]\nserve = "x"\n',
);

const environment: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  HOME: join(root, "user"),
  POSY_HOME: join(root, "home"),
  POSY_PYTHON_MIRROR: "off",
};
const home = openHome(environment);
let reporter = recordingReporter();
beforeEach(() => {
  reporter = recordingReporter();
});
const context = (folder = cwd) => ({ environment, cwd: folder, reporter });
const options = (more: EnvOptions = {}): EnvOptions => ({
  python: python.stdout.trim(),
  with: ["few"],
  findLinks: [wheels],
  noIndex: true,
  ...more,
});
const entryOf = (typed: readonly string[]) => envEntryPath(typed, home, environment) ?? "";
/** Whether something was resolved since the last call. */
function hasResolved(): boolean {
  const found = reporter.events.some((event) => JSON.stringify(event).includes('"resolve"'));
  reporter = recordingReporter();
  return found;
}

describe("an Env that is created", { skip }, () => {
  test("is remembered for the same options, with its Blueprint", async () => {
    const typed = ["--with", "few"];
    const env = await createCachedEnv(options(), typed, context());
    const entry = readEnvEntry(entryOf(typed), home, environment);
    assert.deepEqual(entry?.env, {
      key: env.key,
      prefix: env.prefix,
      python: env.python,
      scripts: env.scripts,
    });
    assert.deepEqual([entry?.commands, entry?.envFiles], [[], []]);
    assert.ok(hasResolved());
    const blueprint = await readEntryBlueprint(entryOf(typed), environment);
    assert.deepEqual(
      blueprint?.targets[0]?.packages.map(({ name }) => name),
      ["few"],
    );
    // A missing Env is made again from it.
    removeFolder(env.prefix);
    assert.deepEqual((await createCachedEnv(options(), typed, context())).key, env.key);
    assert.ok(!hasResolved());
  });

  test("is remembered with the commands and files of its project", async () => {
    const typed = ["--env", "default"];
    await createCachedEnv(options({ with: [] }), typed, context(project));
    const entry = readEnvEntry(entryOf(typed), home, environment);
    assert.deepEqual(entry?.commands, ["serve"]);
    assert.deepEqual(
      entry?.envFiles.map(({ path }) => path),
      [join(project, ".env")],
    );
  });

  test("is not remembered with `--refresh`, and not if the answer may be outdated", async () => {
    await createCachedEnv(options(), ["--refresh"], context());
    const typed = ["--with", "few", "--prefer", "lowest"];
    await createCachedEnv(options({ offline: true }), typed, context());
    assert.equal(readEnvEntry(entryOf(typed), home, environment), undefined);
  });
});

describe("an Env that is needed by a project command", { skip }, () => {
  test("is the one that is remembered", async () => {
    const typed = ["--with", "remembered"];
    const env = await createCachedEnv(options(), ["--with", "other"], context());
    const blueprint = { blueprintVersion: 1, targets: [] } as const;
    await writeEnvEntry(entryOf(typed), env, blueprint, [], { commands: [], envFiles: [] }, home);
    reporter = recordingReporter();
    // The package does not exist, so resolving would fail.
    const found = await cachedOrCreatedEnv(options({ with: ["nowhere"] }), typed, context());
    assert.equal(found.key, env.key);
    await assert.rejects(cachedOrCreatedEnv(options({ with: ["nowhere"] }), ["--refresh"], context()));
    await assert.rejects(cachedOrCreatedEnv(options({ with: ["nowhere"] }), ["--with", "new"], context()));
  });

  test("is created before the progress ends", async () => {
    const seen: string[] = [];
    const shown = { report: () => void seen.push("event"), finish: () => void seen.push("finish") };
    const hooks = commandHooks({ reporter: shown, tell() {} } as unknown as Console);
    await hooks.envFor(options(), ["--with", "shown"], { ...context(), reporter: shown });
    assert.deepEqual([...new Set(seen)], ["event", "finish"]);
    assert.equal(seen.filter((event) => event === "finish").length, 1);
    assert.equal(seen.at(-1), "finish");
  });

  test("is created if none is remembered", async () => {
    const env = await cachedOrCreatedEnv(options(), ["--with", "first"], context());
    assert.notEqual(readEnvEntry(entryOf(["--with", "first"]), home, environment), undefined);
    assert.ok(env.prefix.startsWith(home.envs));
  });
});
