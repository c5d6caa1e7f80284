import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { PosyError } from "../../errors/posy-error.ts";
import { pybiInterpreter, type PybiTexts } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * Checks that the metadata in a pybi are those that the interpreter was chosen by. They differ if an index serves the
 * metadata of one file and lists the hash of another. `texts` come from the verified file. Throws `metadata-mismatch`,
 * `invalid-pybi`.
 */
export function checkPybiMetadata(python: Interpreter, texts: PybiTexts, filename: string): void {
  const actual = pybiInterpreter(texts, python.source, python.platform);
  if (actual !== undefined && isDeepStrictEqual(comparable(actual), comparable(python))) return;
  throw new PosyError(
    "metadata-mismatch",
    `the metadata in \`${filename}\` differ from the metadata by which Python ${python.version} was chosen`,
    {
      hint: "resolve again; if the error remains, report it to the maintainers of the index of interpreters",
    },
  );
}

/** Does the same for an unpacked pybi. A tree without `pybi-info` passes: other checks report it. */
export function checkStoredPybiMetadata(python: Interpreter, root: string, filename: string): void {
  const texts: { metadata?: string; pybi?: string } = {};
  try {
    texts.metadata = readFileSync(join(root, "pybi-info", "METADATA"), "utf8");
    texts.pybi = readFileSync(join(root, "pybi-info", "PYBI"), "utf8");
  } catch {
    return;
  }
  checkPybiMetadata(python, texts as PybiTexts, filename);
}

/** Returns everything that decides which packages are chosen and how environments are laid out. */
function comparable({
  implementation,
  version,
  freeThreaded,
  platformTags,
  markers,
  wheelTags,
  paths,
}: Interpreter) {
  // The tables come from different parsers, some without a prototype.
  const tables = [{ ...markers }, { ...paths }];
  return [implementation, version, freeThreaded, [...platformTags], [...wheelTags], tables];
}
