import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { hashesOfFragment } from "../../packages/index.ts";
import { safeUrl, splitCredentials } from "../../system/http/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";
import { checkPybiFilename, pybiInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";
import type { PythonsContext } from "../index.ts";

/** Whether the user gave the URL of a `.pybi`, not a path. */
export function isRemotePybi(text: string): boolean {
  return /^https?:\/\/[^#]+\.pybi(#|$)/i.test(text);
}

/**
 * Returns the interpreter in the `.pybi` at a URL, which may end in `#sha256=…`. The file is fetched: a lock pins it by
 * its hash, and it will be needed. Throws `invalid-filename`, `invalid-pybi`, `no-interpreter`, `hash-mismatch`,
 * `network`, …
 */
export async function remotePybi(
  text: string,
  platform: PlatformName,
  { db }: PythonsContext,
): Promise<Interpreter> {
  const [location = "", fragment = ""] = text.split("#");
  const filename = decodeURIComponent(basename(new URL(location).pathname));
  const pybi = parsePybiFilename(filename);
  const artifact = { filename, pybi, url: location, hashes: hashesOfFragment(fragment) };
  const { sha256, size } = await db.fetch(artifact);
  const { url } = splitCredentials(location);
  const pinned = { ...artifact, url, hashes: { ...artifact.hashes, sha256 } };
  const source = { kind: "pybi", url, filename, size, hashes: pinned.hashes } as const;
  const texts = await db.pybiMetadata(pinned);
  checkPybiFilename(texts, pybi);
  const interpreter = pybiInterpreter(texts, source, platform);
  if (interpreter !== undefined) return interpreter;
  throw new PosyError("no-interpreter", `\`${safeUrl(text)}\` is not for \`${platform}\``, {
    hint: "the file name ends with the platforms that it is for",
  });
}
