/** A file of an Env that is not a link to a file of a wheel in the same place. */
export type OwnFile =
  /** A file with this content, which is computed when it is needed. */
  | { readonly kind: "content"; readonly read: () => string | Uint8Array; readonly executable?: true }
  /** A symbolic link with this target. */
  | { readonly kind: "symlink"; readonly target: string }
  /** A hard link to this file of the store or of an interpreter, or a copy of it. */
  | { readonly kind: "file"; readonly source: string };

/** Adds a file to the plan of an Env, by its path in the prefix. `owner` is the package that brings it. */
export type AddFile = (path: string, owner: string, file: OwnFile) => void;

export function contentOf(text: string | Uint8Array): OwnFile {
  return { kind: "content", read: () => text };
}

/** Returns a file that can be executed. */
export function programOf(read: () => string | Uint8Array): OwnFile {
  return { kind: "content", read, executable: true };
}
