import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What an entry point's launcher calls. */
export interface LauncherTarget {
  readonly name: string;
  readonly module: string;
  readonly attribute: string;
  readonly gui: boolean;
}

/**
 * What composing an Env needs to know of a stored wheel, worked out once when it is unpacked (`wheel.json`).
 *
 *     <sha256>/
 *       site/       what goes to site-packages: the wheel's root and `.data/{purelib,platlib}`. The dist-info is
 *                   as an Env shows it: with INSTALLER, and a RECORD that says where in an Env things are
 *       data/       `.data/data`: goes to the prefix
 *       headers/    `.data/headers`: goes to include/site/pythonX.Y/<name>
 *       scripts/    `.data/scripts` as they are in the wheel
 *       RECORD      the wheel's own: what the store is held against
 *       wheel.json  this
 *
 * Files and folders stay writable: Python writes bytecode beside the sources, and tools copy templates out of
 * packages with their mode (`django-admin startproject`), which must not come out read-only.
 */
export interface WheelManifest {
  readonly manifestVersion: 1;
  readonly filename: string;
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** Name of the folder in `site/`. */
  readonly distInfo: string;
  /** Top-level names of `site/`, but for the dist-info; true for a folder. */
  readonly site: Readonly<Record<string, boolean>>;
  /** The names in the dist-info; true for a folder. */
  readonly distInfoEntries: Readonly<Record<string, boolean>>;
  readonly hasData: boolean;
  readonly hasHeaders: boolean;
  /** Paths in `scripts/`; `python` and `pythonw` ones begin with such a line and are rewritten for each Env. */
  readonly scripts: Readonly<Record<string, "python" | "pythonw" | "other">>;
  readonly launchers: readonly LauncherTarget[];
  /** Top-level folders whose libraries look for others outside of this wheel: linked file by file. */
  readonly reaching: readonly string[];
  /** What METADATA says, as the pin has it: sorted, normalised. */
  readonly requiresDist: readonly string[];
  readonly requiresPython: string;
  readonly providesExtra: readonly string[];
  /** Inflated bytes. */
  readonly size: number;
}

export const manifestName = "wheel.json";

/** The manifest of a stored wheel, or undefined where there is none that can be read. */
export function readManifest(dir: string): WheelManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(dir, manifestName), "utf8")) as WheelManifest;
    return manifest.manifestVersion === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}
