import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "../../system/http/safe-url.ts";
import type { PackageName } from "../../vocab/name.ts";
import { parseRequirement, type Requirement } from "../../vocab/requirement.ts";
import { parseSdistFilename } from "../../vocab/sdist-filename.ts";
import { parseWheelFilename } from "../../vocab/wheel-filename.ts";

const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `name @ URL`, with or without the spaces. */
const named = /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*@/;
/** No requirement of PEP 508 has a slash before its marker but in a URL, which has no spaces. */
const pathWithSpaces = /^([^;@:]*[\\/][^;@:]*?)(\[[^\]]*\])?(\s*;.*)?$/s;
const archive = /\.(whl|tar\.gz|tgz|zip|tar\.bz2|tar\.xz)$/i;

/**
 * Reads a requirement as people type it: PEP 508, or only the URL or the path of a wheel or source distribution,
 * perhaps with extras (`./a-1.0-py3-none-any.whl[x]`) and a marker. Relative paths are seen from `folder`.
 * Throws `invalid-requirement`.
 */
export function parseTypedRequirement(text: string, folder: string): Requirement {
  const written = text.trim();
  const bare = /^(\S+?)(\[[^\]]*\])?(\s*;.*)?$/s.exec(written) ?? pathWithSpaces.exec(written);
  const [, location = "", extras = "", marker = ""] = bare ?? [];
  if (named.test(written) || !looksLikeLocation(location))
    return withAbsoluteUrl(parseRequirement(written), folder);
  const name = nameOfFile(location);
  const requirement = parseRequirement(
    `${name}${extras} @ ${absoluteUrl(location, folder)} ${marker.trim()}`,
  );
  return { ...requirement, text: safeUrl(written) };
}

function looksLikeLocation(text: string): boolean {
  return (
    isUrl.test(text) || text.startsWith("file:") || /^\.{1,2}([\\/]|$)|[\\/]/.test(text) || archive.test(text)
  );
}

function withAbsoluteUrl(requirement: Requirement, folder: string): Requirement {
  if (requirement.url === undefined) return requirement;
  return { ...requirement, url: absoluteUrl(requirement.url, folder) };
}

/** A URL as it is, a path as `file:` URL. What stands after `#` (hashes) stays. */
function absoluteUrl(location: string, folder: string): string {
  if (isUrl.test(location) || /^[a-z]+\+/i.test(location)) return location;
  const [path = "", fragment] = location.split(/#(?=[a-z0-9]+=)/, 2);
  const url = path.startsWith("file:") ? pathOfFileUrl(path, folder) : resolve(folder, path);
  return pathToFileURL(url).href + (fragment === undefined ? "" : `#${fragment}`);
}

/** `file:relative/path` is no URL, but pip takes it. */
function pathOfFileUrl(text: string, folder: string): string {
  return text.startsWith("file:/") ? fileURLToPath(text) : resolve(folder, text.slice(5));
}

function nameOfFile(location: string): PackageName {
  const withoutFragment = location.replace(/[?#].*$/s, "").replace(/[\\/]+$/, "");
  const filename = decode(withoutFragment.split(/[\\/]/).at(-1) ?? "");
  if (/^[a-z]+\+/i.test(location)) {
    throw unsupported(location, "sources in a version control system can't be had yet");
  }
  if (!archive.test(filename)) {
    throw unsupported(location, "it is no wheel, and building from a folder is not there yet");
  }
  return /\.whl$/i.test(filename) ? parseWheelFilename(filename).name : parseSdistFilename(filename).name;
}

function unsupported(location: string, what: string): PosyError {
  return new PosyError("invalid-requirement", `\`${safeUrl(location)}\` can't be used: ${what}`, {
    hint: "build a wheel of it and name that, by URL or path",
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
