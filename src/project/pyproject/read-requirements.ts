import { pathToFileURL } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { hasContextField } from "../../vocab/metadata/index.ts";
import { parseRequirement, type Requirement } from "../../vocab/requirement/index.ts";
import { keyPath, listAt, parsedAt, type TomlDocument } from "../../toml/index.ts";
import { replaceProjectRoot } from "../../vocab/urls/index.ts";
import { parseTypedRequirement } from "../requirements-file/direct-requirement.ts";
import type { Written } from "./project.ts";

/** The document that is read, and its folder. */
export interface ReadContext {
  readonly document: TomlDocument;
  /** The absolute folder that relative paths start from. */
  readonly folder: string;
  /** True if requirements with context fields of hatchling (`{root:uri}`) are left out. */
  readonly skipsContextFields?: boolean;
}

/** Reads a list of requirements (PEP 508), each with its line. Makes relative paths in URLs absolute. */
export function requirementsAt(
  value: unknown,
  key: string,
  context: ReadContext,
): readonly Written<Requirement>[] {
  const skips = (item: unknown) => context.skipsContextFields === true && hasContextField(item);
  return listAt(value, key, (item, itemKey) =>
    skips(item) ? [] : [requirementAt(item, itemKey, context)],
  ).flat();
}

export function requirementAt(
  item: unknown,
  key: string,
  { document, folder }: ReadContext,
): Written<Requirement> {
  return {
    value: parsedAt(item, key, (text) => requirementIn(text, folder)),
    line: document.lineOf(keyPath(key)),
  };
}

/** Parses one requirement (PEP 508). Relative paths in its URL start from `folder`. Throws `invalid-requirement`. */
export function requirementIn(written: string, folder: string): Requirement {
  const text = replaceProjectRoot(written, pathToFileURL(folder).href);
  if (/^\s*(\.{0,2}[\\/]|(git\+|https?:|file:)|[^@]*\.whl\s*$)/i.test(text)) {
    throw new PosyError("invalid-requirement", "it is a URL or a path without the name of the package", {
      hint: 'write only the name here, and the path into `[tool.posy.sources]`: `name = { path = "…" }`',
    });
  }
  const requirement = parseRequirement(text);
  if (requirement.url === undefined) return requirement;
  const typed = parseTypedRequirement(text, folder);
  return typed.kind === "requirement" ? typed.requirement : requirement;
}
