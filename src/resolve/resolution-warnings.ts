import type { Artifact, WheelArtifact } from "../model/index.ts";
import type { Reporter } from "../report/reporter.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { isPlainLinux } from "../vocab/tags/index.ts";
import type { MetadataIndex } from "./metadata-index.ts";
import type { ResolveContext } from "./resolve-context.ts";
import type { ResolveProvider } from "./resolve-provider.ts";
import type { Solved } from "./solve-target.ts";
import type { Target } from "./target.ts";

/**
 * What a person should know of an answer though it is one: extras that don't exist, versions that were withdrawn, wheels
 * that may not load.
 */
export function reportResolutionWarnings(
  { decisions, provider, target }: Solved,
  facts: MetadataIndex,
  { reporter, machine }: Pick<ResolveContext, "reporter" | "machine">,
): void {
  for (const [node, index] of decisions) {
    if (node.kind === "root") continue;
    const known = provider.known(node.name);
    const verdict = provider.verdict(known, index);
    if (verdict.kind === "rejected") continue;
    const { artifact } = verdict;
    const version = artifact.version.text;
    if (node.kind === "package") {
      tellAssumed(artifact, target, facts, reporter);
      tellPassedOver(node.name, index, provider, reporter);
      if (artifact.kind === "wheel" && target.interpreter.platform !== machine.platform) {
        tellPlainLinux(artifact, target, reporter);
      }
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

/** Its metadata come from elsewhere, since it could not be built. */
function tellAssumed(artifact: Artifact, target: Target, facts: MetadataIndex, reporter: Reporter): void {
  const fact = facts.metadataOf(artifact, target.interpreter);
  if (fact?.kind !== "known" || fact.assumed?.message === undefined) return;
  const { message, hint } = fact.assumed;
  reporter.report({ kind: "warning", key: `assumed:${artifact.url}`, message, hint });
}

/** Newer versions that would have been taken, had their metadata made sense (pitfall 4), or could they be built here. */
function tellPassedOver(
  name: PackageName,
  chosen: number,
  provider: ResolveProvider,
  reporter: Reporter,
): void {
  const known = provider.known(name);
  const unbuilt: number[] = [];
  for (const [index, rejection] of provider.passedOver(name)) {
    if (rejection.kind === "build" && index < chosen) unbuilt.push(index);
    const message =
      rejection.kind === "metadata"
        ? rejection.message
        : rejection.kind === "build"
          ? rejection.failure.message
          : undefined;
    if (message === undefined) continue;
    const version = known.at(index).version.text;
    reporter.report({
      kind: index < chosen && rejection.kind === "metadata" ? "warning" : "debug",
      key: `metadata:${name} ${version}`,
      message: `\`${name} ${version}\` was passed over: ${message}`,
    });
  }
  tellUnbuilt(name, unbuilt, provider, reporter);
}

/** One warning for each package: a backend that fails for one version mostly fails for many. */
function tellUnbuilt(
  name: PackageName,
  unbuilt: readonly number[],
  provider: ResolveProvider,
  reporter: Reporter,
): void {
  const newest = Math.min(...unbuilt);
  const rejection = provider.passedOver(name).get(newest);
  if (rejection?.kind !== "build") return;
  const version = provider.known(name).at(newest).version.text;
  const others = unbuilt.length - 1;
  const more = others === 0 ? "" : `, and ${others} older version${others === 1 ? "" : "s"} of it`;
  const [reason = ""] = rejection.failure.message.split("\n", 1);
  reporter.report({
    kind: "warning",
    key: `unbuilt:${name} ${version}`,
    message: `\`${name} ${version}\` was passed over${more}: ${reason}`,
    hint: rejection.failure.hint,
  });
}

/** A plain `linux_…` wheel does not say which C library it needs, and on another machine nobody can try. */
function tellPlainLinux(
  { name, version, filename, wheel }: WheelArtifact,
  target: Target,
  reporter: Reporter,
): void {
  const fitting = wheel.tags.filter((tag) => target.tagRanks.get(tag) !== undefined);
  if (!fitting.every((tag) => isPlainLinux(tag.split("-")[2] ?? ""))) return;
  const { platform } = target.interpreter;
  reporter.report({
    kind: "warning",
    key: `plain-linux:${filename} ${platform}`,
    message: `\`${name} ${version.text}\` may not load on ${platform}: \`${filename}\` does not say which C library it needs`,
    hint: "ask its authors for a `manylinux` or `musllinux` wheel, or check it on such a machine",
  });
}
