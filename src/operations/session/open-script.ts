import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { manifestOfScript, readManifest } from "../../project/index.ts";
import type { ScriptText } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";

/** The manifest of a script: its block (PEP 723) as the text of a `pyproject.toml`. */
export interface ScriptManifest {
  /** The absolute path of the script. */
  readonly path: string;
  readonly text: string;
  /** The text that the file has. It is empty if there is no block. */
  readonly textOnDisk: string;
}

/**
 * Reads the manifest of a script. `newBlock` is the manifest of a script without a block. Throws `not-found` if there
 * is no script, or no block and no `newBlock`, and `invalid-project`.
 */
export async function openScript(
  script: string | ScriptText,
  cwd: string,
  newBlock?: string,
): Promise<ScriptManifest> {
  if (typeof script !== "string") {
    const text = manifestOfScript(script.text, script.path) ?? "";
    return { path: script.path, text, textOnDisk: text };
  }
  const path = resolve(cwd, script);
  const text = await readManifest(path);
  if (text !== undefined) return { path, text, textOnDisk: text };
  if (!(await exists(path))) {
    throw new PosyError("not-found", `there is no script \`${script}\``, {
      hint: `\`posy new --script ${script}\` creates it`,
    });
  }
  if (newBlock !== undefined) return { path, text: newBlock, textOnDisk: "" };
  throw new PosyError("not-found", `\`${script}\` has no block of inline metadata (PEP 723)`, {
    hint: `\`posy add --script ${script} NAME\` adds one`,
  });
}
