import { alternate, pairedRatio } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, type Setting } from "../setting.ts";

const sets = ["trio", "boto3", "jupyter", "fastapi"];

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
    return [true, false].flatMap((cold): Result[] => {
      const [posy, uv] = alternate(
        [
          { name: "posy", argv: posyArgv, env: posyEnv, ...(cold ? { before: forget } : {}) },
          { name: "uv", argv: uvWhole, env: uvEnv, ...(cold ? { before: forget } : {}) },
        ],
        { rounds: 15, seconds: 12 },
      );
      if (!posy || !uv) return [];
      return [
        {
          what: `resolve \`${set}\`, ${cold ? "cold" : "warm"}`,
          timings: { posy, uv },
          ratio: pairedRatio(posy, uv),
        },
      ];
    });
  });
}
