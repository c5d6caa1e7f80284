import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { localPath } from "../../packages/index.ts";
import { safeUrl } from "../../system/http/index.ts";
import { type PackageName, parseRequirement, type Requirement } from "../../vocab/requirement/index.ts";
import { parseSdistFilename, parseWheelFilename } from "../../vocab/filenames/index.ts";
import { parseSourceFragment, parseSourceReference } from "../../vocab/urls/index.ts";

const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `name @ URL`, with or without the spaces. */
const named = /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*@/;
/**
 * A path with spaces. In a requirement (PEP 508), only a URL has a slash before the marker, and a URL has no spaces.
 */
const pathWithSpaces = /^([^;@:]*[\\/][^;@:]*?)(\[[^\]]*\])?(\s*;.*)?$/s;
const anyPath = /^([^;[\]]+?)(\[[^\]]*\])?(\s*;.*)?$/s;
const sshAddress = /^[\w.-]+@[\w.-]+:/;
const archive = /\.(whl|tar\.gz|tgz|zip|tar\.bz2|tar\.xz)$/i;

/** A requirement, or a source whose package name is not known. */
export type TypedRequirement =
  | { readonly kind: "requirement"; readonly requirement: Requirement }
  | { readonly kind: "source"; readonly source: Omit<SourceRequirement, "origin"> };

/**
 * Parses a requirement as people type it: PEP 508, or only the URL or the path of a wheel, a source distribution, a
 * folder or a repository, with optional extras (`./a-1.0-py3-none-any.whl[x]`) and an optional marker. `editable` is
 * true for the text after `-e`. Relative paths start from `folder`. Throws `invalid-requirement`, `invalid-url`.
 */
export function parseTypedRequirement(text: string, folder: string, editable = false): TypedRequirement {
  const written = text.trim();
  const bare =
    /^(\S+?)(\[[^\]]*\])?(\s*;.*)?$/s.exec(written) ?? (editable ? anyPath : pathWithSpaces).exec(written);
  const [, location = "", extras = "", marker = ""] = bare ?? [];
  if (named.test(written) || !((editable && location !== "") || looksLikeLocation(location))) {
    const requirement = withAbsoluteUrl(parseRequirement(written), folder, editable);
    if (requirement.url !== undefined) parseSourceReference(requirement.url);
    return { kind: "requirement", requirement };
  }
  const url = withEditable(absoluteUrl(location, folder), editable);
  const reference = parseSourceReference(url);
  const [, egg, inEgg = ""] =
    /^([^[]*)(\[.*\])?$/s.exec(parseSourceFragment(fragmentOf(url)).egg ?? "") ?? [];
  const name = reference === undefined ? nameOfFile(location) : egg;
  // Without a name, `unnamed` makes the text valid. Then only the extras and the marker are used.
  const requirement = parseRequirement(`${name || "unnamed"}${extras || inEgg} @ ${url} ${marker.trim()}`);
  if (name)
    return { kind: "requirement", requirement: { ...requirement, text: withoutCredentials(written) } };
  const condition = requirement.marker === undefined ? {} : { marker: requirement.marker };
  return { kind: "source", source: { url, extras: requirement.extras, editable, ...condition } };
}

/** Adds `editable=true` to the fragment of a URL. Inside Posy, this marks an editable folder. */
function withEditable(url: string, editable: boolean): string {
  return editable ? `${url}${url.includes("#") ? "&" : "#"}editable=true` : url;
}

function fragmentOf(url: string): string {
  const hash = url.indexOf("#");
  return hash === -1 ? "" : url.slice(hash + 1);
}

/** Removes the credentials from a requirement, so that messages can show it. */
function withoutCredentials(written: string): string {
  return written.replace(/([a-z][a-z0-9+.-]*:\/\/)(?!git@)[^/?#\s]*@/i, "$1");
}

function looksLikeLocation(text: string): boolean {
  return (
    isUrl.test(text) ||
    /^(file:|git\+|hg\+|svn\+|bzr\+)/i.test(text) ||
    /^\.{1,2}([\\/]|$)|[\\/]/.test(text) ||
    archive.test(text)
  );
}

function withAbsoluteUrl(requirement: Requirement, folder: string, editable: boolean): Requirement {
  if (requirement.url === undefined) {
    if (!editable) return requirement;
    throw new PosyError(
      "invalid-requirement",
      `\`${requirement.text}\` can't be editable: it does not name a folder`,
      {
        hint: "write the folder of the project: `-e ./project`",
      },
    );
  }
  const url = withEditable(absoluteUrl(requirement.url, folder), editable);
  return { ...requirement, url, text: withoutCredentials(requirement.text) };
}

/** Returns a URL unchanged, and a path as a `file:` URL. The fragment (hashes) is kept. */
function absoluteUrl(location: string, folder: string): string {
  const [, vcs = "", address = location] = /^(git\+)(.*)$/is.exec(location) ?? [];
  if (isUrl.test(address) || /^[a-z]+\+/i.test(address) || sshAddress.test(address)) return location;
  const [path = "", fragment] = address.split(/#(?=[a-z0-9]+=)/, 2);
  const revision = vcs === "" ? "" : (/@[^@/\\]+$/.exec(path)?.[0] ?? "");
  const plain = revision === "" ? path : path.slice(0, -revision.length);
  const url = plain.startsWith("file:") ? pathOfFileUrl(plain, folder) : resolve(folder, plain);
  return vcs + pathToFileURL(url).href + revision + (fragment === undefined ? "" : `#${fragment}`);
}

/** Returns the path of a `file:` URL. `file:relative/path` is not a valid URL, but pip accepts it. */
function pathOfFileUrl(text: string, folder: string): string {
  return text.startsWith("file:/") ? (localPath(text) ?? "") : resolve(folder, text.slice(5));
}

function nameOfFile(location: string): PackageName {
  const withoutFragment = location.replace(/[?#].*$/s, "").replace(/[\\/]+$/, "");
  const filename = decode(withoutFragment.split(/[\\/]/).at(-1) ?? "");
  if (/\.whl$/i.test(filename)) return parseWheelFilename(filename).name;
  if (archive.test(filename)) return parseSdistFilename(filename).name;
  throw new PosyError(
    "invalid-requirement",
    `\`${safeUrl(location)}\` can't be used: its scheme is not known`,
    {
      hint: "name a wheel, an archive, a folder or a repository, by `https:`, `file:` or path",
    },
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
