import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, readNamedText } from "../../../system/fs/index.ts";
import type { EnvOptions } from "../../create-env.ts";
import { scriptEnv, type ScriptEnv } from "./script-env.ts";

/**
 * Returns how to open a notebook in JupyterLab, or how to execute it. Its packages are those of the block (PEP 723) in
 * one of its code cells, or else those of the project or of the options; JupyterLab (or what executes notebooks) is
 * added. `path` is absolute. Throws `usage` if the file is not a notebook, and `invalid-project`.
 */
export async function notebookTarget(
  path: string,
  args: readonly string[],
  { execute }: { readonly execute: boolean },
  options: EnvOptions,
): Promise<ScriptEnv & { readonly command: readonly string[] }> {
  const text = await readNamedText(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  const cell = codeCells(text, path).find((source) => source.includes("# /// script"));
  const tools = execute ? ["nbclient", "ipykernel"] : ["jupyterlab"];
  const withTools = { ...options, with: [...(options.with ?? []), ...tools] };
  const env = await scriptEnv({ path, text: cell ?? "" }, withTools);
  const command = execute ? ["jupyter-execute", path, ...args] : ["jupyter-lab", path, ...args];
  // The tools are not among the typed options.
  return { ...env, key: [...env.key, ...tools.map((name) => `--with=${name}`)], command };
}

/** Returns the sources of the code cells of a notebook (nbformat 4). */
function codeCells(text: string, path: string): readonly string[] {
  const notebook = parsed(text) as { readonly cells?: unknown } | null | undefined;
  if (!Array.isArray(notebook?.cells)) {
    throw new PosyError("usage", `\`${path}\` is not a notebook of format 4`, {
      hint: "check the path; Jupyter converts older notebooks when it opens them",
    });
  }
  return (notebook.cells as { cell_type?: unknown; source?: unknown }[]).flatMap((cell) => {
    if (cell?.cell_type !== "code") return [];
    const { source } = cell;
    return typeof source === "string" ? [source] : Array.isArray(source) ? [source.join("")] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
