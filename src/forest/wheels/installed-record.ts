import { formatRecord, type RecordRow } from "../../vocab/metadata/index.ts";
import type { WheelManifest } from "./wheel-manifest.ts";

/** A file of a stored wheel. */
export interface StoredFile {
  readonly area: "site" | "data" | "headers" | "scripts";
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** How an Env's prefix is reached from site-packages: `lib/pythonX.Y/site-packages`, on Windows `Lib\\site-packages`. */
const toPrefix = process.platform === "win32" ? "../.." : "../../..";
const toScripts = process.platform === "win32" ? `${toPrefix}/Scripts` : `${toPrefix}/bin`;

/**
 * The same file for all that read paths as paths. uv, which in the shape of a venv heeds neither EXTERNALLY-MANAGED nor
 * `pip.conf`, removes files row by row and stops at this first one, before any file of the store is gone.
 */
const guardedInstaller = "INSTALLER/.";

/**
 * RECORD as an Env shows it: where a wheel's files are there, seen from site-packages. It is the same in every Env,
 * so it is written once, into the store; only headers, whose place has the Python's version in it, are added where
 * they are laid out. Launchers have the Env's path in them, so their rows have no hash.
 */
export function installedRecord(
  files: readonly StoredFile[],
  manifest: Pick<WheelManifest, "distInfo" | "launchers" | "scripts">,
): string {
  const rows: RecordRow[] = [{ path: `${manifest.distInfo}/${guardedInstaller}` }];
  for (const { area, path, size, sha256 } of files) {
    const hash = { algorithm: "sha256", digest: sha256 };
    if (area === "site") rows.push({ path, hash, size });
    if (area === "data") rows.push({ path: `${toPrefix}/${path}`, hash, size });
    if (area === "scripts") {
      const same = manifest.scripts[path] === "other";
      rows.push({ path: `${toScripts}/${path}`, ...(same ? { hash, size } : {}) });
    }
  }
  for (const { name } of manifest.launchers) rows.push({ path: `${toScripts}/${name}` });
  rows.push({ path: `${manifest.distInfo}/RECORD` });
  return formatRecord(rows);
}
