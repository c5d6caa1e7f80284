import { readFileSync } from "node:fs";
import { join } from "node:path";
import { throwIfTooManyOpen } from "../../system/fs/index.ts";

/** The function that the launcher of an entry point calls. */
export interface LauncherTarget {
  readonly name: string;
  readonly module: string;
  readonly attribute: string;
  readonly gui: boolean;
}

/**
 * The facts about a stored wheel that writing an Env needs. They are collected once, while it is unpacked, and stored
 * in `wheel.json`.
 *
 *     <sha256>/
 *       site/       goes to site-packages: the wheel's root and `.data/{purelib,platlib}`. The dist-info is that of an
 *                   installed wheel: it has INSTALLER, and a RECORD with the paths in an Env
 *       data/       `.data/data`: goes to the prefix
 *       headers/    `.data/headers`: goes to include/site/pythonX.Y/<name>
 *       scripts/    `.data/scripts`, unchanged
 *       RECORD      the RECORD in the wheel, for comparing the store with it
 *       wheel.json  this manifest
 *       files.json  all files with their hashes, for verifying (`verify-wheel.ts`)
 *
 * Files and folders stay writable: Python writes bytecode next to the sources, and tools copy templates out of
 * packages together with their mode (`django-admin startproject`), so read-only templates would become read-only
 * files.
 */
export interface WheelManifest {
  readonly manifestVersion: 1;
  readonly filename: string;
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** Name of the folder in `site/`. */
  readonly distInfo: string;
  /** Top-level names of `site/` without the dist-info; true for a folder. */
  readonly site: Readonly<Record<string, boolean>>;
  /** The names in the dist-info; true for a folder. */
  readonly distInfoEntries: Readonly<Record<string, boolean>>;
  readonly hasData: boolean;
  readonly hasHeaders: boolean;
  /** Paths in `scripts/`. Those that begin with `#!python` or `#!pythonw` are rewritten for each Env. */
  readonly scripts: Readonly<Record<string, "python" | "pythonw" | "other">>;
  readonly launchers: readonly LauncherTarget[];
  /** Top-level folders with libraries that look for others outside of this wheel: they are linked file by file. */
  readonly reaching: readonly string[];
  /** Requires-Dist of METADATA, in the form that pins have: sorted, normalised. */
  readonly requiresDist: readonly string[];
  readonly requiresPython: string;
  readonly providesExtra: readonly string[];
  /** Inflated bytes. */
  readonly size: number;
}

export const manifestName = "wheel.json";

/** Reads the manifest of a stored wheel; returns undefined if it is missing or unreadable. */
export function readManifest(dir: string): WheelManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(dir, manifestName), "utf8")) as WheelManifest;
    return manifest.manifestVersion === 1 ? manifest : undefined;
  } catch (error) {
    throwIfTooManyOpen(error);
    return undefined;
  }
}
