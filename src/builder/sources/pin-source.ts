import type { DirectUrl, SourceReference } from "../../vocab/urls/index.ts";
import type { SourceContext } from "./source-context.ts";

/** A pinned reference: a git commit, the SHA-256 of an archive, or the state of a folder. */
export interface PinnedSource {
  /** The pinned reference as a URL that can be parsed again: `git+https://…@<commit>`. Without credentials. */
  readonly url: string;
  /** PEP 610, with `commitId`, `hashes` or `editable`. Without credentials. */
  readonly origin: DirectUrl;
  /** Identifies the content, as 64 hexadecimal digits. For a folder: `directoryFingerprint`. */
  readonly identity: string;
}

/**
 * Pins what a reference means now. Throws `unknown-revision`, `no-git`, `git-failed`, `authentication`, `network`,
 * `offline`, `hash-mismatch`, `not-found`, `invalid-source`, …
 */
export async function pinSource(reference: SourceReference, context: SourceContext): Promise<PinnedSource> {
  // Each kind is imported when it is needed, because most runs need none.
  switch (reference.kind) {
    case "git":
      return (await import("./git-source.ts")).pinGit(reference, context);
    case "folder":
      return (await import("./folder-source.ts")).pinFolder(reference, context.environment);
    default:
      return (await import("./archive-source.ts")).pinArchive(reference, context);
  }
}
