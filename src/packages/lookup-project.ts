import type { Reporter } from "../report/reporter.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { PackageIndex } from "./index/source.ts";
import type { IndexSettings } from "./index-settings.ts";
import { type ProjectPage, makeProject, noUploadTime } from "./make-project.ts";
import type { Project } from "./package-db.ts";

export interface Search {
  /** `--find-links` locations. All of them are searched. */
  readonly links: readonly PackageIndex[];
  /** In order of priority. */
  readonly indexes: readonly PackageIndex[];
  readonly settings: Pick<IndexSettings, "strategy" | "excludeNewer" | "excludeNewerPackages">;
  readonly reporter: Reporter;
}

/**
 * Looks a project up in all `--find-links` locations and in the first index that has the name. Indexes are
 * asked one after the other, not at once: a private package's name must not reach an index that does not need
 * to know it.
 */
export async function findProject(name: PackageName, search: Search): Promise<Project> {
  const { links, indexes, settings } = search;
  const pages: ProjectPage[] = [];
  const look = async (source: PackageIndex): Promise<boolean> => {
    const page = await source.lookup(name);
    if (page) pages.push({ label: source.label, page });
    return page !== undefined;
  };
  for (const source of links) await look(source);
  let fromIndexes = 0;
  for (const source of indexes) {
    if (!(await look(source))) continue;
    fromIndexes += 1;
    if (settings.strategy === "first-index") break;
  }
  for (const page of pages) reportStatus(name, page, search.reporter);
  if (fromIndexes > 1) reportMergedIndexes(name, pages.slice(-fromIndexes), search.reporter);
  const lookedIn = [...links, ...indexes].map((source) => source.label);
  const project = makeProject(name, pages, lookedIn, cutoffFor(name, settings));
  if (project.setAside.some(({ reason }) => reason === noUploadTime)) {
    const where = pages.map(({ label }) => `\`${label}\``).join(", ");
    search.reporter.report({
      kind: "warning",
      key: `upload-time:${where}`,
      message: `${where} doesn't say when files were uploaded, so \`--exclude-newer\` ignores them`,
      hint: "leave out `--exclude-newer`, or use an index that lists upload times",
    });
  }
  return project;
}

function cutoffFor(name: PackageName, settings: Search["settings"]): Date | undefined {
  const cutoff = settings.excludeNewerPackages?.get(name);
  return cutoff === undefined ? settings.excludeNewer : cutoff || undefined;
}

/** Warns about an archived, quarantined or deprecated project (PEP 792). Its files are still listed. */
function reportStatus(name: PackageName, { label, page }: ProjectPage, reporter: Reporter): void {
  const { status } = page.about;
  if (!status) return;
  const reason = status.reason ? `: ${status.reason}` : "";
  reporter.report({
    kind: "warning",
    key: `status:${name}`,
    message: `\`${name}\` is marked as ${status.status} by \`${label}\`${reason}`,
  });
}

/**
 * Reports that the files of several indexes were merged: a warning, unless the indexes say that they list the
 * same project (PEP 708).
 */
function reportMergedIndexes(name: PackageName, pages: readonly ProjectPage[], reporter: Reporter): void {
  const related = pages.every(
    ({ page }) => page.about.tracks.length + page.about.alternateLocations.length > 0,
  );
  const [first, ...others] = pages.map(({ label }) => `\`${label}\``);
  reporter.report({
    kind: related ? "debug" : "warning",
    key: `merged:${name}`,
    message: `\`${name}\` is in ${first} and in ${others.join(", ")}, and their files are merged`,
    ...(related
      ? {}
      : {
          hint: "they may be different projects with the same name; `first-index` uses only the first index",
        }),
  });
}
