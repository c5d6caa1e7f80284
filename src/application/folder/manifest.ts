import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { textIfThere } from "../../system/fs/index.ts";

/** The file that lists what an application consists of. */
export const manifestName = "posy-manifest.json";

/** A file or link of an application. `package` is its normalised name, `python` for the interpreter, or `posy`. */
export type ManifestFile =
  | { readonly package: string; readonly size: number; readonly sha256: string; readonly executable?: true }
  | { readonly package: string; readonly link: string };

/** The content of `posy-manifest.json`. It depends on the application alone: not on a time, a folder or a machine. */
export interface ApplicationManifest {
  readonly manifestVersion: 1;
  readonly name: string;
  readonly version?: string;
  /** Posy's name: `linux-x86_64`. */
  readonly platform: string;
  /** The interpreter. It has no path if only the packages were exported. */
  readonly python: { readonly implementation: string; readonly version: string; readonly path?: string };
  /** Paths of launchers by the names of programs. */
  readonly programs: Readonly<Record<string, string>>;
  /** Versions by normalised names. */
  readonly packages: Readonly<Record<string, string>>;
  /** By path with `/`, sorted. The manifest itself is not in it. */
  readonly files: Readonly<Record<string, ManifestFile>>;
}

/** Reads the manifest of a folder. Throws `not-found` if there is none, and `invalid-manifest`. */
export async function readManifest(folder: string): Promise<ApplicationManifest> {
  const text = await textIfThere(join(folder, manifestName));
  if (text === undefined) {
    throw new PosyError("not-found", `\`${folder}\` has no \`${manifestName}\``, {
      hint: "name a folder that `posy export --dir` has made",
    });
  }
  const invalid = (why: string, cause?: unknown) =>
    new PosyError("invalid-manifest", `\`${join(folder, manifestName)}\` ${why}`, {
      hint: "export the application again",
      ...(cause === undefined ? {} : { cause }),
    });
  let manifest: Partial<ApplicationManifest>;
  try {
    manifest = JSON.parse(text) as Partial<ApplicationManifest>;
  } catch (cause) {
    throw invalid("is not JSON", cause);
  }
  if (typeof manifest !== "object" || manifest === null || typeof manifest.files !== "object")
    throw invalid("is not a manifest of an application");
  if (manifest.manifestVersion !== 1) throw invalid("is of a newer Posy");
  for (const path of Object.keys(manifest.files)) {
    if (path.split("/").some((part) => part === "" || part === "." || part === ".."))
      throw invalid(`names \`${path}\`, which is not in the folder`);
  }
  return manifest as ApplicationManifest;
}
