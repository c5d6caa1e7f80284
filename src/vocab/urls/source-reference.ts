import { PosyError } from "../../errors/posy-error.ts";
import { withoutCredentials } from "./direct-url.ts";
import { type GitLocation, parseGitLocation } from "./git-location.ts";
import { type Hashes, parseHashFragment } from "../hash.ts";
import { parseSdistFilename } from "../filenames/index.ts";
import { decoded, invalidSourceUrl as invalid } from "./source-url.ts";

export interface GitReference extends GitLocation {
  readonly kind: "git";
  readonly subdirectory?: string;
}

export interface FolderReference {
  readonly kind: "folder";
  /** Absolute, with `/` on every platform. */
  readonly path: string;
  readonly editable: boolean;
  readonly subdirectory?: string;
}

/** An archive without name and version in its file name (`…/archive/refs/heads/main.zip`), or a folder inside one. */
export interface ArchiveReference {
  readonly kind: "archive";
  /** Without fragment. It still has its credentials. */
  readonly url: string;
  readonly hashes: Hashes;
  readonly subdirectory?: string;
}

/** The target of a direct URL (PEP 508 URL requirements, PEP 440 direct references, pip's VCS URLs). */
export type SourceReference = GitReference | FolderReference | ArchiveReference;

/** The values in the fragment of a URL, as pip and PEP 508 define them. */
export interface SourceFragment {
  /** The project's name, perhaps with extras: `name[extra]`. */
  readonly egg?: string;
  readonly subdirectory?: string;
  /** Internal: Posy writes `editable=true` to pass `-e` on. People do not write it. */
  readonly editable: boolean;
  readonly hashes: Hashes;
}

const archiveName = /\.(zip|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar)$/i;

/**
 * Parses a URL. Undefined if its file name is that of a wheel or a source distribution (`name-1.0.tar.gz`): those are
 * artifacts, not sources. A `file:` URL is a folder unless it has the name of an archive. Throws `invalid-url`.
 */
export function parseSourceReference(url: string): SourceReference | undefined {
  const hash = url.indexOf("#");
  const location = hash === -1 ? url : url.slice(0, hash);
  const { subdirectory, editable, hashes } = parseSourceFragment(hash === -1 ? "" : url.slice(hash + 1));
  const inside = subdirectory === undefined ? {} : { subdirectory };
  const vcs = /^([a-z]+)\+/i.exec(location)?.[1]?.toLowerCase();
  if (vcs !== undefined) {
    if (editable) {
      throw invalid(url, "is a repository, and only folders are editable", "clone it, and name the folder");
    }
    if (vcs !== "git") {
      throw invalid(
        url,
        `is a \`${vcs}\` repository, and only git is supported`,
        "name an archive of it, or a wheel",
      );
    }
    return { kind: "git", ...parseGitLocation(location.slice(4), url), ...inside };
  }
  const filename = decoded(
    location
      .replace(/[?].*$/s, "")
      .split("/")
      .at(-1) ?? "",
  );
  if (/\.whl$/i.test(filename)) return undefined;
  if (/^file:/i.test(location) && !archiveName.test(filename)) {
    return { kind: "folder", path: pathOfFileUrl(location), editable, ...inside };
  }
  if (editable)
    throw invalid(url, "is a file, and only folders are editable", "unpack it, and name the folder");
  if (/\.git\/?$/i.test(location)) {
    throw invalid(
      url,
      "is the address of a repository, not of a file",
      `write it as \`git+${withoutCredentials(location)}\``,
    );
  }
  if (subdirectory === undefined && isSdistFilename(filename)) return undefined;
  if (!/^(https?|file):/i.test(location)) return undefined;
  return { kind: "archive", url: location, hashes, ...inside };
}

/** Writes the URL that `parseSourceReference` reads, without credentials. Safe to print and to store. */
export function formatSourceReference(reference: SourceReference): string {
  const parts: string[] = [];
  if (reference.kind === "archive") {
    for (const [algorithm, digest] of Object.entries(reference.hashes)) parts.push(`${algorithm}=${digest}`);
  }
  if (reference.kind === "folder" && reference.editable) parts.push("editable=true");
  if (reference.subdirectory !== undefined)
    parts.push(`subdirectory=${encodeURI(reference.subdirectory).replaceAll("#", "%23")}`);
  return locationOf(reference) + (parts.length > 0 ? `#${parts.join("&")}` : "");
}

function locationOf(reference: SourceReference): string {
  switch (reference.kind) {
    case "git": {
      const revision =
        reference.revision === undefined
          ? ""
          : `@${encodeURIComponent(reference.revision).replaceAll("%2F", "/")}`;
      return `git+${reference.repository}${revision}`;
    }
    case "folder":
      return fileUrlOfPath(reference.path);
    default:
      return withoutCredentials(reference.url);
  }
}

/** Parses the text after `#`. Throws `invalid-url`, or `invalid-metadata` for a malformed digest. */
export function parseSourceFragment(fragment: string): SourceFragment {
  const values = new Map<string, string>();
  for (const part of fragment.split("&")) {
    const equals = part.indexOf("=");
    if (equals > 0) values.set(part.slice(0, equals).toLowerCase(), decoded(part.slice(equals + 1)));
  }
  const egg = values.get("egg");
  const subdirectory = values.get("subdirectory");
  return {
    ...(egg ? { egg } : {}),
    ...(subdirectory ? insideFolder(subdirectory) : {}),
    editable: values.get("editable") === "true",
    hashes: parseHashFragment(fragment),
  };
}

function insideFolder(written: string): { readonly subdirectory?: string } {
  const parts = written.split("/").filter((part) => part !== "" && part !== ".");
  const leaves = parts.includes("..") || /[\\\0]/.test(written) || /^(\/|[a-z]:)/i.test(written);
  if (leaves) {
    throw new PosyError("invalid-url", `\`subdirectory=${written}\` does not stay inside the source`, {
      hint: "name a folder of it, as in `#subdirectory=packages/core`",
    });
  }
  return parts.length === 0 ? {} : { subdirectory: parts.join("/") };
}

function pathOfFileUrl(url: string): string {
  const [, host = "", path = ""] = /^file:(?:\/\/([^/]*))?(.*)$/is.exec(url) ?? [];
  const plain = decoded(path);
  if (plain.includes("\0") || !plain.startsWith("/"))
    throw invalid(url, "is no path", "write `file:///` and an absolute path");
  if (host !== "" && host.toLowerCase() !== "localhost") return `//${host}${plain}`;
  return (/^\/[a-z]:/i.test(plain) ? plain.slice(1) : plain).replace(/(?<=[^/:])\/+$/, "");
}

/** Returns the `file:` URL of an absolute path with `/` or `\`. */
function fileUrlOfPath(path: string): string {
  const drive = /^[a-z]:[\\/]/i.test(path);
  const slashed = drive ? `/${path.replaceAll("\\", "/")}` : path;
  const encoded = slashed.split("/").map((part) => encodeURIComponent(part).replaceAll("%3A", ":"));
  return slashed.startsWith("//") ? `file:${encoded.join("/")}` : `file://${encoded.join("/")}`;
}

/** Whether a file name has the name and version of a source distribution. */
function isSdistFilename(filename: string): boolean {
  try {
    parseSdistFilename(filename);
    return true;
  } catch {
    return false;
  }
}
