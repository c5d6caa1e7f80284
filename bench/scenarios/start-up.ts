import { alternate, pairedRatio } from "../measure.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, type Setting } from "../setting.ts";

/** Measures `--version` of each tool. */
export function startUp(setting: Setting): Result[] {
  const env = cleanEnvironment(setting.folder("start-up"));
  const [posy, uv, pip] = alternate(
    [
      { name: "posy", argv: [setting.posy, "--version"], env },
      { name: "uv", argv: [setting.uv, "--version"], env },
      { name: "pip", argv: [...setting.pip, "--version"], env },
    ],
    { rounds: 60, seconds: 30, warmUp: 3 },
  );
  if (!posy || !uv || !pip) return [];
  return [{ what: "`--version`", timings: { posy, uv, pip }, ratio: pairedRatio(posy, uv), target: 1 }];
}
