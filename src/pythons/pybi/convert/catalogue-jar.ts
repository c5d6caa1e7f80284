import { PosyError } from "../../../errors/posy-error.ts";
import { sha256OfFile } from "../../../system/fs/index.ts";
import { loadCatalogue } from "../../catalogue/index.ts";
import { extractJar } from "../../extract/index.ts";
import type { Distribution } from "./distribution.ts";

/** A jar of the built-in catalogue, which knows its platform tag and what it lacks; undefined for other names. */
export async function catalogueJar(filename: string): Promise<Distribution | undefined> {
  if (!filename.endsWith(".jar")) return undefined;
  for (const interpreter of await loadCatalogue()) {
    const { source } = interpreter;
    if (source.kind !== "catalogue" || source.filename !== filename) continue;
    const { lacks } = interpreter;
    return {
      kind: "catalogue jar",
      interpreter,
      warnings: lacks.length === 0 ? [] : [`it was built without ${lacks.join(", ")}`],
      async place(archivePath, into) {
        await holdAgainst(source.hashes["sha256"] ?? "", archivePath, filename);
        await extractJar(interpreter, source, archivePath, into);
      },
    };
  }
  return undefined;
}

/** What the pybi says of itself is the catalogue's, which is of this one file. Throws `hash-mismatch`. */
async function holdAgainst(expected: string, archivePath: string, filename: string): Promise<void> {
  const found = await sha256OfFile(archivePath);
  if (found === expected) return;
  throw new PosyError(
    "hash-mismatch",
    `\`${filename}\` is not the file that the catalogue has: its SHA-256 is \`${found}\`, not \`${expected}\``,
    { hint: "download it again; if it stays so, don't use it" },
  );
}
