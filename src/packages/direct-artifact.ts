import { stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { PosyError } from "../errors/posy-error.ts";
import { asPosyError } from "../system/fs/index.ts";
import { safeUrl } from "../system/http/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { IndexedArtifact } from "../model/index.ts";
import { type FetchContext, fetchArtifact } from "./artifacts/fetch-artifact.ts";
import { verifyLocalFile } from "./artifacts/verify-local-file.ts";
import { localPath } from "./index/local-path.ts";
import { makeArtifact } from "./make-artifact.ts";
import { checkClaims, hashesOfFragment } from "./simple-index/hash-claims.ts";
import { linkTarget } from "./simple-index/link-target.ts";

/**
 * Returns the wheel or source distribution that a requirement's URL or path names. The kind is read from the
 * file name. Without `#sha256=` the content is fetched, so that it can be pinned by its hash. Throws
 * `invalid-url`, `invalid-filename`, `not-found`, …
 */
export async function directArtifact(
  url: string,
  name: PackageName | undefined,
  fresh: boolean,
  context: FetchContext,
): Promise<IndexedArtifact> {
  const { location, fragment } = splitFragment(context.http.learnCredentials(url));
  const path = localPath(location);
  const target = linkTarget(path === undefined ? location : pathToFileURL(path).href, "posy:");
  if (!target || /^[a-z]+\+/i.test(url)) throw unsupported(url);
  if (path !== undefined) await refuseFolder(path);
  const claims = hashesOfFragment(fragment);
  checkClaims(claims, target.filename, undefined);
  const artifact = makeArtifact(
    { filename: target.filename, url: target.url, hashes: claims, yanked: false },
    name,
  );
  if (name !== undefined && artifact.name !== name) {
    throw new PosyError(
      "invalid-requirement",
      `\`${safeUrl(url)}\` is \`${artifact.name}\`, not \`${name}\``,
      {
        hint: "use the name that the file has, or another file",
      },
    );
  }
  if (path === undefined && claims["sha256"] !== undefined) return artifact;
  const { sha256, size } =
    path === undefined
      ? await fetchArtifact(artifact, fresh, context)
      : await verifyLocalFile(path, artifact);
  return { ...artifact, hashes: { ...claims, sha256 }, size };
}

/**
 * Splits off the fragment. A path may contain a `#`, so only something that looks like a hash counts as its
 * fragment.
 */
function splitFragment(url: string): { readonly location: string; readonly fragment: string } {
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(url);
  const position = isUrl ? url.indexOf("#") : url.search(/#(?:[a-z0-9_]+=|$)/);
  return position < 0
    ? { location: url, fragment: "" }
    : { location: url.slice(0, position), fragment: url.slice(position + 1) };
}

async function refuseFolder(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    (error: unknown) => {
      throw asPosyError(error, `reading \`${path}\``);
    },
  );
  if (!isFolder) return;
  throw new PosyError("invalid-url", `\`${path}\` is a folder, not a wheel or a source distribution`, {
    hint: "name a file",
  });
}

function unsupported(url: string): PosyError {
  return new PosyError("invalid-url", `\`${safeUrl(url)}\` can't be fetched`, {
    hint: "name a wheel or a source distribution by `https:`, `http:`, `file:` or its path; sources in git are not supported yet",
  });
}
