import { stat } from "node:fs/promises";
import { pathToFileURL, fileURLToPath } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { type DirectUrl, type FolderReference, formatSourceReference } from "../../vocab/urls/index.ts";
import { copyProject } from "./copy-project.ts";
import { directoryFingerprint } from "./directory-fingerprint.ts";
import { resolveSubdirectory } from "./resolve-subdirectory.ts";
import type { PinnedSource } from "./pin-source.ts";
import { projectInputs } from "./project-inputs.ts";

type FolderOrigin = DirectUrl & { readonly kind: "directory" };

/**
 * Pins the current state of a folder: paths, sizes and times of its files, and the variables that its build files name.
 * Only build files are read.
 */
export async function pinFolder(
  reference: FolderReference,
  environment: NodeJS.ProcessEnv,
): Promise<PinnedSource> {
  const { path, editable, subdirectory } = reference;
  const stats = await stat(path).catch((error: unknown) => {
    throw asPosyError(error, `looking at \`${path}\``);
  });
  if (!stats.isDirectory()) {
    throw new PosyError(
      "invalid-url",
      `\`${path}\` is a file, and neither a wheel nor an archive of sources`,
      {
        hint: "name a wheel, an archive (`.tar.gz`, `.zip`) or the folder of a project",
      },
    );
  }
  const project = await resolveSubdirectory(path, subdirectory, path);
  const origin: FolderOrigin = {
    kind: "directory",
    url: pathToFileURL(path).href,
    editable,
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
  return {
    url: formatSourceReference(reference),
    origin,
    identity: directoryFingerprint(path, project, editable, await projectInputs(project), environment),
  };
}

/**
 * Returns the folder where a local project is built. An editable project is built in its own folder. Others are copied
 * into `into`, unless they need files outside their folder (`copyProject`).
 */
export async function extractFolder(origin: FolderOrigin, into: string): Promise<string> {
  const root = fileURLToPath(origin.url);
  const project = await resolveSubdirectory(root, origin.subdirectory, root);
  if (origin.editable || !(await copyProject(root, project, into))) return project;
  return resolveSubdirectory(into, origin.subdirectory, root);
}
