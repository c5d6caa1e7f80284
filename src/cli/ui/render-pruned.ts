import type { PrunedEntry } from "../../operations/index.ts";
import { formatSize } from "./format-size.ts";

type Bucket = PrunedEntry["bucket"];
type Reason = PrunedEntry["reason"];

/** What the entries of a bucket are, one and several, in the order of the output. */
const nouns: Readonly<Record<Bucket, readonly [string, string]>> = {
  envs: ["environment", "environments"],
  wheels: ["wheel", "wheels"],
  pythons: ["interpreter", "interpreters"],
  artifacts: ["archive", "archives"],
  builds: ["build", "builds"],
  git: ["repository", "repositories"],
  http: ["index page", "index pages"],
  metadata: ["metadata file", "metadata files"],
  briefs: ["remembered run", "remembered runs"],
  probes: ["description of an installed Python", "descriptions of installed Pythons"],
  shells: ["start-up file", "start-up files"],
  scripts: ["script of a URL", "scripts of URLs"],
  verified: ["record of a verification", "records of verifications"],
};

const whyUnused: Partial<Readonly<Record<Bucket, string>>> = {
  envs: "no project, tool or recent run needs them",
  wheels: "no environment needs them",
  pythons: "no environment needs them, and nobody asked for them",
};

const why: Readonly<Record<Reason, string>> = {
  unused: "nothing needs them",
  old: "not used for long",
  unpacked: "unpacked in the store",
  quick: "quick to get again",
  limit: "not used for the longest time, and over the limit",
};

function whyOf(bucket: Bucket, reason: Reason): string {
  if (reason === "old" && bucket === "briefs") return "not used for long, or outdated";
  return (reason === "unused" ? whyUnused[bucket] : undefined) ?? why[reason];
}

/** Lists the removed entries, by bucket and reason, and what they free. With `paths`, each of them. */
export function renderPruned(
  removed: readonly PrunedEntry[],
  { dryRun, paths }: { readonly dryRun: boolean; readonly paths: boolean },
): string {
  if (removed.length === 0) return "nothing to remove\n";
  const lines: (readonly [count: string, what: string, bytes: string, why: string])[] = [];
  const listed: string[] = [];
  for (const bucket of Object.keys(nouns) as Bucket[]) {
    for (const reason of ["unused", "old", "unpacked", "quick", "limit"] as const) {
      const entries = removed.filter((entry) => entry.bucket === bucket && entry.reason === reason);
      if (entries.length === 0) continue;
      const [one, several] = nouns[bucket];
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
      lines.push([
        String(entries.length),
        entries.length === 1 ? one : several,
        formatSize(bytes),
        whyOf(bucket, reason),
      ]);
      listed.push(...entries.map(({ path }) => path));
    }
  }
  const [counts, names, sizes] = [0, 1, 2].map((column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  const total = removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...(paths ? listed.map((path) => `${path}\n`) : []),
    ...lines.map(
      ([count, what, bytes, why]) =>
        `${count.padStart(counts ?? 0)} ${what.padEnd(names ?? 0)}  ${bytes.padStart(sizes ?? 0)}  ${why}\n`,
    ),
    `${dryRun ? "would free" : "freed"} ${formatSize(total)}\n`,
  ].join("");
}
