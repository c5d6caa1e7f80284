import { join } from "node:path";
import { alternate, pairedRatio } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, type Setting } from "../setting.ts";

const sets = ["six", "trio", "boto3", "jupyter", "fastapi", "apache-airflow"];

/** Measures resolving with empty and with filled caches. */
export function resolving(setting: Setting): Result[] {
  const home = setting.posyHome("resolve-home");
  const uvCache = setting.folder("resolve-uv");
  const clean = cleanEnvironment(setting.folder("resolve"));
  const posyEnv = { ...clean, POSY_HOME: home };
  const uvEnv = { ...clean, UV_CACHE_DIR: uvCache };
  return sets.flatMap((set) => {
    const posyArgv = [
      setting.posy,
      "resolve",
      "--python",
      setting.pythonRequest,
      "--default-index",
      setting.index,
      set,
    ];
    const uvArgv = ["sh", "-c", `echo ${set} | "$0" pip compile -q -p "$1" --default-index "$2" -`];
    const uvWhole = [...uvArgv, setting.uv, setting.python, setting.index];
    const forget = () => {
      emptyPosyHome(home);
      putAway(uvCache);
    };
    const states = [
      { what: "cold", posyBefore: forget, uvBefore: forget },
      { what: "warm" },
      {
        what: "warm, posy's answer forgotten",
        posyBefore: () => putAway(join(home, "cache", "briefs-v1")),
      },
    ];
    return states.flatMap(({ what, posyBefore, uvBefore }): Result[] => {
      const [posy, uv] = alternate(
        [
          { name: "posy", argv: posyArgv, env: posyEnv, ...(posyBefore && { before: posyBefore }) },
          { name: "uv", argv: uvWhole, env: uvEnv, ...(uvBefore && { before: uvBefore }) },
        ],
        { rounds: 15, seconds: 12 },
      );
      if (!posy || !uv) return [];
      return [{ what: `resolve \`${set}\`, ${what}`, timings: { posy, uv }, ratio: pairedRatio(posy, uv) }];
    });
  });
}
