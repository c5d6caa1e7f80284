/**
 * Operations on projects and environments, for the command line and for programs.
 *
 * A command of the command line parses its options, calls one operation, and prints the result. An operation takes
 * plain values, reports progress and warnings to a `Reporter`, and returns data. It never prints and never ends the
 * process.
 *
 * `openProject` (session/project-session.ts) opens the project that a folder is in. The session holds its
 * `pyproject.toml`, the settings of its environments and the one `Posy` that all operations share. `add`, `remove`,
 * `lock`, `upgrade`, `outdated` and `tree` take that session. `createEnv` makes the environment that options describe,
 * in a project or without one. Start reading at add.ts: it is a list of steps.
 *
 * `findPython`, `installPythons`, `uninstallPythons`, `upgradePythons` and `pinPython` (pythons/) work on interpreters.
 *
 * The subfolders hold what the operations share: `session/` reads a project and its settings, `locking/` resolves
 * environments and writes their locks, `bounds/` compares the bounds of requirements with `requires-python`, `env/`
 * connects a project with its environments. The other subfolders belong to the operation of the same name.
 */
export { add, type AddOptions } from "./add.ts";
export { type CreatedEnv, createEnv, createProjectEnv, type EnvOptions } from "./create-env.ts";
export type { TreeNode } from "./dependency-tree.ts";
export { type Downloaded, download, type DownloadOptions } from "./download/download.ts";
export type { DownloadedFile } from "./download/write-files.ts";
export { type ExportOptions, exportPackages } from "./export/export-packages.ts";
export type { LockChange } from "./locking/lock-changes.ts";
export { type EnvLocked, lock, type LockOptions } from "./lock.ts";
export { type CreatedProject, createProject, type CreateProjectOptions } from "./new/create-project.ts";
export { createScript, type CreateScriptOptions } from "./new/new-script.ts";
export { initFolder, type InitializedFolder, type InitOptions } from "./new/init-folder.ts";
export type { ProjectKind } from "./new/new-project.ts";
export { outdated, type OutdatedOptions } from "./outdated.ts";
export type { Outdated, OutdatedTarget } from "./outdated/outdated-packages.ts";
export { type LockReport, lockReports, type ProjectChange } from "./locking/project-change.ts";
export {
  openProject,
  openProjectIfAny,
  type ProjectSession,
  type SessionOptions,
} from "./session/project-session.ts";
export type { PruneReason } from "./prune/plan-prune.ts";
export { type PrunedEntry, type PrunedStore, type PruneOptions, pruneStore } from "./prune/prune-store.ts";
export { findPython, type FoundPython } from "./pythons/find-python.ts";
export {
  installPythons,
  type InstallPythonsOptions,
  type PythonSourceOptions,
} from "./pythons/install-pythons.ts";
export { listedPythons, type ListedPythonsOptions } from "./pythons/listed-pythons.ts";
export {
  pinPython,
  type PinPythonOptions,
  type PinScope,
  type PythonPins,
  readPins,
  removePin,
  type WrittenPin,
} from "./pythons/pin-python.ts";
export { pullRemote } from "./remote/pull-remote.ts";
export { pushRemote } from "./remote/push-remote.ts";
export { remoteParts, type TransferredEntry } from "./remote/remote-parts.ts";
export type { FailedPython, InstalledPython } from "./pythons/store-pythons.ts";
export {
  type RemovedPython,
  type UninstalledPythons,
  uninstallPythons,
} from "./pythons/uninstall-pythons.ts";
export { type PythonUpgrade, upgradePythons } from "./pythons/upgrade-pythons.ts";
export { remove } from "./remove.ts";
export { type CommandHooks, type MatrixRow, runProjectCommand } from "./run/run-project-command.ts";
export { tree, type TreeOptions } from "./tree.ts";
export { type Upgrade, upgrade, type UpgradeOptions } from "./upgrade.ts";
export { type CleanedPackages, cleanPackages } from "./store/clean-packages.ts";
export {
  type DamagedStoreEntry,
  type VerifiedStore,
  verifyStore,
  type VerifyStoreOptions,
} from "./store/verify-store.ts";
