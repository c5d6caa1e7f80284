import { PosyError } from "../../../errors/posy-error.ts";
import { sha256OfFile } from "../../../system/fs/index.ts";
import { loadCatalogue } from "../../catalogue/index.ts";
import { extractJar } from "../../extract/index.ts";
import type { Distribution } from "./distribution.ts";

/** Recognizes a jar of the built-in catalogue, which has its platform tag and missing modules. */
export async function catalogueJar(filename: string): Promise<Distribution | undefined> {
  for (const interpreter of await loadCatalogue()) {
    const { source } = interpreter;
    if (source.kind !== "catalogue" || source.filename !== filename) continue;
    const { lacks } = interpreter;
    return {
      kind: "catalogue jar",
      interpreter,
      warnings: lacks.length === 0 ? [] : [`it was built without ${lacks.join(", ")}`],
      async extract(archivePath, into) {
        await checkHash(source.hashes["sha256"] ?? "", archivePath, filename);
        await extractJar(interpreter, source, archivePath, into);
      },
    };
  }
  return undefined;
}

/** The pybi gets the catalogue's metadata, so the file must be the one in the catalogue. Throws `hash-mismatch`. */
async function checkHash(expected: string, archivePath: string, filename: string): Promise<void> {
  const actual = await sha256OfFile(archivePath);
  if (actual === expected) return;
  throw new PosyError(
    "hash-mismatch",
    `\`${filename}\` is not the file in the catalogue: its SHA-256 is \`${actual}\`, not \`${expected}\``,
    { hint: "download it again; if the error remains, do not use the file" },
  );
}
