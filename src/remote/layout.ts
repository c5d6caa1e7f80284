import { digestOf } from "../system/oci/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { platformNames } from "../vocab/tags/index.ts";
import type { BuildKey, WheelKey } from "./remote-store.ts";

/**
 * How entries are stored in an OCI registry. Each is an artifact with a tag of its own, so that one request finds it:
 *
 *     wheel-<platform>-<key>      a built wheel: its key (config), the file (layer)
 *     results-<platform>-<key>    what a build backend said: its key (config), text files in JSON (layer)
 *     python-<sha256>             the archive of an interpreter (layer)
 *     pages                       index pages and metadata (layer): see `src/packages/exchanged-pages.ts`
 *
 * The config repeats the whole key. What was fetched counts only if it is the key that was asked for. Increment the
 * version in the media types when this changes.
 */
export const artifactTypes = {
  wheel: "application/vnd.posy.wheel.v1",
  results: "application/vnd.posy.results.v1",
  python: "application/vnd.posy.python.v1",
  pages: "application/vnd.posy.pages.v1",
} as const;

export const layerTypes = {
  wheel: "application/vnd.posy.wheel.v1+zip",
  results: "application/vnd.posy.results.v1+json",
  python: "application/vnd.posy.python.v1",
  pages: "application/vnd.posy.pages.v1+zip",
} as const;

export const configTypes = {
  wheel: "application/vnd.posy.wheel.config.v1+json",
  results: "application/vnd.posy.results.config.v1+json",
} as const;

/** The annotation with the name of a file (OCI Image Specification, "Pre-Defined Annotation Keys"). */
export const titleAnnotation = "org.opencontainers.image.title";
/** The annotation with the platform of an interpreter. */
export const platformAnnotation = "posy.platform";

export const pagesTag = "pages-v1";

/** The part of a key that the tag's hash is made of, in a fixed order. */
function keyText({ source, setup, indexes = "", platform }: BuildKey, pins = ""): string {
  return JSON.stringify([1, source, setup, indexes, platform, pins]);
}

/** Returns the tag of a built wheel. */
export function wheelTag(key: WheelKey): string {
  return `wheel-${key.platform}-${shortHash(keyText(key, key.pins))}`;
}

/** Returns the tag of what a build backend said. */
export function resultsTag(key: BuildKey): string {
  return `results-${key.platform}-${shortHash(keyText(key))}`;
}

/**
 * Returns the build tag of a built wheel in an index (binary distribution format, "file name convention"): it begins
 * with a digit.
 */
export function buildTagOf(key: WheelKey): string {
  return `1posy${shortHash(keyText(key, key.pins))}`;
}

export function pythonTag(sha256: string): string {
  return `python-${sha256}`;
}

/** Returns 40 hexadecimal digits. */
function shortHash(text: string): string {
  return digestOf(text).slice("sha256:".length, "sha256:".length + 40);
}

/** Returns the config of an entry: its key, and for a wheel its file name and hash. */
export function formatConfig(
  key: BuildKey | WheelKey,
  file?: { filename: string; sha256: string },
): Uint8Array {
  const { source, setup, indexes, platform } = key;
  const pins = "pins" in key ? key.pins : undefined;
  return Buffer.from(JSON.stringify({ source, setup, indexes, platform, pins, ...file }));
}

/** A config that was read. Everything that becomes a part of a path was checked. */
export interface EntryConfig {
  readonly key: BuildKey & { readonly pins?: string };
  readonly filename?: string;
  readonly sha256?: string;
}

/** Parses a config. Throws `invalid-manifest`. */
export function parseConfig(bytes: Uint8Array): EntryConfig {
  const refuse = (what: string): never => {
    throw new PosyError("invalid-manifest", `an entry of the remote store has ${what}`, {
      hint: "another program wrote it, or another version of Posy",
    });
  };
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>;
  } catch {
    return refuse("a config that is not JSON");
  }
  const digits = (name: string, length: number): string => {
    const text = value[name];
    const isRight = typeof text === "string" && text.length === length && /^[0-9a-f]+$/.test(text);
    return isRight ? text : refuse(`a wrong \`${name}\``);
  };
  const platform = platformNames.find((name) => name === value["platform"]) ?? refuse("a wrong `platform`");
  const { filename } = value;
  return {
    key: {
      source: digits("source", 64),
      setup: digits("setup", 32),
      ...(value["indexes"] === undefined ? {} : { indexes: digits("indexes", 32) }),
      ...(value["pins"] === undefined ? {} : { pins: digits("pins", 32) }),
      platform,
    },
    ...(typeof filename === "string" ? { filename } : {}),
    ...(value["sha256"] === undefined ? {} : { sha256: digits("sha256", 64) }),
  };
}

/** Whether a config belongs to a key. */
export function isConfigOf({ key }: EntryConfig, asked: BuildKey | WheelKey): boolean {
  return keyText(key, key.pins) === keyText(asked, "pins" in asked ? asked.pins : undefined);
}
