import { isTooNew, noUploadTime } from "../../packages/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { PackageNode } from "../node.ts";
import type { Rejection, RejectionKind } from "../candidates/rejection.ts";
import type { Derivation } from "../solve-target.ts";
import { otherWheels } from "./describe-wheels.ts";
import { formatList, similarNames } from "../../text/index.ts";
import { requirementText, type FailureContext } from "./failure-context.ts";

/**
 * What to try next: the first of these that the facts of the failure speak of. `asker` says which Python, where nobody typed it;
 * `platform` is the one that failed, where there are others.
 */
export function suggest(scene: FailureContext, asker: string | undefined, platform?: PlatformName): string {
  const rejections = new Map<
    RejectionKind,
    { readonly node: PackageNode; readonly version: string; readonly rejection: Rejection }
  >();
  for (const leaf of scene.leaves) {
    const { cause } = leaf;
    if (!scene.isTelling(leaf)) continue;
    if (cause.kind !== "unavailable" || cause.reason.kind !== "rejected") continue;
    const node = cause.package as PackageNode;
    for (const [index, rejection] of cause.reason.rejections) {
      if (rejections.has(rejection.kind)) continue;
      rejections.set(rejection.kind, { node, version: scene.known(node).at(index).version.text, rejection });
    }
  }
  const about = (kind: RejectionKind) => rejections.get(kind);
  if (about("offline")) return "run it again without `--offline`";
  const unknown = unknownPackage(scene);
  if (unknown !== undefined) return `\`--index\` names another index, if \`${unknown}\` is on one`;
  const prerelease = about("prerelease");
  if (prerelease) {
    const { name } = prerelease.node;
    // A mode of its own counts before that of all packages.
    const own = scene.failed.provider.policy.hasOwnPrereleaseMode(name) ? `${name}=` : "";
    return `\`--prerelease ${own}allow\` would let \`${name} ${prerelease.version}\` be used`;
  }
  if (about("constraint")) return "loosen the constraint";
  const hash = about("hash");
  if (hash?.rejection.kind === "hash") {
    return hash.rejection.listed
      ? `compare the \`--hash\` of \`${hash.node.name}\` with what its authors publish`
      : `give a \`--hash\` for \`${hash.node.name}\` too`;
  }
  const yanked = about("yanked");
  if (yanked) return `\`${yanked.node.name}==${yanked.version}\` would have it nevertheless`;
  const python = about("requires-python");
  if (python?.rejection.kind === "requires-python") {
    return anotherPython(python.rejection.specifier, asker);
  }
  const wheel = about("no-wheel");
  if (wheel?.rejection.kind === "no-wheel") {
    if (wheel.rejection.sdist && wheel.rejection.able) {
      return `leave out \`--no-build\` for \`${wheel.node.name}\``;
    }
    const { kind, names } = otherWheels(wheel.rejection.offered, scene.failed.target);
    const newest = names.findLast((name) => name.startsWith("CPython "));
    const python = kind === "pythons" ? /^CPython (\d+\.\d+)/.exec(newest ?? "")?.[1] : undefined;
    if (python !== undefined) return anotherPython(python, asker);
    const another = `ask for another version of \`${wheel.node.name}\`, or its authors for a wheel`;
    if (platform === undefined) return another;
    return `leave \`${platform}\` out of \`platforms\` (\`[tool.posy]\`, \`--platform\`) if nobody needs it, or ${another}`;
  }
  const sdist = about("only-sdist");
  if (sdist?.rejection.kind === "only-sdist") {
    const older = `ask for a version of \`${sdist.node.name}\` that has wheels`;
    return sdist.rejection.able ? `leave out \`--no-build\` for it, or ${older}` : older;
  }
  const wheels = about("only-wheels");
  if (wheels) return `leave out \`--no-binary\` for \`${wheels.node.name}\``;
  const neither = about("no-file-allowed");
  if (neither) {
    return `leave out \`--no-build\` or \`--no-binary\` for \`${neither.node.name}\`; options, variables, requirements files and configuration files all count`;
  }
  const metadata = about("metadata");
  if (metadata) return `tell those who make \`${metadata.node.name}\`, or ask for another version of it`;
  return loosen(scene);
}

function anotherPython(request: string, asker: string | undefined): string {
  if (asker !== undefined) return `\`${asker}\` could ask for another Python: \`${request}\``;
  return `try another Python: \`--python ${/^[\d.]+$/.test(request) ? request : `'${request}'`}\``;
}

function unknownPackage(scene: FailureContext): string | undefined {
  for (const { cause } of scene.leaves) {
    if (cause.kind !== "dependency" || cause.dependency.kind === "root") continue;
    if (scene.known(cause.dependency).project?.found === false) return cause.dependency.name;
  }
  return undefined;
}

export function didYouMean(name: string): string {
  const similar = similarNames(name).map((each) => `\`${each}\``);
  if (similar.length === 0) return "look at how it is spelled, and at which indexes are asked";
  return `did you mean ${similar.join(" or ")}?`;
}

function loosen(scene: FailureContext): string {
  const aside = scene.leaves.flatMap((leaf) => reasonsToSetAside(leaf, scene));
  if (aside.some(isTooNew)) return "give a later `--exclude-newer`, or none";
  if (aside.includes(noUploadTime)) {
    return "leave out `--exclude-newer`, or use an index that tells upload times";
  }
  const wishes = new Set<string>();
  const bare = new Set<string>();
  let ofPython = false;
  for (const { cause } of scene.leaves) {
    if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") continue;
    const { requirement, written } = cause.reason;
    ofPython ||= cause.reason.ofPython;
    if (written === undefined) continue;
    const bound = requirement.specifier.specifiers.length > 0 || requirement.url !== undefined;
    (bound ? wishes : bare).add(`\`${requirementText(requirement)}\``);
  }
  if (wishes.size > 0) return `loosen ${formatList([...wishes], "or")}`;
  return bare.size > 1
    ? `leave out one of ${formatList([...bare])}`
    : "ask for something else, or tell its authors";
}

/** Why files of a package were set aside of which no version is left that is asked for. */
function reasonsToSetAside({ cause }: Derivation, scene: FailureContext): readonly string[] {
  if (cause.kind !== "dependency" || cause.dependency.kind === "root" || !cause.versions.isEmpty()) return [];
  return (scene.known(cause.dependency).project?.setAside ?? []).map(({ reason }) => reason);
}
