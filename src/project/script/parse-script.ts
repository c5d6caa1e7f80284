import { dirname } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import { knownTable, openDocument, parsedAt, tableAt, withLine } from "../../toml/index.ts";
import { parseSpecifierSet } from "../../vocab/version/index.ts";
import type { Project } from "../pyproject/project.ts";
import { readEnvs } from "../pyproject/read-envs.ts";
import { posyKeys, readSettings } from "../pyproject/read-posy-settings.ts";
import { requirementsAt } from "../pyproject/read-requirements.ts";
import { readUv } from "../pyproject/uv/read-uv.ts";
import { settingsWithUv } from "../pyproject/uv/with-uv.ts";

/** The keys that a block may have (PEP 723). `tool` is a table beside `[project]` here. */
const blockKeys = ["dependencies", "requires-python"];

/** The keys of `[tool.posy]` that mean nothing in a script. */
const keysOfProjects = ["package", "envs", "commands", "venv"];

/**
 * Reads the block of a script (PEP 723) as a project without a name that is not installed. It has the environment
 * `default`. `manifest` is a text as `manifestOfScript` returns it, `path` the absolute path of the script. Throws
 * `invalid-project` with file, line and key.
 */
export async function parseScript(manifest: string, path: string): Promise<Project> {
  const document = await openDocument(manifest, path);
  const context = { document, folder: dirname(path) };
  try {
    const uv = await readUv(context);
    const block = tableAt(document.value["project"], "project");
    const tool = tableAt(document.value["tool"] ?? {}, "tool");
    const posy = knownTable(tool["posy"] ?? {}, "tool.posy", posyKeys, "`[tool.posy]`");
    const settings = settingsWithUv(readSettings(posy, uv.indexes, context), posy, uv);
    const python = block["requires-python"];
    return {
      folder: context.folder,
      path,
      isScript: true,
      dynamic: new Set(),
      hasDynamicExtras: false,
      ...(python !== undefined && {
        requiresPython: {
          value: parsedAt(python, "project.requires-python", parseSpecifierSet),
          line: document.lineOf(["project", "requires-python"]),
        },
      }),
      dependencies: requirementsAt(block["dependencies"] ?? [], "project.dependencies", context),
      optionalDependencies: new Map(),
      groups: new Map(),
      scripts: [],
      isPackage: false,
      settings: settings.value,
      envs: readEnvs(undefined, { groups: new Map(), extras: new Set(), hasDynamicExtras: false }, document),
      commands: new Map(),
      document,
      warnings: [
        ...[...Object.keys(block), ...Object.keys(document.value)]
          .filter((key) => ![...blockKeys, "project", "tool"].includes(key))
          .map(
            (key) => `the block of \`${path}\` has a key ${quote(key)}, which PEP 723 does not know: ignored`,
          ),
        ...keysOfProjects
          .filter((key) => posy[key] !== undefined)
          .map((key) => `\`tool.posy.${key}\` in \`${path}\` is for projects: ignored`),
        ...uv.warnings,
        ...settings.warnings,
      ],
      bareMembers: [],
      otherFiles: [],
    };
  } catch (error) {
    throw withoutHeader(withLine(error, document));
  }
}

/** Names keys as the script has them: `project` is only the table that stands for the block. */
function withoutHeader(error: unknown): unknown {
  if (!(error instanceof PosyError)) return error;
  const { code, hint, cause, span } = error;
  return new PosyError(code, error.message.replaceAll("`project.", "`"), {
    ...(hint !== undefined && { hint }),
    ...(span && { span }),
    cause,
  });
}
