import { PosyError } from "../errors/posy-error.ts";
import { allowsBuild, type Interpreter, type SourceArtifact } from "../model/index.ts";
import { parseSourceReference, withoutCredentials } from "../vocab/urls/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import { type PackageName, parsePackageName } from "../vocab/requirement/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import type { BuildRequest } from "./build-request.ts";
import { isEditable } from "./buildable.ts";
import { staticMetadata } from "./sdist/read-static-metadata.ts";
import { builtMetadata } from "./metadata/source-metadata.ts";
import { pinSource } from "./sources/pin-source.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/**
 * Returns the source that a URL refers to, pinned, with the name and version in it. Undefined if the URL names a
 * wheel or a source distribution. Throws `invalid-requirement` if it is not the package `name`.
 */
export async function readReference(
  url: string,
  name: PackageName | undefined,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<SourceArtifact | undefined> {
  const reference = parseSourceReference(url);
  if (reference === undefined) return undefined;
  const shown = withoutCredentials(url.replace(/#.*$/s, ""));
  const pinned = await pinSource(reference, dispatch.context);
  const unread: SourceArtifact = {
    kind: "source",
    filename: shown,
    name: name ?? parsePackageName("unknown"),
    version: parseVersion("0"),
    url: pinned.url,
    hashes: pinned.origin.kind === "archive" ? pinned.origin.hashes : {},
    yanked: false,
    origin: pinned.origin,
    identity: pinned.identity,
  };
  const declared = await staticMetadata(
    await dispatch.trees.forReading(unread),
    "tree",
    dispatch.context.unwritten,
  );
  const mayAsk = isEditable(unread) || allowsBuild(request.policy, unread.name);
  if (declared === undefined && !mayAsk) {
    throw new PosyError(
      "build-failed",
      `only the build backend of \`${shown}\` knows what it is, and it may not be built`,
      {
        hint: "leave out `--no-build` for it, or name a wheel of it",
      },
    );
  }
  const metadata: CoreMetadata =
    declared ?? (await builtMetadata(unread, name ?? shown, python, request, dispatch));
  if (name !== undefined && metadata.name !== name) {
    throw new PosyError("invalid-requirement", `\`${shown}\` is \`${metadata.name}\`, not \`${name}\``, {
      hint: `write \`${metadata.name}\` instead of \`${name}\`, or pass the path or URL of \`${name}\``,
    });
  }
  return {
    ...unread,
    name: metadata.name,
    version: metadata.version,
    filename: `${metadata.name}-${metadata.version.text}`,
  };
}
