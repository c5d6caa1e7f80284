import type { PackageName } from "../vocab/requirement/index.ts";
import { compareVersions, type Version } from "../vocab/version/index.ts";
import type { Artifact } from "../model/index.ts";
import { tryMakeArtifact, uploadTimeOf } from "./make-artifact.ts";
import type { Project, Release } from "./package-db.ts";
import type { PageFile } from "./simple-index/index-page.ts";
import type { ListedPage, ListedRelease } from "./simple-index/listed-page.ts";

/** The page of a project on one index or `--find-links` location. */
export interface ProjectPage {
  /** The index, safe to print. It becomes the `index` of the artifacts. */
  readonly label: string;
  readonly page: ListedPage;
}

/**
 * Joins the pages of a project, strongest index first. A file that several pages list comes from the first
 * one. With `excludeNewer`, files that were uploaded later, and files without an upload time, are set aside.
 */
export function makeProject(
  name: PackageName,
  pages: readonly ProjectPage[],
  lookedIn: readonly string[],
  excludeNewer: Date | undefined,
): Project {
  const setAside = new Map<string, number>();
  const count = (reason: string, files = 1) => setAside.set(reason, (setAside.get(reason) ?? 0) + files);
  const isOldEnough = (file: PageFile): boolean => {
    if (!excludeNewer) return true;
    const time = uploadTimeOf(file);
    // The user put local files there on purpose, so they always count.
    if (time ? time < excludeNewer : file.url.startsWith("file:")) return true;
    count(time ? `${uploadedLater} ${excludeNewer.toISOString()}` : noUploadTime);
    return false;
  };
  const sources = pages.map(({ label, page }): Part[] => {
    for (const [reason, number] of Object.entries(page.setAside)) count(reason, number);
    if (!excludeNewer) return page.releases.map((listed) => ({ label, listed }));
    return page.releases.flatMap((listed) => {
      const kept = listed.files().filter(isOldEnough);
      return kept.length === 0 ? [] : [{ label, listed: { version: listed.version, files: () => kept } }];
    });
  });
  return {
    name,
    found: pages.length > 0,
    releases: groupByRelease(sources).map((parts) => new LazyRelease(name, parts)),
    lookedIn,
    setAside: [...setAside].map(([reason, count]) => ({ reason, count })),
  };
}

const uploadedLater = "files uploaded at or after";
/** Returns whether files were set aside because of `--exclude-newer`. */
export function isTooNew(reason: string): boolean {
  return reason.startsWith(`${uploadedLater} `);
}
export const noUploadTime = "files whose index doesn't say when they were uploaded";

/** The files of one release on one page. */
interface Part {
  readonly label: string;
  readonly listed: Pick<ListedRelease, "version" | "files">;
}

/**
 * Groups the parts by release, newest first. A single page is in this order already, so its versions are not
 * even parsed.
 */
function groupByRelease(sources: readonly Part[][]): readonly (readonly Part[])[] {
  const [only, ...others] = sources;
  if (only === undefined) return [];
  if (others.length === 0) return only.map((part) => [part]);
  const groups = new Map<string, { readonly version: Version; readonly parts: Part[] }>();
  for (const part of sources.flat()) {
    const { version } = part.listed;
    const group = groups.get(version.key);
    if (group) group.parts.push(part);
    else groups.set(version.key, { version, parts: [part] });
  }
  return [...groups.values()]
    .sort((one, other) => compareVersions(other.version, one.version))
    .map(({ parts }) => parts);
}

/** A release that parses its version, file names and tags on first use. Most releases are never used. */
class LazyRelease implements Release {
  private readonly project: PackageName;
  private readonly parts: readonly Part[];
  private readVersion: Version | undefined;
  private parsedArtifacts: readonly Artifact[] | undefined;

  constructor(project: PackageName, parts: readonly Part[]) {
    this.project = project;
    this.parts = parts;
  }

  get version(): Version {
    // Every release has at least one part.
    return (this.readVersion ??= (this.parts[0] as Part).listed.version);
  }

  get artifacts(): readonly Artifact[] {
    if (this.parsedArtifacts) return this.parsedArtifacts;
    const byName = new Map<string, Artifact>();
    for (const { label, listed } of this.parts) {
      for (const file of listed.files()) {
        if (byName.has(file.filename)) continue;
        const artifact = tryMakeArtifact(file, this.project, label);
        if (artifact) byName.set(file.filename, artifact);
      }
    }
    return (this.parsedArtifacts = [...byName.values()]);
  }
}
