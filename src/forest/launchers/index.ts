/**
 * Programs for Windows that start a Python script. Windows starts neither scripts nor links to them, so each entry
 * point of an Env is a small `.exe`, as with pip and uv. launcher.c is the program and says how it works. programs.json
 * has it compiled for each processor (`npm run build:launchers`). The launcher is also the `python.exe` of an Env, as
 * in `venv`.
 */
export { type Launchers, loadLaunchers } from "./load-launchers.ts";
export {
  batchLauncher,
  fileLauncher,
  launcherTarget,
  programLauncher,
  zipLauncher,
} from "./script-launcher.ts";
export { isWindowed } from "./is-windowed.ts";
export { scriptNames } from "./script-names.ts";
