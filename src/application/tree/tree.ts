import type { BlueprintTarget } from "../../model/index.ts";

/** The content of a file: a file of the store, or bytes that were made for the application. */
export type FileSource = { readonly path: string } | { readonly bytes: Uint8Array };

/** An entry of an application. Folders are not listed: a folder exists if something is in it. */
export type TreeEntry =
  | {
      readonly kind: "file";
      /** Relative to the folder of the application, with `/`. It has no empty, `.` or `..` part. */
      readonly path: string;
      /** The normalised name of the package that brings it, `python` for the interpreter, or `posy`. */
      readonly owner: string;
      readonly executable: boolean;
      readonly source: FileSource;
    }
  | {
      readonly kind: "symlink";
      readonly path: string;
      readonly owner: string;
      /** Relative to the folder of the link. It stays inside the application. */
      readonly target: string;
    };

/** A program that a person starts. */
export interface ApplicationProgram {
  /** Its name without an ending: `uvicorn`. */
  readonly name: string;
  /** The launcher's path in the application: `bin/uvicorn`, `Scripts/uvicorn.exe`. */
  readonly path: string;
  /** What the launcher calls; undefined for a program or script that a wheel brings as a file. */
  readonly call: { readonly module: string; readonly attribute: string } | undefined;
  /** Whether it has windows of its own, and no console on Windows. */
  readonly gui: boolean;
}

/**
 * An application: an interpreter, packages and launchers as one folder that can be moved, for any platform. The
 * packages are in the interpreter's own site-packages, so Python finds everything from its own path.
 */
export interface ApplicationTree {
  readonly target: BlueprintTarget;
  /** Sorted by path, as UTF-8 bytes. No two paths are equal, also without case if the platform is Windows or macOS. */
  readonly entries: readonly TreeEntry[];
  /** Sorted by name. */
  readonly programs: readonly ApplicationProgram[];
  /** The path of the interpreter in the application: `bin/python`, `python.exe`. Empty if it has none. */
  readonly python: string;
  /** The path of site-packages in the application. Empty if the packages are in its own folder (`flatTree`). */
  readonly sitePackages: string;
}
