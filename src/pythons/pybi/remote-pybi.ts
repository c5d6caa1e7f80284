import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { hashesOfFragment } from "../../packages/index.ts";
import { safeUrl, splitCredentials } from "../../system/http/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";
import { checkPybiFilename, pybiInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";
import type { PythonsContext } from "../index.ts";

/** Whether what a person typed for a `.pybi` is a URL, not a path. */
export function isRemotePybi(text: string): boolean {
  return /^https?:\/\/[^#]+\.pybi(#|$)/i.test(text);
}

/**
 * A `.pybi` behind a URL, which may end in `#sha256=…`: fetched, since it is pinned by its hash and will be needed. Throws
 * `invalid-filename`, `invalid-pybi`, `no-interpreter`, `hash-mismatch`, `network`, …
 */
export async function remotePybi(
  text: string,
  platform: PlatformName,
  { db }: PythonsContext,
): Promise<Interpreter> {
  const [location = "", fragment = ""] = text.split("#", 2);
  const filename = decodeURIComponent(basename(new URL(location).pathname));
  const pybi = parsePybiFilename(filename);
  const artifact = { filename, pybi, url: location, hashes: hashesOfFragment(fragment) };
  const { sha256, size } = await db.fetch(artifact);
  const { url } = splitCredentials(location);
  const known = { ...artifact, url, hashes: { ...artifact.hashes, sha256 } };
  const source = { kind: "pybi", url, filename, size, hashes: known.hashes } as const;
  const texts = await db.pybiMetadata(known);
  checkPybiFilename(texts, pybi);
  const interpreter = pybiInterpreter(texts, source, platform);
  if (interpreter !== undefined) return interpreter;
  throw new PosyError("no-interpreter", `\`${safeUrl(text)}\` is not for \`${platform}\``, {
    hint: "the end of its name says what it is for",
  });
}
