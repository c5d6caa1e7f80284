import { isTooNew, noUploadTime } from "../../packages/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { PackageNode } from "../node.ts";
import type { Rejection, RejectionKind } from "../candidates/rejection.ts";
import type { Derivation } from "../solve-target.ts";
import { otherWheels } from "./describe-wheels.ts";
import { formatList } from "../../text/index.ts";
import { similarNames } from "./similar-names.ts";
import { requirementText, type FailureContext } from "./failure-context.ts";

/**
 * Returns what to try next: the first suggestion that matches the facts of the failure. `pythonOrigin` is the file or
 * variable that names the Python, if nobody typed it. `platform` is the one that failed, if there are several.
 */
export function suggest(
  context: FailureContext,
  pythonOrigin: string | undefined,
  platform?: PlatformName,
): string {
  const rejections = new Map<
    RejectionKind,
    { readonly node: PackageNode; readonly version: string; readonly rejection: Rejection }
  >();
  for (const leaf of context.leaves) {
    const { cause } = leaf;
    if (!context.isWorthTelling(leaf)) continue;
    if (cause.kind !== "unavailable" || cause.reason.kind !== "rejected") continue;
    const node = cause.package as PackageNode;
    for (const [index, rejection] of cause.reason.rejections) {
      if (rejections.has(rejection.kind)) continue;
      rejections.set(rejection.kind, {
        node,
        version: context.known(node).at(index).version.text,
        rejection,
      });
    }
  }
  const rejectionOf = (kind: RejectionKind) => rejections.get(kind);
  if (rejectionOf("offline")) return "run it again without `--offline`";
  const unknown = unknownPackage(context);
  if (unknown !== undefined) return `\`--index\` names another index, if \`${unknown}\` is on one`;
  const prerelease = rejectionOf("prerelease");
  if (prerelease) {
    const { name } = prerelease.node;
    // A mode for the package counts before the mode for all.
    const prefix = context.failed.provider.policy.hasOwnPrereleaseMode(name) ? `${name}=` : "";
    return `\`--prerelease ${prefix}allow\` would let \`${name} ${prerelease.version}\` be used`;
  }
  if (rejectionOf("constraint")) return "loosen the constraint";
  const hash = rejectionOf("hash");
  if (hash?.rejection.kind === "hash") {
    return hash.rejection.listed
      ? `compare the \`--hash\` of \`${hash.node.name}\` with what its authors publish`
      : `give a \`--hash\` for \`${hash.node.name}\` too`;
  }
  const yanked = rejectionOf("yanked");
  if (yanked) return `\`${yanked.node.name}==${yanked.version}\` would have it nevertheless`;
  const python = rejectionOf("requires-python");
  if (python?.rejection.kind === "requires-python") {
    return anotherPython(python.rejection.specifier, pythonOrigin);
  }
  const wheel = rejectionOf("no-wheel");
  if (wheel?.rejection.kind === "no-wheel") {
    if (wheel.rejection.sdist && wheel.rejection.canBuild) {
      return `leave out \`--no-build\` for \`${wheel.node.name}\``;
    }
    const { kind, names } = otherWheels(wheel.rejection.offered, context.failed.target);
    const newest = names.findLast((name) => name.startsWith("CPython "));
    const python = kind === "pythons" ? /^CPython (\d+\.\d+)/.exec(newest ?? "")?.[1] : undefined;
    if (python !== undefined) return anotherPython(python, pythonOrigin);
    const another = `ask for another version of \`${wheel.node.name}\`, or its authors for a wheel`;
    if (platform === undefined) return another;
    return `leave \`${platform}\` out of \`platforms\` (\`[tool.posy]\`, \`--platform\`) if nobody needs it, or ${another}`;
  }
  const sdist = rejectionOf("only-sdist");
  if (sdist?.rejection.kind === "only-sdist") {
    const older = `ask for a version of \`${sdist.node.name}\` that has wheels`;
    return sdist.rejection.canBuild ? `leave out \`--no-build\` for it, or ${older}` : older;
  }
  const wheels = rejectionOf("only-wheels");
  if (wheels) return `leave out \`--no-binary\` for \`${wheels.node.name}\``;
  const noFile = rejectionOf("no-file-allowed");
  if (noFile) {
    return `leave out \`--no-build\` or \`--no-binary\` for \`${noFile.node.name}\`; options, variables, requirements files and configuration files all count`;
  }
  const metadata = rejectionOf("metadata");
  if (metadata) return `tell those who make \`${metadata.node.name}\`, or ask for another version of it`;
  return loosen(context);
}

function anotherPython(request: string, pythonOrigin: string | undefined): string {
  if (pythonOrigin !== undefined) return `\`${pythonOrigin}\` could ask for another Python: \`${request}\``;
  return `try another Python: \`--python ${/^[\d.]+$/.test(request) ? request : `'${request}'`}\``;
}

function unknownPackage(context: FailureContext): string | undefined {
  for (const { cause } of context.leaves) {
    if (cause.kind !== "dependency" || cause.dependency.kind === "root") continue;
    if (context.known(cause.dependency).project?.found === false) return cause.dependency.name;
  }
  return undefined;
}

export function didYouMean(name: string): string {
  const similar = similarNames(name).map((each) => `\`${each}\``);
  if (similar.length === 0) return "look at how it is spelled, and at which indexes are asked";
  return `did you mean ${similar.join(" or ")}?`;
}

function loosen(context: FailureContext): string {
  const setAsideReasons = context.leaves.flatMap((leaf) => reasonsToSetAside(leaf, context));
  if (setAsideReasons.some(isTooNew)) return "give a later `--exclude-newer`, or none";
  if (setAsideReasons.includes(noUploadTime)) {
    return "leave out `--exclude-newer`, or use an index that lists upload times";
  }
  const restricted = new Set<string>();
  const unrestricted = new Set<string>();
  let ofPython = false;
  for (const { cause } of context.leaves) {
    if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") continue;
    const { requirement, written } = cause.reason;
    ofPython ||= cause.reason.ofPython;
    if (written === undefined) continue;
    const isRestricted = requirement.specifier.specifiers.length > 0 || requirement.url !== undefined;
    (isRestricted ? restricted : unrestricted).add(`\`${requirementText(requirement)}\``);
  }
  if (restricted.size > 0) return `loosen ${formatList([...restricted], "or")}`;
  return unrestricted.size > 1
    ? `leave out one of ${formatList([...unrestricted])}`
    : "ask for something else, or tell its authors";
}

/** Returns why files of a package were set aside, if none of its remaining versions is allowed. */
function reasonsToSetAside({ cause }: Derivation, context: FailureContext): readonly string[] {
  if (cause.kind !== "dependency" || cause.dependency.kind === "root" || !cause.versions.isEmpty()) return [];
  return (context.known(cause.dependency).project?.setAside ?? []).map(({ reason }) => reason);
}
