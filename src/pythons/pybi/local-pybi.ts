import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { localPath } from "../../packages/index.ts";
import { asPosyError, exists, sha256OfFile } from "../../system/fs/index.ts";
import { openZipFile } from "../../system/archives/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";
import { checkPybiFilename, pybiInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * Returns the interpreter in a `.pybi` file on this disk. Throws `no-interpreter` if it is for another platform, and
 * `not-found`, `invalid-filename`, `invalid-archive`, `invalid-pybi`.
 */
export async function localPybi(path: string, platform: PlatformName): Promise<Interpreter> {
  const file = localPath(path) ?? resolve(path);
  const filename = basename(file);
  if (!(await exists(file))) throw asPosyError({ code: "ENOENT" }, `opening \`${path}\``);
  const name = parsePybiFilename(filename);
  const texts = pybiTexts(file, filename);
  withFilename(filename, () => checkPybiFilename(texts, name));
  const sha256 = await sha256OfFile(file);
  const source = { kind: "pybi", url: pathToFileURL(file).href, filename, hashes: { sha256 } } as const;
  const interpreter = withFilename(filename, () => pybiInterpreter(texts, source, platform));
  if (interpreter === undefined) {
    throw new PosyError("no-interpreter", `\`${filename}\` is not for \`${platform}\``, {
      hint: "the file name ends with the platforms that it is for",
    });
  }
  return interpreter;
}

/** Adds the name of the archive to errors about METADATA or PYBI. */
function withFilename<T>(filename: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const { code, message, hint } = error;
    throw new PosyError(code, `\`${filename}\` is not a valid pybi: ${message}`, { hint, cause: error });
  }
}

function pybiTexts(path: string, filename: string): { metadata: string; pybi: string } {
  const zip = openZipFile(path, { label: filename, names: "portable" });
  try {
    const text = (name: string) => {
      const entry = zip.entry(`pybi-info/${name}`);
      if (entry?.kind !== "file" || entry.size > 2 ** 20) {
        throw new PosyError("invalid-pybi", `\`${filename}\` has no \`pybi-info/${name}\``, {
          hint: "a pybi is an archive in the format of PEP 711",
        });
      }
      return Buffer.from(zip.readSync(entry)).toString("utf8");
    };
    return { metadata: text("METADATA"), pybi: text("PYBI") };
  } finally {
    zip.close();
  }
}
