import type { PinnedSource } from "./pin-source.ts";
import type { SourceContext } from "./source-context.ts";

/**
 * Lays the pinned source out in `into`, an empty folder, and returns the folder of the project: there it may be built. Some
 * folders are built where they are (`folder-source.ts` says which): what is returned is not always in `into`.
 */
export async function extractSource(
  pinned: Pick<PinnedSource, "origin" | "identity">,
  into: string,
  context: SourceContext,
): Promise<string> {
  const { origin } = pinned;
  switch (origin.kind) {
    case "vcs":
      return (await import("./git-source.ts")).layOutGit(origin, into, context);
    case "directory":
      return (await import("./folder-source.ts")).layOutFolder(origin, into);
    default:
      return (await import("./archive-source.ts")).layOutArchive(origin, into, context);
  }
}
