import type { PinnedSource } from "./pin-source.ts";
import type { SourceContext } from "./source-context.ts";

/**
 * Extracts the pinned source into the empty folder `into` and returns the folder of the project, where it can be built.
 * Some local folders are built in their own place (`extractFolder`), so the returned folder is not always in `into`.
 */
export async function extractSource(
  pinned: Pick<PinnedSource, "origin" | "identity">,
  into: string,
  context: SourceContext,
): Promise<string> {
  const { origin } = pinned;
  switch (origin.kind) {
    case "vcs":
      return (await import("./git-source.ts")).extractGit(origin, into, context);
    case "directory":
      return (await import("./folder-source.ts")).extractFolder(origin, into);
    default:
      return (await import("./archive-source.ts")).extractArchive(origin, into, context);
  }
}
