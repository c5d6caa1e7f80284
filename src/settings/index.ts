/**
 * Settings of an operation: reads options, environment variables and configuration files, and decides which one counts.
 *
 * options.ts has the types of the options. read-settings.ts combines everything into a Brief and index settings:
 * start reading there. open-posy-for.ts opens a `Posy` with them.
 */
export { type OperationContext, searchFolder, warn } from "./context.ts";
export { checkHashesOf } from "./hash-mode.ts";
export { type Inputs, openInputs } from "./inputs.ts";
export { openPosyFor } from "./open-posy-for.ts";
export { openPythons } from "./open-pythons.ts";
export type {
  BriefOptions,
  BuildOptions,
  IndexOptions,
  LockChoiceOptions,
  RequirementListOptions,
  ProjectOptions,
  PythonOptions,
  ScriptText,
  TargetOptions,
} from "./options.ts";
export { readPrerelease } from "./prerelease.ts";
export { withPackageIndexes } from "./project-index-settings.ts";
export { surroundingPythons } from "./python-setting.ts";
export { type AskedOptions, readAsked } from "./read-asked.ts";
export { readSettings, type Settings } from "./read-settings.ts";
export { readPrefer, type SurroundingChoices } from "./surrounding-choices.ts";
