import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "../../system/http/index.ts";
import { type PackageName, parseRequirement, type Requirement } from "../../vocab/requirement/index.ts";
import { parseSdistFilename, parseWheelFilename } from "../../vocab/filenames/index.ts";
import { parseSourceFragment, parseSourceReference } from "../../vocab/urls/index.ts";

const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `name @ URL`, with or without the spaces. */
const named = /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*@/;
/** No requirement of PEP 508 has a slash before its marker but in a URL, which has no spaces. */
const pathWithSpaces = /^([^;@:]*[\\/][^;@:]*?)(\[[^\]]*\])?(\s*;.*)?$/s;
const anyPath = /^([^;[\]]+?)(\[[^\]]*\])?(\s*;.*)?$/s;
const addressOfSsh = /^[\w.-]+@[\w.-]+:/;
const archive = /\.(whl|tar\.gz|tgz|zip|tar\.bz2|tar\.xz)$/i;

/** A requirement, or a place of sources whose name nobody has said. */
export type TypedRequirement =
  | { readonly kind: "requirement"; readonly requirement: Requirement }
  | { readonly kind: "source"; readonly source: Omit<SourceRequirement, "origin"> };

/**
 * Reads a requirement as people type it: PEP 508, or only the URL or the path of a wheel, a source distribution, a
 * folder or a repository, perhaps with extras (`./a-1.0-py3-none-any.whl[x]`) and a marker. `editable` is what stands after
 * `-e`. Relative paths are seen from `folder`. Throws `invalid-requirement`, `invalid-url`.
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
  const url = marked(absoluteUrl(location, folder), editable);
  const reference = parseSourceReference(url);
  const [, egg, inEgg = ""] =
    /^([^[]*)(\[.*\])?$/s.exec(parseSourceFragment(fragmentOf(url)).egg ?? "") ?? [];
  const name = reference === undefined ? nameOfFile(location) : egg;
  // Without a name one stands in: only what else is said is read.
  const requirement = parseRequirement(`${name || "unnamed"}${extras || inEgg} @ ${url} ${marker.trim()}`);
  if (name) return { kind: "requirement", requirement: { ...requirement, text: shown(written) } };
  const condition = requirement.marker === undefined ? {} : { marker: requirement.marker };
  return { kind: "source", source: { url, extras: requirement.extras, editable, ...condition } };
}

/** Between our own rooms an editable folder is one by its URL. */
function marked(url: string, editable: boolean): string {
  return editable ? `${url}${url.includes("#") ? "&" : "#"}editable=true` : url;
}

function fragmentOf(url: string): string {
  const hash = url.indexOf("#");
  return hash === -1 ? "" : url.slice(hash + 1);
}

/** As it was written, for people: without credentials. */
function shown(written: string): string {
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
      `\`${requirement.text}\` can't be editable: it names no folder`,
      {
        hint: "write the folder of the project: `-e ./project`",
      },
    );
  }
  const url = marked(absoluteUrl(requirement.url, folder), editable);
  return { ...requirement, url, text: shown(requirement.text) };
}

/** A URL as it is, a path as `file:` URL. What stands after `#` (hashes) stays. */
function absoluteUrl(location: string, folder: string): string {
  const [, vcs = "", place = location] = /^(git\+)(.*)$/is.exec(location) ?? [];
  if (isUrl.test(place) || /^[a-z]+\+/i.test(place) || addressOfSsh.test(place)) return location;
  const [path = "", fragment] = place.split(/#(?=[a-z0-9]+=)/, 2);
  const revision = vcs === "" ? "" : (/@[^@/\\]+$/.exec(path)?.[0] ?? "");
  const plain = revision === "" ? path : path.slice(0, -revision.length);
  const url = plain.startsWith("file:") ? pathOfFileUrl(plain, folder) : resolve(folder, plain);
  return vcs + pathToFileURL(url).href + revision + (fragment === undefined ? "" : `#${fragment}`);
}

/** `file:relative/path` is no URL, but pip takes it. */
function pathOfFileUrl(text: string, folder: string): string {
  return text.startsWith("file:/") ? fileURLToPath(text) : resolve(folder, text.slice(5));
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
