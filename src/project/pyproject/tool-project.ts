import { basename } from "node:path";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import type { Project } from "./project.ts";

/** The name of the project that Posy makes for an installed tool. No package of an index has it. */
export const toolProjectName = parsePackageName("posy.installed-tool");

/**
 * Returns the place of a line for messages: `pyproject.toml:12`. It is empty for an installed tool: a person typed its
 * requirements on the command line, and Posy wrote its `pyproject.toml`.
 */
export function originOf({ name, path }: Project, { line }: { readonly line: number }): string {
  return name === toolProjectName ? "" : `${basename(path)}:${line}`;
}
