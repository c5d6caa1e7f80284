import type { Artifact, BlueprintTarget, WheelArtifact } from "../model/index.ts";
import type { Reporter } from "../report/reporter.ts";
import { formatList } from "../text/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { isPlainLinux } from "../vocab/tags/index.ts";
import type { MetadataIndex } from "./metadata-index.ts";
import type { ResolveContext } from "./resolve-context.ts";
import type { ResolveProvider } from "./resolve-provider.ts";
import type { Solved } from "./solve-target.ts";
import type { Target } from "./target.ts";
import { minorOf } from "../vocab/version/index.ts";

/**
 * Warns about a successful resolution: extras that don't exist, versions that were yanked, wheels that may not load,
 * and newer versions that were skipped.
 */
export function reportResolutionWarnings(
  { decisions, provider, target }: Solved,
  metadataIndex: MetadataIndex,
  { reporter, machine }: Pick<ResolveContext, "reporter" | "machine">,
): void {
  for (const [node, index] of decisions) {
    if (node.kind === "root") continue;
    const versions = provider.known(node.name);
    const verdict = provider.verdict(versions, index);
    if (verdict.kind === "rejected") continue;
    const { artifact } = verdict;
    const version = artifact.version.text;
    if (node.kind === "package") {
      warnAssumed(artifact, target, metadataIndex, reporter);
      warnPassedOver(node.name, index, provider, reporter);
      if (artifact.kind === "wheel" && target.interpreter.platform !== machine.platform) {
        warnPlainLinux(artifact, target, reporter);
      }
      if (artifact.yanked === false) continue;
      const reason = artifact.yanked === "" ? "" : `: ${artifact.yanked}`;
      reporter.report({
        kind: "warning",
        key: `yanked:${artifact.url}`,
        message: `\`${node.name} ${version}\` was yanked by its authors${reason}`,
      });
      continue;
    }
    const fact = metadataIndex.metadataOf(artifact, target.interpreter);
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

/** Warns about targets whose interpreter stays open: which platforms they are, and what was assumed. */
export function warnOpenInterpreters(
  targets: readonly BlueprintTarget[],
  { reporter }: Pick<ResolveContext, "reporter">,
): void {
  const open = targets.filter(({ python }) => python.source.kind === "open");
  for (const version of new Set(open.map(({ python }) => python.version))) {
    const group = open.filter(({ python }) => python.version === version);
    const platforms = formatList(group.map(({ platform }) => `\`${platform}\``));
    const minor = minorOf(version);
    const message = `no source that can be reached has Python ${minor} for ${platforms}, so the lock leaves the interpreter open there and assumes Python ${version}`;
    const there = group.length === 1 ? `on ${platforms}` : "on such a machine";
    reporter.report({
      kind: "warning",
      key: message,
      message,
      hint: `\`posy run\` uses a Python ${minor} that it finds ${there}; \`platforms\` in \`[tool.posy]\` can leave out what nobody needs`,
    });
  }
}

/** Warns if the metadata of a source come from elsewhere because it could not be built. */
function warnAssumed(
  artifact: Artifact,
  target: Target,
  metadataIndex: MetadataIndex,
  reporter: Reporter,
): void {
  const fact = metadataIndex.metadataOf(artifact, target.interpreter);
  if (fact?.kind !== "known" || fact.assumed?.message === undefined) return;
  const { message, hint } = fact.assumed;
  reporter.report({ kind: "warning", key: `assumed:${artifact.url}`, message, hint });
}

/** Reports newer versions that were skipped because their metadata are broken or because they could not be built. */
function warnPassedOver(
  name: PackageName,
  chosen: number,
  provider: ResolveProvider,
  reporter: Reporter,
): void {
  const versions = provider.known(name);
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
    const version = versions.at(index).version.text;
    reporter.report({
      kind: index < chosen && rejection.kind === "metadata" ? "warning" : "debug",
      key: `metadata:${name} ${version}`,
      message: `\`${name} ${version}\` was passed over: ${message}`,
    });
  }
  warnUnbuilt(name, unbuilt, provider, reporter);
}

/** Reports one warning for each package, since a backend that fails for one version usually fails for many. */
function warnUnbuilt(
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

/**
 * Warns about plain `linux_…` wheels for another machine: they do not say which C library they need, and it can't be
 * tried here.
 */
function warnPlainLinux(
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
