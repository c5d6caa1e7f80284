import type { Reporter } from "../report/reporter.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { PackageIndex } from "./index/source.ts";
import type { IndexSettings } from "./index-settings.ts";
import { type Finding, makeProject, noUploadTime } from "./make-project.ts";
import type { Project } from "./package-db.ts";

export interface Search {
  /** `--find-links`: always looked at. */
  readonly links: readonly PackageIndex[];
  /** In the order of their priority. */
  readonly indexes: readonly PackageIndex[];
  readonly settings: Pick<IndexSettings, "strategy" | "excludeNewer" | "excludeNewerPackages">;
  readonly reporter: Reporter;
}

/**
 * Looks for a project: in what `--find-links` names, and in the first index that has the name. The next index is asked only when
 * the one before doesn't know it: not at the same time, since the names of private packages are nobody's business (pitfall 12).
 */
export async function findProject(name: PackageName, search: Search): Promise<Project> {
  const { links, indexes, settings } = search;
  const findings: Finding[] = [];
  const look = async (source: PackageIndex): Promise<boolean> => {
    const page = await source.lookup(name);
    if (page) findings.push({ label: source.label, page });
    return page !== undefined;
  };
  for (const source of links) await look(source);
  let fromIndexes = 0;
  for (const source of indexes) {
    if (!(await look(source))) continue;
    fromIndexes += 1;
    if (settings.strategy === "first-index") break;
  }
  for (const finding of findings) tellStatus(name, finding, search.reporter);
  if (fromIndexes > 1) tellConfusion(name, findings.slice(-fromIndexes), search.reporter);
  const lookedIn = [...links, ...indexes].map((source) => source.label);
  const project = makeProject(name, findings, lookedIn, cutoffFor(name, settings));
  if (project.setAside.some(({ reason }) => reason === noUploadTime)) {
    const where = findings.map(({ label }) => `\`${label}\``).join(", ");
    search.reporter.report({
      kind: "warning",
      key: `upload-time:${where}`,
      message: `${where} doesn't say when files were uploaded: with \`--exclude-newer\` they don't count`,
      hint: "leave out `--exclude-newer`, or use an index that tells upload times",
    });
  }
  return project;
}

function cutoffFor(name: PackageName, settings: Search["settings"]): Date | undefined {
  const own = settings.excludeNewerPackages?.get(name);
  return own === undefined ? settings.excludeNewer : own || undefined;
}

/** PEP 792: an archived or quarantined project is still listed, and a person should know. */
function tellStatus(name: PackageName, { label, page }: Finding, reporter: Reporter): void {
  const { status } = page.about;
  if (!status) return;
  const reason = status.reason ? `: ${status.reason}` : "";
  reporter.report({
    kind: "warning",
    key: `status:${name}`,
    message: `\`${name}\` is marked as ${status.status} by \`${label}\`${reason}`,
  });
}

/** PEP 708: the same name in several indexes is one project only where they say so. */
function tellConfusion(name: PackageName, findings: readonly Finding[], reporter: Reporter): void {
  const related = findings.every(
    ({ page }) => page.about.tracks.length + page.about.alternateLocations.length > 0,
  );
  const [first, ...others] = findings.map(({ label }) => `\`${label}\``);
  reporter.report({
    kind: related ? "debug" : "warning",
    key: `merged:${name}`,
    message: `\`${name}\` is in ${first} and in ${others.join(", ")}, and their files are merged`,
    ...(related
      ? {}
      : { hint: "they may be different projects of one name: `first-index` takes the first only" }),
  });
}
