import type { DirectUrl, SourceReference } from "../../vocab/urls/index.ts";
import type { SourceContext } from "./source-context.ts";

/** The reference pinned: a git commit, the SHA-256 of an archive, the state of a folder. */
export interface PinnedSource {
  /** The reference as it is pinned, in a form that is read again: `git+https://…@<commit>`. Without credentials. */
  readonly url: string;
  /** PEP 610, with `commitId`, `hashes` or `editable`; without credentials. */
  readonly origin: DirectUrl;
  /** Names the content, as 64 hexadecimal digits: what is built of the same is the same. Of a folder: its state by the file system's word. */
  readonly identity: string;
}

/**
 * Finds out what a reference means now. Throws `unknown-revision`, `no-git`, `git-failed`, `authentication`, `network`,
 * `offline`, `hash-mismatch`, `not-found`, `invalid-source`, …
 */
export async function pinSource(reference: SourceReference, context: SourceContext): Promise<PinnedSource> {
  // Each kind is loaded when it is met: most runs meet none.
  switch (reference.kind) {
    case "git":
      return (await import("./git-source.ts")).pinGit(reference, context);
    case "folder":
      return (await import("./folder-source.ts")).pinFolder(reference);
    default:
      return (await import("./archive-source.ts")).pinArchive(reference, context);
  }
}
