import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type NewTarMember, writeTar } from "./tar-writer.ts";
import { writeZip } from "./zip-writer.ts";

type SdistFile = string | Uint8Array | { readonly data: string | Uint8Array; readonly mode?: number };

export interface SdistRecipe {
  readonly name: string;
  readonly version?: string;
  /** Content by path inside the root folder: `pyproject.toml`, an in-tree backend, modules; `mode` for programs. */
  readonly files?: Readonly<Record<string, SdistFile>>;
  /** The complete text of PKG-INFO; `false` leaves it out. Default: metadata 2.2 from the fields below. */
  readonly pkgInfo?: string | false;
  /** Default 2.2: fields that are not `dynamic` are final (PEP 643). */
  readonly metadataVersion?: string;
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly extras?: readonly string[];
  readonly dynamic?: readonly string[];
  /** Default `.tar.gz`. */
  readonly extension?: ".tar.gz" | ".tgz" | ".tar" | ".zip";
  /** Default `{name}-{version}` (PEP 625). */
  readonly root?: string;
  /** Additional members, with complete paths. Not for zips. */
  readonly extra?: readonly NewTarMember[];
  readonly filename?: string;
}

export interface MadeSdist {
  readonly filename: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Makes a source distribution in memory, correct except for what the recipe changes. */
export function makeSdist(recipe: SdistRecipe): MadeSdist {
  const version = recipe.version ?? "1.0";
  const stem = `${recipe.name.toLowerCase().replace(/[-_.]+/g, "_")}-${version}`;
  const root = recipe.root ?? stem;
  const extension = recipe.extension ?? ".tar.gz";
  const pkgInfo = recipe.pkgInfo ?? pkgInfoText(recipe, version);
  const files: Record<string, SdistFile> = {
    ...(pkgInfo === false ? {} : { "PKG-INFO": pkgInfo }),
    ...recipe.files,
  };
  const members = Object.entries(files).map(([path, file]): NewTarMember & { mode: number } => {
    const { data, mode = 0o644 } =
      typeof file === "string" || file instanceof Uint8Array ? { data: file } : file;
    return { path: `${root}/${path}`, data, mode, mtime: 1_600_000_000 };
  });
  const bytes =
    extension === ".zip"
      ? writeZip(members.map(({ path, data = "", mode }) => ({ path, data, mode: 0o100000 | mode })))
      : writeTar([{ path: `${root}/`, type: "5", mode: 0o755 }, ...members, ...(recipe.extra ?? [])]);
  const packed = extension === ".tar.gz" || extension === ".tgz" ? gzipSync(bytes) : bytes;
  return {
    filename: recipe.filename ?? `${stem}${extension}`,
    bytes: packed,
    sha256: createHash("sha256").update(packed).digest("hex"),
  };
}

function pkgInfoText(recipe: SdistRecipe, version: string): string {
  return [
    `Metadata-Version: ${recipe.metadataVersion ?? "2.2"}`,
    `Name: ${recipe.name}`,
    `Version: ${version}`,
    ...(recipe.dynamic ?? []).map((field) => `Dynamic: ${field}`),
    ...(recipe.requiresPython === undefined ? [] : [`Requires-Python: ${recipe.requiresPython}`]),
    ...(recipe.extras ?? []).map((extra) => `Provides-Extra: ${extra}`),
    ...(recipe.requires ?? []).map((requirement) => `Requires-Dist: ${requirement}`),
    "",
    "",
  ].join("\n");
}
