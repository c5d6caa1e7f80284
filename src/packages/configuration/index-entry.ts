import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type Credentials, type KnownCredentials, splitCredentials } from "../../system/http/index.ts";
import type { IndexLocation } from "../index-settings.ts";

/** An index as somebody wrote it: its location is safe to print, its credentials are apart. */
export interface IndexEntry {
  readonly location: IndexLocation;
  readonly credentials?: KnownCredentials;
}

/**
 * `https://user:secret@host/simple`, `../wheels`, `file:///…`, each perhaps with uv's `name=` in front. Paths are seen from `folder`. Throws `invalid-url`.
 */
export function parseIndexEntry(text: string, folder: string): IndexEntry {
  const named = /^([A-Za-z0-9][\w.-]*)=(.+)$/.exec(text.trim());
  const name = named?.[1];
  const split = splitLocation(named?.[2] ?? text.trim(), folder);
  const location = { url: split.url, ...(name === undefined ? {} : { name }) };
  return split.credentials
    ? { location, credentials: { url: split.url, credentials: split.credentials } }
    : { location };
}

/** A URL without its credentials, or a path made absolute. */
export function splitLocation(
  text: string,
  folder: string,
): { readonly url: string; readonly credentials?: Credentials } {
  if (text === "") {
    throw new PosyError("invalid-url", "the address of an index is empty", {
      hint: "give its URL, or a folder (`.` is this one)",
    });
  }
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(text);
  if (!isUrl) return { url: resolve(folder, text) };
  return splitCredentials(text);
}

/** Several in one variable, apart by white space. */
export function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
