import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Env } from "../../../src/forest/envs/index.ts";
import { sealEnv } from "../../../src/forest/envs/seal.ts";
import type { Blueprint } from "../../../src/model/blueprint.ts";
import { type Home, openHome } from "../../../src/system/fs/home.ts";
import { fakePython, targetOf } from "../../support/fake-forest.ts";
import { removeFolder } from "../../support/remove-folder.ts";

/** A store with an Env whose programs are shell scripts, and an empty current folder. */
export interface WarmFixture extends Disposable {
  readonly root: string;
  readonly home: Home;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly env: Env;
  readonly blueprint: Blueprint;
  /** Runs an answer of the warm start in another process, which it may replace. */
  run(kind: "run" | "lock" | "tool", args: readonly string[], variables?: NodeJS.ProcessEnv): WarmRun;
}

export interface WarmRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const child = fileURLToPath(new URL("warm-child.ts", import.meta.url));

export async function newWarmFixture(): Promise<WarmFixture> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-warm-")));
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: join(root, "user"),
    POSY_HOME: join(root, "home"),
  };
  const home = openHome(environment);
  const cwd = join(root, "folder");
  const prefix = join(home.envs, "key-1.0");
  const scripts = join(prefix, "bin");
  for (const folder of [cwd, scripts, home.briefs]) mkdirSync(folder, { recursive: true });
  const script = (text: string) => `#!/bin/sh\n${text}\n`;
  writeFileSync(join(scripts, "python"), script('echo python "$@"'), { mode: 0o755 });
  writeFileSync(join(scripts, "tool"), script('echo tool "$@" "$ONE|$TWO|$VIRTUAL_ENV"'), { mode: 0o755 });
  writeFileSync(join(scripts, "end"), script('exit "$1"'), { mode: 0o755 });
  writeFileSync(join(scripts, "limit"), script('echo "[$POSY_OPEN_FILES] $(ulimit -n)"'), { mode: 0o755 });
  // No package can have this name.
  writeFileSync(join(scripts, "g++"), script('echo g++ "$@"'), { mode: 0o755 });
  sealEnv(prefix, [], []);
  const python = await fakePython(join(root, "system"));
  const env = { key: "key-1.0", prefix, python: join(scripts, "python"), scripts } as Env;
  return {
    root,
    home,
    cwd,
    environment,
    env,
    blueprint: { blueprintVersion: 1, targets: [targetOf([], python)] },
    run(kind, args, variables = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [child, kind, ...args], {
        cwd,
        encoding: "utf8",
        env: { ...environment, ...variables },
      });
      return { status, stdout: stdout.replaceAll(root, "ROOT"), stderr };
    },
    [Symbol.dispose]: () => removeFolder(root),
  };
}
