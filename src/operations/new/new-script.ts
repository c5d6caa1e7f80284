import { basename, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { manifestOfScript, withManifest } from "../../project/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { textIfThere, writeUserFile } from "../../system/fs/index.ts";
import { checkPython } from "./check-python.ts";
import { choosePython } from "./python-choice.ts";

/** Options of `createScript`. */
export interface CreateScriptOptions {
  /** The Pythons that the script is for, as `--python` takes them: `3.13`, `>=3.10,<3.14`. */
  readonly python?: string | undefined;
}

/** Returns the manifest of a script that has no block yet. Throws `usage` for a Python that is not a version. */
export function newBlock(python?: string): string {
  return `[project]\nrequires-python = "${choosePython(python).requires}"\ndependencies = []\n`;
}

/**
 * Creates a script with a block of inline metadata (PEP 723), or adds a block to a script that has none. Returns the
 * absolute path. Throws `filesystem` if the script has a block, `no-interpreter`, `usage`.
 */
export async function createScript(
  file: string,
  { python }: CreateScriptOptions,
  context: OperationContext,
): Promise<string> {
  const path = resolve(context.cwd, file);
  const manifest = newBlock(python);
  if (python !== undefined) await checkPython(python, context);
  const before = await textIfThere(path);
  if (before !== undefined && manifestOfScript(before, path) !== undefined) {
    throw new PosyError("filesystem", `\`${file}\` has a block of inline metadata already`, {
      hint: `\`posy add --script ${file} NAME\` adds to it`,
    });
  }
  await writeUserFile(path, withManifest(before ?? programText(basename(path)), manifest, path));
  return path;
}

function programText(name: string): string {
  return `\n\ndef main() -> None:\n    print("Hello from ${name}!")\n\n\nif __name__ == "__main__":\n    main()\n`;
}
