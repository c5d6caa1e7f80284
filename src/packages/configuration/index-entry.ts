import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type Credentials, type KnownCredentials, splitCredentials } from "../../system/http/index.ts";
import type { IndexLocation } from "../index-settings.ts";

/** An index as a person configured it. The location is safe to print; the credentials are separate. */
export interface IndexEntry {
  readonly location: IndexLocation;
  readonly credentials?: KnownCredentials;
}

/**
 * Parses `https://user:secret@host/simple`, `../wheels` or `file:///…`, each optionally after uv's `name=`.
 * Paths are relative to `folder`. Throws `invalid-url`.
 */
export function parseIndexEntry(text: string, folder: string): IndexEntry {
  const namedEntry = /^([A-Za-z0-9][\w.-]*)=(.+)$/.exec(text.trim());
  const name = namedEntry?.[1];
  const split = splitLocation(namedEntry?.[2] ?? text.trim(), folder);
  const location = { url: split.url, ...(name === undefined ? {} : { name }) };
  return split.credentials
    ? { location, credentials: { url: split.url, credentials: split.credentials } }
    : { location };
}

/**
 * Splits a location into its URL without credentials, or its absolute path, and the credentials. Throws
 * `invalid-url` if it is empty.
 */
export function splitLocation(
  text: string,
  folder: string,
): { readonly url: string; readonly credentials?: Credentials } {
  if (text === "") {
    throw new PosyError("invalid-url", "the address of an index is empty", {
      hint: "give its URL, or a folder (`.` is the current one)",
    });
  }
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(text);
  if (!isUrl) return { url: resolve(folder, text) };
  return splitCredentials(text);
}

/** Splits the value of a variable at white space. */
export function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
