import type { Reporter } from "../report/reporter.ts";
import type { PackageName } from "../vocab/name.ts";
import type { Facts } from "./facts.ts";
import type { ResolveProvider } from "./resolve-provider.ts";
import type { Solved } from "./solve-target.ts";

/** What a person should know of an answer though it is one: extras that don't exist, versions that were withdrawn. */
export function tellOddities(
  { decisions, provider, target }: Solved,
  facts: Facts,
  reporter: Reporter,
): void {
  for (const [node, index] of decisions) {
    if (node.kind === "root") continue;
    const known = provider.known(node.name);
    const verdict = provider.verdict(known, index);
    if (verdict.kind === "rejected") continue;
    const { artifact } = verdict;
    const version = artifact.version.text;
    if (node.kind === "package") {
      tellPassedOver(node.name, index, provider, reporter);
      if (artifact.yanked === false) continue;
      const why = artifact.yanked === "" ? "" : `: ${artifact.yanked}`;
      reporter.report({
        kind: "warning",
        key: `yanked:${artifact.url}`,
        message: `\`${node.name} ${version}\` was yanked by its authors${why}`,
      });
      continue;
    }
    const fact = facts.metadataOf(artifact, target.interpreter);
    if (fact?.kind !== "known" || fact.metadata.providesExtra.includes(node.extra)) continue;
    const { providesExtra } = fact.metadata;
    reporter.report({
      kind: "warning",
      key: `extra:${node.name}[${node.extra}]`,
      message: `\`${node.name} ${version}\` has no extra \`${node.extra}\``,
      hint:
        providesExtra.length === 0
          ? "it has no extras at all"
          : `it has ${providesExtra.map((each) => `\`${each}\``).join(", ")}`,
    });
  }
}

/** Newer versions that would have been taken, had their metadata made sense (pitfall 4). */
function tellPassedOver(
  name: PackageName,
  chosen: number,
  provider: ResolveProvider,
  reporter: Reporter,
): void {
  const known = provider.known(name);
  for (const [index, message] of provider.passedOver(name)) {
    const version = known.at(index).version.text;
    reporter.report({
      kind: index < chosen ? "warning" : "debug",
      key: `metadata:${name} ${version}`,
      message: `\`${name} ${version}\` was passed over: ${message}`,
    });
  }
}
