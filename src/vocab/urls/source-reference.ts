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

/** An archive whose file name does not say what is in it (`…/archive/refs/heads/main.zip`), or of which a part is meant. */
export interface ArchiveReference {
  readonly kind: "archive";
  /** Without fragment; credentials are in it as they were written. */
  readonly url: string;
  readonly hashes: Hashes;
  readonly subdirectory?: string;
}

/** What a direct URL refers to (PEP 508 URL requirements, PEP 440 direct references, pip's VCS URLs). */
export type SourceReference = GitReference | FolderReference | ArchiveReference;

/** What a fragment says besides hashes, as pip and PEP 508 have it. */
export interface SourceFragment {
  /** The project's name, perhaps with extras: `name[extra]`. */
  readonly egg?: string;
  readonly subdirectory?: string;
  /** Between our own rooms only: people write `-e`. */
  readonly editable: boolean;
  readonly hashes: Hashes;
}

const archiveName = /\.(zip|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar)$/i;

/**
 * Reads a URL; undefined where it names a wheel or a source distribution by its file name (`name-1.0.tar.gz`), which is
 * had as a file. `file:` URLs are folders but for names of archives. Throws `invalid-url`.
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
      throw invalid(url, `is of \`${vcs}\`: git is all that is known`, "name an archive of it, or a wheel");
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
  if (subdirectory === undefined && saysItAll(filename)) return undefined;
  if (!/^(https?|file):/i.test(location)) return undefined;
  return { kind: "archive", url: location, hashes, ...inside };
}

/** The URL that `parseSourceReference` reads again, without credentials: safe to print and to keep. */
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

/** Reads what stands after `#`. Throws `invalid-url`, and `invalid-metadata` for a digest that is none. */
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

/** The `file:` URL of an absolute path, either way its separators lean. */
function fileUrlOfPath(path: string): string {
  const drive = /^[a-z]:[\\/]/i.test(path);
  const slashed = drive ? `/${path.replaceAll("\\", "/")}` : path;
  const encoded = slashed.split("/").map((part) => encodeURIComponent(part).replaceAll("%3A", ":"));
  return slashed.startsWith("//") ? `file:${encoded.join("/")}` : `file://${encoded.join("/")}`;
}

/** Whether a file's name has the project's name and its version. */
function saysItAll(filename: string): boolean {
  try {
    parseSdistFilename(filename);
    return true;
  } catch {
    return false;
  }
}
