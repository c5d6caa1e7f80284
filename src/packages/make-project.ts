import type { PackageName } from "../vocab/name.ts";
import { compareVersions, type Version } from "../vocab/version.ts";
import type { Artifact } from "./artifact.ts";
import { tryMakeArtifact, uploadTimeOf } from "./make-artifact.ts";
import type { Project, Release } from "./package-db.ts";
import type { PageFile } from "./page/index-page.ts";
import type { ListedPage } from "./page/listed-page.ts";

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
    count(time ? `files uploaded at or after ${excludeNewer.toISOString()}` : noUploadTime);
    return false;
  };
  const groups = new Map<
    string,
    { version: Version; sources: { label: string; files: () => readonly PageFile[] }[] }
  >();
  for (const { label, page } of findings) {
    for (const [reason, number] of Object.entries(page.setAside)) count(reason, number);
    for (const release of page.releases) {
      let { files } = release;
      if (excludeNewer) {
        const left = files().filter(admitted);
        if (left.length === 0) continue;
        files = () => left;
      }
      const group = groups.get(release.version.key);
      if (group) group.sources.push({ label, files });
      else groups.set(release.version.key, { version: release.version, sources: [{ label, files }] });
    }
  }
  const ordered = [...groups.values()];
  // One source's releases are in order already.
  if (findings.length > 1) ordered.sort((one, other) => compareVersions(other.version, one.version));
  return {
    name,
    found: findings.length > 0,
    releases: ordered.map(({ version, sources }) => lazyRelease(name, version, sources)),
    lookedIn,
    setAside: [...setAside].map(([reason, count]) => ({ reason, count })),
  };
}

export const noUploadTime = "files whose index doesn't say when they were uploaded";

/** Most releases are never looked at: file names and tags are read for those that are. */
function lazyRelease(
  project: PackageName,
  version: Version,
  sources: readonly { readonly label: string; readonly files: () => readonly PageFile[] }[],
): Release {
  let artifacts: readonly Artifact[] | undefined;
  return {
    version,
    get artifacts() {
      if (artifacts) return artifacts;
      const byName = new Map<string, Artifact>();
      for (const { label, files } of sources) {
        for (const file of files()) {
          if (byName.has(file.filename)) continue;
          const artifact = tryMakeArtifact(file, project, label);
          if (artifact) byName.set(file.filename, artifact);
        }
      }
      artifacts = [...byName.values()];
      return artifacts;
    },
  };
}
