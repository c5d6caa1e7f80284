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

/** A page in order: its releases, newest first, and the files that belong to no release. */
export interface ListedPage {
  readonly releases: readonly ListedRelease[];
  /** Pybis. On a page about many projects (`--find-links`), all files. */
  readonly others: FileList;
  /** The number of ignored files: reason → count. */
  readonly setAside: Readonly<Record<string, number>>;
  readonly about: PageOutline["about"];
  /**
   * One entry per release and one for the others (see `contentsEntry`). Together with the text, this is all
   * that is cached about the files.
   */
  readonly contents: readonly string[];
  readonly text: PageText;
}

/**
 * Sorts a page's files into releases, by their names alone. Without `project`, all files are among the
 * others.
 */
export function listPage(page: PageOutline, project: PackageName | undefined): ListedPage {
  const { names, starts, about, bytes, base } = page;
  const readVersion = project === undefined ? () => noVersion : versionReader(project);
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
  // The files of a release are usually adjacent, so they become one piece. The loop uses an index instead of
  // `entries()` for speed: a page has thousands of files.
  let first = 0;
  let last: FilenameVersion | string = noVersion;
  for (let index = 0; index < names.length; index += 1) {
    const version = readVersion(names[index] ?? "");
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

/** The key of the files that belong to no release. It sorts last. */
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
    let text = "";
    for (let index = 0; index < pieces.length; index += 2) {
      text += latin1Text(this.all.subarray(pieces[index], pieces[index + 1]));
    }
    return text;
  }

  bytes(): Uint8Array {
    return this.all;
  }
}

/** Makes a page from its contents. The last entry is that of the files without a release. */
export function pageOfContents(
  contents: readonly string[],
  text: PageText,
  setAside: ListedPage["setAside"],
  about: ListedPage["about"],
): ListedPage {
  const releases = contents.slice(0, -1).map((entry) => new ListedRelease(entry, text));
  return { releases, others: new FileList(contents.at(-1) ?? "@", text), setAside, about, contents, text };
}

/**
 * Returns the normalised names of all projects that a file may belong to. A source distribution's name can be
 * split at any hyphen.
 */
export function possibleProjects(filename: string): readonly string[] {
  const [first = ""] = filename.split("-", 1);
  if (/\.(whl|pybi)$/.test(filename)) return [normalizeName(first)];
  // No file system allows longer names.
  if (!isSdist(filename) || filename.length > 255) return [];
  const pieces = normalizeName(filename).split("-");
  return pieces.slice(0, -1).map((_, index) => pieces.slice(0, index + 1).join("-"));
}

const isSdist = (filename: string) => sdistExtensions.some((extension) => filename.endsWith(extension));

/**
 * Returns a function that reads the version in a file's name, or the reason to ignore the file. A malformed
 * name hides only its file. The same version is always the same object.
 */
function versionReader(project: PackageName): (filename: string) => FilenameVersion | string {
  const versions = new Map<string, FilenameVersion | undefined>();
  const versionOf = (text: string): FilenameVersion | undefined => {
    let version = versions.get(text);
    if (version === undefined && !versions.has(text))
      versions.set(text, (version = tryReadFilenameVersion(text)));
    return version;
  };
  // Nearly all names begin with one of these stems. Other spellings take a slower path.
  const stems = [`${project.replaceAll("-", "_")}-`, `${project}-`];
  const stemOf = (filename: string) => stems.find((stem) => filename.startsWith(stem));

  // A release has up to a hundred wheels whose names begin with the same name and version, so these are
  // parsed once.
  let beginning = " ";
  let versionOfBeginning: FilenameVersion | string = noVersion;
  const readWheel = (filename: string): FilenameVersion | string => {
    const afterName = filename.indexOf("-");
    const afterVersion = filename.indexOf("-", afterName + 1);
    if (!hasWheelTags(filename, afterVersion)) return malformedWheel;
    const isOfProject =
      stemOf(filename) !== undefined || normalizeName(filename.slice(0, afterName)) === project;
    if (!isOfProject) return "files of another project";
    beginning = filename.slice(0, afterVersion);
    return (versionOfBeginning = versionOf(filename.slice(afterName + 1, afterVersion)) ?? malformedWheel);
  };
  return (filename) => {
    if (filename.startsWith(beginning) && hasWheelTags(filename, beginning.length)) return versionOfBeginning;
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

/** Returns whether three fields follow the version, or four with a build tag. */
function hasWheelTags(filename: string, afterVersion: number): boolean {
  wheelTags.lastIndex = afterVersion;
  return wheelTags.test(filename);
}

const wheelTags = /(?:-[^-]*){3,4}\.whl$/y;
