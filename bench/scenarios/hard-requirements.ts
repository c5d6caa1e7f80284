import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { alternate, pairedRatio, type Timing } from "../measure.ts";
import { putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, type Setting } from "../setting.ts";

/** Requirements from users' reports: the newest versions do not fit together, or there are many packages. */
const sets: Readonly<Record<string, readonly string[]>> = {
  "boto3 with old urllib3": ["boto3", "urllib3<1.25"],
  "dagster with an old dagster-snowflake": [
    "dagster-webserver",
    "dagster-cloud",
    "dagster-dbt",
    "dagster-snowflake<0.21",
  ],
  "starlette and fastapi": ["starlette<=0.36.0", "fastapi<=0.115.2"],
  "torch, tensorflow and jax": ["tensorflow", "torch", "jax"],
  "transformers with extras": ["transformers[torch,sentencepiece,tokenizers,testing]"],
};

/** Measures resolving with backtracking, from filled caches, without remembered answers. */
export function hardRequirements(setting: Setting): Result[] {
  const home = setting.posyHome("hard-home");
  const folder = setting.folder("hard");
  const clean = cleanEnvironment(folder);
  return Object.entries(sets).flatMap(([what, requirements], number) => {
    const file = join(folder, `${number}.in`);
    writeFileSync(file, requirements.map((text) => `${text}\n`).join(""));
    const { timings, ratio } = resolveBoth(setting, {
      file,
      index: setting.index,
      posyEnv: { ...clean, POSY_HOME: home },
      uvEnv: { ...clean, UV_CACHE_DIR: setting.folder("hard-uv") },
      forget: () => putAway(join(home, "cache", "briefs-v1")),
      rounds: 5,
    });
    return timings === undefined
      ? []
      : [{ what: `resolve ${what}`, timings, ratio, note: memoryOf(timings), target: 0.5 }];
  });
}

interface Job {
  /** The path of a requirements file. */
  readonly file: string;
  readonly index: string;
  readonly posyEnv: Readonly<Record<string, string>>;
  readonly uvEnv: Readonly<Record<string, string>>;
  /** Removes Posy's remembered answers. */
  readonly forget: () => void;
  readonly rounds: number;
}

/** Resolves a requirements file with both tools in turn. */
export function resolveBoth(
  { posy, uv, python, pythonRequest }: Setting,
  { file, index, posyEnv, uvEnv, forget, rounds }: Job,
): {
  readonly timings: Readonly<Record<"posy" | "uv", Timing>> | undefined;
  readonly ratio: number | undefined;
} {
  const options = ["--default-index", index];
  const [ofPosy, ofUv] = alternate(
    [
      {
        name: "posy",
        argv: [posy, "resolve", "--python", pythonRequest, ...options, "-r", file],
        env: posyEnv,
        before: forget,
      },
      { name: "uv", argv: [uv, "pip", "compile", "-q", "-p", python, ...options, file], env: uvEnv },
    ],
    { rounds, seconds: 30 },
  );
  if (!ofPosy || !ofUv) return { timings: undefined, ratio: undefined };
  return { timings: { posy: ofPosy, uv: ofUv }, ratio: pairedRatio(ofPosy, ofUv) };
}

export function memoryOf({ posy, uv }: Readonly<Record<"posy" | "uv", Timing>>): string {
  return `memory: ${posy.memory.toFixed(0)} and ${uv.memory.toFixed(0)} MiB`;
}
