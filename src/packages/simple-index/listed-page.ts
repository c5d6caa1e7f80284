import {
  type FilenameVersion,
  parseSdistFilename,
  sdistExtensions,
  tryReadFilenameVersion,
} from "../../vocab/filenames/index.ts";
import { normalizeName, type PackageName } from "../../vocab/requirement/index.ts";
import { parseVersion, type Version } from "../../vocab/version/index.ts";
import { latin1Text } from "./latin1-text.ts";
import { FileList, type PageText } from "./file-list.ts";
import { addPiece, contentsEntry, piecesOfEntry, versionOfEntry } from "./offsets-index.ts";
import type { PageOutline } from "./outline.ts";

/** The files of one version as a page lists them. */
export class ListedRelease extends FileList {
  get version(): Version {
    return parseVersion(versionOfEntry(this.entry));
  }
}

/** A page in order: releases newest first, and what isn't in any. */
export interface ListedPage {
  readonly releases: readonly ListedRelease[];
  /** Pybis; of a page that isn't a single project's (`--find-links`), everything. */
  readonly others: FileList;
  /** Reason → number of files. */
  readonly setAside: Readonly<Record<string, number>>;
  readonly about: PageOutline["about"];
  /** Of the releases and of the others (see `contentsEntry`): with the text this is all that is kept of their files. */
  readonly contents: readonly string[];
  readonly text: PageText;
}

/** Sorts a page's files into releases, by their names alone. Without a project everything is among the others. */
export function listPage(page: PageOutline, project: PackageName | undefined): ListedPage {
  const { names, starts, about, bytes, base } = page;
  const read = project === undefined ? () => noVersion : versionReader(project);
  const groups = new Map<string, Group>([[noVersion.order, { version: noVersion, pieces: [] }]]);
  const setAside: Record<string, number> = {};
  const put = (version: FilenameVersion | string, from: number, to: number): void => {
    if (typeof version === "string") {
      setAside[version] = (setAside[version] ?? 0) + to - from;
      return;
    }
    let group = groups.get(version.order);
    if (group === undefined) groups.set(version.order, (group = { version, pieces: [] }));
    addPiece(group.pieces, starts[from] ?? 0, starts[to] ?? 0);
  };
  // The files of a release mostly stand together. By index, and not by `entries`: a page has thousands.
  let first = 0;
  let last: FilenameVersion | string = noVersion;
  for (let index = 0; index < names.length; index += 1) {
    const version = read(names[index] ?? "");
    if (version === last) continue;
    if (index > first) put(last, first, index);
    first = index;
    last = version;
  }
  if (names.length > first) put(last, first, names.length);
  const contents = [...groups.values()]
    .sort((one, other) => (one.version.order < other.version.order ? 1 : -1))
    .map(({ version, pieces }) => contentsEntry(version.text, pieces));
  return pageOfContents(contents, new FetchedText(bytes, base), setAside, about);
}

/** Of what isn't in any release: it comes last. */
const noVersion: FilenameVersion = { text: "", order: "" };

interface Group {
  readonly version: FilenameVersion;
  /** See `addPiece`. */
  readonly pieces: number[];
}

class FetchedText implements PageText {
  readonly base: string;
  private readonly all: Uint8Array;

  constructor(bytes: Uint8Array, base: string) {
    this.base = base;
    this.all = bytes;
  }

  read(entry: string): string {
    const pieces = piecesOfEntry(entry);
    let read = "";
    for (let at = 0; at < pieces.length; at += 2) {
      read += latin1Text(this.all.subarray(pieces[at], pieces[at + 1]));
    }
    return read;
  }

  bytes(): Uint8Array {
    return this.all;
  }
}

/** The page of which that much is known; the last entry is that of the others. */
export function pageOfContents(
  contents: readonly string[],
  text: PageText,
  setAside: ListedPage["setAside"],
  about: ListedPage["about"],
): ListedPage {
  const releases = contents.slice(0, -1).map((entry) => new ListedRelease(entry, text));
  return { releases, others: new FileList(contents.at(-1) ?? "@", text), setAside, about, contents, text };
}

/** The normalised names of projects that a file of a folder, or of a page about many projects, may be of. */
export function possibleProjects(filename: string): readonly string[] {
  const [first = ""] = filename.split("-", 1);
  if (/\.(whl|pybi)$/.test(filename)) return [normalizeName(first)];
  // No file system has longer names.
  if (!isSdist(filename) || filename.length > 255) return [];
  const pieces = normalizeName(filename).split("-");
  return pieces.slice(0, -1).map((_, at) => pieces.slice(0, at + 1).join("-"));
}

const isSdist = (filename: string) => sdistExtensions.some((extension) => filename.endsWith(extension));

/** Reads the version in a file's name, or why the file is none of this project's (pitfall 14). The same version is one object. */
function versionReader(project: PackageName): (filename: string) => FilenameVersion | string {
  const versions = new Map<string, FilenameVersion | undefined>();
  const versionOf = (text: string): FilenameVersion | undefined => {
    let version = versions.get(text);
    if (version === undefined && !versions.has(text))
      versions.set(text, (version = tryReadFilenameVersion(text)));
    return version;
  };
  // As nearly all are called; other ways to write the name are looked at more closely.
  const stems = [`${project.replaceAll("-", "_")}-`, `${project}-`];
  const stemOf = (filename: string) => stems.find((stem) => filename.startsWith(stem));

  // A release has up to a hundred wheels, whose names begin alike.
  let beginning = " ";
  let found: FilenameVersion | string = noVersion;
  const readWheel = (filename: string): FilenameVersion | string => {
    const afterName = filename.indexOf("-");
    const afterVersion = filename.indexOf("-", afterName + 1);
    if (!hasWheelTags(filename, afterVersion)) return malformedWheel;
    const isOwn = stemOf(filename) !== undefined || normalizeName(filename.slice(0, afterName)) === project;
    if (!isOwn) return "files of another project";
    beginning = filename.slice(0, afterVersion);
    return (found = versionOf(filename.slice(afterName + 1, afterVersion)) ?? malformedWheel);
  };
  return (filename) => {
    if (filename.startsWith(beginning) && hasWheelTags(filename, beginning.length)) return found;
    if (filename.endsWith(".whl")) return readWheel(filename);
    if (filename.endsWith(".pybi")) return noVersion;
    if (filename.endsWith(".tar.gz") && plainName.test(filename)) {
      const stem = stemOf(filename);
      const version = stem && versionOf(filename.slice(stem.length, -".tar.gz".length));
      if (version) return version;
    }
    if (!isSdist(filename)) return "files that are neither wheels nor source distributions";
    try {
      return parseSdistFilename(filename, project).version;
    } catch {
      return "source distributions with a malformed name";
    }
  };
}

const plainName = /^[\w.+!-]{1,200}$/;
const malformedWheel = "wheels with a malformed name";

/** Behind the version three fields, or four with a build tag. */
function hasWheelTags(filename: string, afterVersion: number): boolean {
  wheelTags.lastIndex = afterVersion;
  return wheelTags.test(filename);
}

const wheelTags = /(?:-[^-]*){3,4}\.whl$/y;
