import type { PackageName } from "../vocab/requirement/index.ts";
import { compareVersions, type Version } from "../vocab/version/index.ts";
import type { Artifact } from "../model/index.ts";
import { tryMakeArtifact, uploadTimeOf } from "./make-artifact.ts";
import type { Project, Release } from "./package-db.ts";
import type { PageFile } from "./simple-index/index-page.ts";
import type { ListedPage, ListedRelease } from "./simple-index/listed-page.ts";

/** What one source has of a project. */
export interface Finding {
  /** Safe to print: becomes the `index` of its artifacts. */
  readonly label: string;
  readonly page: ListedPage;
}

/**
 * Joins what the sources have, best first: a file that several have is the first one's. With `excludeNewer`, later
 * files and those without a time are set aside.
 */
export function makeProject(
  name: PackageName,
  findings: readonly Finding[],
  lookedIn: readonly string[],
  excludeNewer: Date | undefined,
): Project {
  const setAside = new Map<string, number>();
  const count = (reason: string, more = 1) => setAside.set(reason, (setAside.get(reason) ?? 0) + more);
  const admitted = (file: PageFile): boolean => {
    if (!excludeNewer) return true;
    const time = uploadTimeOf(file);
    // What lies on this disk was put there by its user.
    if (time ? time < excludeNewer : file.url.startsWith("file:")) return true;
    count(time ? `${uploadedLater} ${excludeNewer.toISOString()}` : noUploadTime);
    return false;
  };
  const sources = findings.map(({ label, page }): Part[] => {
    for (const [reason, number] of Object.entries(page.setAside)) count(reason, number);
    if (!excludeNewer) return page.releases.map((listed) => ({ label, listed }));
    return page.releases.flatMap((listed) => {
      const left = listed.files().filter(admitted);
      return left.length === 0 ? [] : [{ label, listed: { version: listed.version, files: () => left } }];
    });
  });
  return {
    name,
    found: findings.length > 0,
    releases: joined(sources).map((parts) => new LazyRelease(name, parts)),
    lookedIn,
    setAside: [...setAside].map(([reason, count]) => ({ reason, count })),
  };
}

const uploadedLater = "files uploaded at or after";
/** Whether `--exclude-newer` is the reason for which files were set aside. */
export function isTooNew(reason: string): boolean {
  return reason.startsWith(`${uploadedLater} `);
}
export const noUploadTime = "files whose index doesn't say when they were uploaded";

/** What one source has of a release. */
interface Part {
  readonly label: string;
  readonly listed: Pick<ListedRelease, "version" | "files">;
}

/** The parts of each release, newest first. What one source has is in order already and is left unread. */
function joined(sources: readonly Part[][]): readonly (readonly Part[])[] {
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

/** Most releases are never looked at: versions, file names and tags are read for those that are. */
class LazyRelease implements Release {
  private readonly project: PackageName;
  private readonly parts: readonly Part[];
  private readVersion: Version | undefined;
  private made: readonly Artifact[] | undefined;

  constructor(project: PackageName, parts: readonly Part[]) {
    this.project = project;
    this.parts = parts;
  }

  get version(): Version {
    // There is no release without a part.
    return (this.readVersion ??= (this.parts[0] as Part).listed.version);
  }

  get artifacts(): readonly Artifact[] {
    if (this.made) return this.made;
    const byName = new Map<string, Artifact>();
    for (const { label, listed } of this.parts) {
      for (const file of listed.files()) {
        if (byName.has(file.filename)) continue;
        const artifact = tryMakeArtifact(file, this.project, label);
        if (artifact) byName.set(file.filename, artifact);
      }
    }
    return (this.made = [...byName.values()]);
  }
}
