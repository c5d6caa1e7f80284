import { formatRecord, type RecordRow } from "../../../vocab/metadata/index.ts";
import { scriptNames } from "../../launchers/index.ts";
import type { WheelManifest } from "../wheel-manifest.ts";

/** A file of a stored wheel. */
export interface StoredFile {
  readonly area: "site" | "data" | "headers" | "scripts";
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const windows = process.platform === "win32";

/** The path from site-packages (`lib/pythonX.Y/site-packages`, on Windows `Lib\\site-packages`) to the Env's prefix. */
const toPrefix = windows ? "../.." : "../../..";
const toScripts = windows ? `${toPrefix}/Scripts` : `${toPrefix}/bin`;

/**
 * A path that means the file INSTALLER to everything that normalises paths. In a venv uv honours neither
 * EXTERNALLY-MANAGED nor `pip.conf`. It removes files row by row and stops at this first row, before it removes any
 * file of the store.
 */
const guardedInstaller = "INSTALLER/.";

/**
 * Returns the RECORD of an installed wheel, with paths relative to site-packages. It is the same in every Env, so it is
 * written once, into the store. Only rows of headers, whose path contains Python's version, are added in the Env.
 * Launchers contain the Env's path, so their rows have no hash.
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
      const kind = manifest.scripts[path];
      if (kind === "other") rows.push({ path: `${toScripts}/${path}`, hash, size });
      else if (!windows) rows.push({ path: `${toScripts}/${path}` });
      else {
        const { script, program } = scriptNames(path, kind === "pythonw");
        rows.push({ path: `${toScripts}/${script}` }, { path: `${toScripts}/${program}` });
      }
    }
  }
  for (const { name } of manifest.launchers) {
    rows.push({ path: `${toScripts}/${windows ? `${name}.exe` : name}` });
  }
  rows.push({ path: `${manifest.distInfo}/RECORD` });
  return formatRecord(rows);
}
