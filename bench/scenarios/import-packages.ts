import { join } from "node:path";
import { alternate, pairedRatio, type Subject } from "../measure.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, runOrThrow, type Setting } from "../setting.ts";

const programs: Readonly<Record<string, string>> = {
  "-c pass": "pass",
  "import numpy": "import numpy",
  "Jupyter's imports": "import jupyterlab.labapp, notebook.app, ipykernel.kernelapp, nbconvert.nbconvertapp",
};
const packages = ["numpy", "jupyter"];

/** Measures the same programs in an Env and in uv's venv with the same packages. Both have bytecode. */
export function importing(setting: Setting): Result[] {
  const clean = cleanEnvironment(setting.folder("import"));
  const posyEnv = { ...clean, POSY_HOME: setting.posyHome("import-home") };
  const options = ["--python", setting.pythonRequest, "--default-index", setting.index];
  const withAll = packages.flatMap((name) => ["--with", name]);
  const ask = ["python", "-c", "import sys; print(sys.prefix)"];
  const prefix = runOrThrow([setting.posy, "run", ...options, ...withAll, "--", ...ask], {
    env: posyEnv,
  }).trim();
  const venv = join(setting.folder("import"), "venv");
  const uvEnv = { ...clean, UV_CACHE_DIR: setting.folder("import-uv") };
  runOrThrow([setting.uv, "venv", "-p", setting.python, venv], { env: uvEnv });
  runOrThrow([setting.uv, "pip", "install", "-p", venv, "--default-index", setting.index, ...packages], {
    env: uvEnv,
  });
  return Object.entries(programs).flatMap(([what, code]): Result[] => {
    const subject = (name: string, python: string): Subject => ({
      name,
      argv: [python, "-c", code],
      env: clean,
    });
    const [posy, uv] = alternate(
      [subject("posy", join(prefix, "bin", "python")), subject("uv", join(venv, "bin", "python"))],
      { rounds: 30, seconds: 20, warmUp: 2 },
    );
    if (!posy || !uv) return [];
    const row = { what: `${what}, in the environment`, timings: { posy, uv }, ratio: pairedRatio(posy, uv) };
    return [{ ...row, target: 1.02, note: "an Env against a venv" }];
  });
}
