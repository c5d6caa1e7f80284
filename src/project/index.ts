/**
 * The files of a project: `pyproject.toml`, requirements files, version files.
 *
 * pyproject/ reads and edits a `pyproject.toml`, with its `[tool.posy]` and `[tool.uv]`: start reading at
 * pyproject/project.ts and pyproject/read-project.ts. script/ reads the inline metadata of a script as a project.
 * requirements-file/ reads pip's format, python-version-file/ reads `.python-version`, and configuration/ reads the
 * settings of pip and uv. Nothing here resolves or asks an index.
 */
export { buildPolicyOf, type Choices, joinChoices } from "./configuration/choices.ts";
export { parsePackageChoice } from "./configuration/package-choice.ts";
export { pipChoices } from "./configuration/pip-choices.ts";
export { pipWarnings } from "./configuration/pip-settings.ts";
export { uvChoices } from "./configuration/uv-choices.ts";
export { uvWarnings } from "./configuration/uv-settings.ts";
export { uvVariableWarnings } from "./configuration/uv-variables.ts";
export { envLinkPath, isWithoutLinks, linkEnv, replaceLink, withoutEnvLinks } from "./env-link/index.ts";
export type { BriefParts, BriefPartsOptions, PackageIndex } from "./pyproject/brief-parts.ts";
export { describeCommand } from "./pyproject/commands/describe-command.ts";
export type {
  CommandStep,
  CommandWord,
  Placeholder,
} from "./pyproject/commands/project-command.ts";
export {
  addDirectRequirement,
  refuseCredentials,
  refusesUrls,
  sourceFieldsOf,
} from "./pyproject/edit/add-direct-requirement.ts";
export { addRequirement } from "./pyproject/edit/add-requirement.ts";
export { addIndex, type WrittenIndex } from "./pyproject/edit/edit-index.ts";
export { removeSource, setSource, type SourceFields } from "./pyproject/edit/edit-source.ts";
export { removeRequirement } from "./pyproject/edit/remove-requirement.ts";
export { replaceRequirement } from "./pyproject/edit/replace-requirement.ts";
export {
  arrayAt,
  listed,
  listedRequirements,
  pathOf,
  type RequirementList,
} from "./pyproject/edit/requirement-lists.ts";
export { boundKinds, versionBounds } from "./pyproject/edit/version-bounds.ts";
export { envBriefParts } from "./pyproject/env-requirements.ts";
export { findProject } from "./pyproject/find-pyproject.ts";
export { parseGroupName } from "./pyproject/group-name.ts";
export { type PathDependencySources, pathDependencySources } from "./pyproject/path-dependency-sources.ts";
export type { EnvFile, EnvName, Project, ProjectIndex } from "./pyproject/project.ts";
export { parseProject, readProject } from "./pyproject/read-project.ts";
export { toolProjectName } from "./pyproject/tool-project.ts";
export {
  findVersion,
  findVersionManifest,
  type FoundVersion,
  type VersionLocation,
} from "./version/index.ts";
export { findVersionFile, type VersionFile } from "./python-version-file/find-version-file.ts";
export { readPin } from "./python-version-file/parse-version-file.ts";
export { globalVersionFile, type VersionFilePreference } from "./python-version-file/version-file-paths.ts";
export { writeVersionFile } from "./python-version-file/write-version-file.ts";
export { decodeText } from "./requirements-file/decode-text.ts";
export { parseTypedRequirement } from "./requirements-file/direct-requirement.ts";
export { requirementFolder } from "./requirements-file/requirement-folder.ts";
export { logicalLines } from "./requirements-file/logical-lines.ts";
export { type LineOption, parseLine } from "./requirements-file/parse-line.ts";
export {
  readRequirementsFiles,
  type RequirementsReader,
} from "./requirements-file/read-requirements-file.ts";
export type { FileBuildOptions, FileIndexOptions } from "./requirements-file/requirements-file.ts";
export { withoutEgg } from "./requirements-file/without-egg.ts";
export { requiresPython } from "./requires-python.ts";
export {
  manifestOfScript,
  parseManifest,
  readManifest,
  scriptLockPath,
  scriptOfLock,
  withManifest,
  writeManifest,
} from "./script/index.ts";
