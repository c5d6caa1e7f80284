import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { alternate, pairedRatio, type Timing } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, runOrThrow, type Setting } from "../setting.ts";

const requirement = "trio";
const program = ["python", "-c", "pass"];

/**
 * Measures a warm `run`, for which everything is cached. The result is the time that it adds to the bare interpreter.
 */
export function warmRun(setting: Setting): Result[] {
  const { posyEnv, uvEnv, posyRun, uvRun } = commands(setting, "warm-run");
  const project = lockedProject(setting, uvEnv);
  const [bare, posy, uv, frozen] = alternate(
    [
      { name: "bare Python", argv: [setting.python, "-c", "pass"], env: posyEnv },
      { name: "posy", argv: posyRun, env: posyEnv },
      { name: "uv", argv: uvRun, env: uvEnv },
      {
        name: "uv",
        argv: [setting.uv, "run", "--frozen", "-p", setting.python, ...program],
        env: uvEnv,
        cwd: project,
      },
    ],
    { rounds: 60, seconds: 30, warmUp: 3 },
  );
  if (!bare || !posy || !uv || !frozen) return [];
  const row = (what: string, theirs: Timing): Result => ({
    what,
    timings: { posy, uv: theirs, "bare Python": bare },
    ratio: addedRatio(posy, theirs, bare),
    note: "of what each adds to the bare Python",
    target: 0.5,
  });
  return [
    row("warm `run --with trio -- python -c pass`", uv),
    row("the same against `uv run --frozen` in a locked project", frozen),
  ];
}

/** Measures a cold `run`: only the interpreter is in the store. The index is on loopback. */
export function coldRun(setting: Setting): Result[] {
  const { home, uvCache, posyEnv, uvEnv, posyRun, uvRun } = commands(setting, "cold-run");
  const [posy, uv] = alternate(
    [
      { name: "posy", argv: posyRun, env: posyEnv, before: () => emptyPosyHome(home) },
      {
        name: "uv",
        argv: uvRun,
        env: uvEnv,
        before: () => putAway(uvCache),
      },
    ],
    { rounds: 15, seconds: 30 },
  );
  if (!posy || !uv) return [];
  return [{ what: "cold `run --with trio`", timings: { posy, uv }, ratio: pairedRatio(posy, uv) }];
}

function commands(setting: Setting, name: string) {
  const home = setting.posyHome(`${name}-home`);
  const uvCache = setting.folder(`${name}-uv`);
  const clean = cleanEnvironment(setting.folder(name));
  const what = ["--default-index", setting.index, "--with", requirement, "--", ...program];
  return {
    home,
    uvCache,
    posyEnv: { ...clean, POSY_HOME: home },
    uvEnv: { ...clean, UV_CACHE_DIR: uvCache },
    posyRun: [setting.posy, "run", "--python", setting.pythonRequest, ...what],
    uvRun: [setting.uv, "run", "--no-project", "-p", setting.python, ...what],
  };
}

function lockedProject(setting: Setting, env: Record<string, string>): string {
  const folder = setting.folder("warm-run-project");
  writeFileSync(
    join(folder, "pyproject.toml"),
    `[project]\nname = "locked"\nversion = "1"\nrequires-python = ">=3.13"\ndependencies = ["${requirement}"]\n`,
  );
  const options = ["-p", setting.python, "--default-index", setting.index];
  runOrThrow([setting.uv, "sync", ...options], { env, cwd: folder });
  return folder;
}

/** Returns the ratio of the times that Posy and the other tool add to the bare interpreter, from their medians. */
export function addedRatio(posy: Timing, theirs: Timing, bare: Timing): number {
  return (posy.median - bare.median) / (theirs.median - bare.median);
}
