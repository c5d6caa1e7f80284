import { isTable, type TomlTable } from "../../toml/index.ts";
import type { DynamicKey } from "./project-metadata.ts";

/**
 * hatchling replaces these in requirements: `{root:uri}`, `{home}`, `{env:NAME:default}`. No valid requirement has
 * braces.
 */
const contextField = /\{[^{}]*\}/;

/** Whether a requirement of a project that hatchling builds has context fields, which only hatchling can fill in. */
export function hasContextField(requirement: unknown): boolean {
  return typeof requirement === "string" && contextField.test(requirement);
}

/**
 * Returns the keys of `[project]` whose requirements have context fields of hatchling. So only the build backend knows
 * them, although `dynamic` does not list them. `document` is a parsed `pyproject.toml`.
 */
export function keysWithContext(document: TomlTable): readonly DynamicKey[] {
  const { project, "build-system": buildSystem } = document;
  if (!isTable(project) || !isTable(buildSystem) || buildSystem["build-backend"] !== "hatchling.build")
    return [];
  const extras = project["optional-dependencies"];
  const keys: DynamicKey[] = [];
  if (hasContext(project["dependencies"])) keys.push("dependencies");
  if (isTable(extras) && Object.values(extras).some(hasContext)) keys.push("optional-dependencies");
  return keys;
}

function hasContext(list: unknown): boolean {
  return Array.isArray(list) && list.some(hasContextField);
}
