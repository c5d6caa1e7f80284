import { stat } from "node:fs/promises";
import { pathToFileURL, fileURLToPath } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { type DirectUrl, type FolderReference, formatSourceReference } from "../../vocab/urls/index.ts";
import { copyProject } from "./copy-project.ts";
import { directoryFingerprint } from "./directory-fingerprint.ts";
import { insideOf } from "./inside-of.ts";
import type { PinnedSource } from "./pin-source.ts";

type FolderOrigin = DirectUrl & { readonly kind: "directory" };

/** The folder as it is now, by what the file system says of its files: nothing of it is read. */
export async function pinFolder(reference: FolderReference): Promise<PinnedSource> {
  const { path, editable, subdirectory } = reference;
  const found = await stat(path).catch((error: unknown) => {
    throw asPosyError(error, `looking at \`${path}\``);
  });
  if (!found.isDirectory()) {
    throw new PosyError(
      "invalid-url",
      `\`${path}\` is a file, and neither a wheel nor an archive of sources`,
      {
        hint: "name a wheel, an archive (`.tar.gz`, `.zip`) or the folder of a project",
      },
    );
  }
  const project = await insideOf(path, subdirectory, path);
  const origin: FolderOrigin = {
    kind: "directory",
    url: pathToFileURL(path).href,
    editable,
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
  return {
    url: formatSourceReference(reference),
    origin,
    identity: directoryFingerprint(path, project, editable),
  };
}

/**
 * Where a folder is built. An editable one is used where it is; what a project needs of its own place is no
 * guess of ours to take away. Else a copy is built, where one will do.
 */
export async function layOutFolder(origin: FolderOrigin, into: string): Promise<string> {
  const root = fileURLToPath(origin.url);
  const project = await insideOf(root, origin.subdirectory, root);
  if (origin.editable || !(await copyProject(root, project, into))) return project;
  return insideOf(into, origin.subdirectory, root);
}
