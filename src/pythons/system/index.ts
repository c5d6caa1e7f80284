/**
 * Finds the Pythons that are installed on this machine and queries each once. They are used in their own folders.
 */
export { describeInstalledPythons } from "./describe-installed-pythons.ts";
export { installedWheelTags } from "./describe-installed-python.ts";
export { pythonOnPath, systemPythons } from "./system-pythons.ts";
export { isPosyLauncher, launcherMark } from "./is-posy-launcher.ts";
