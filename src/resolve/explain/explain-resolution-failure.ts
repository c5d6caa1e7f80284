import type { Brief } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { Rejection } from "../candidates/rejection.ts";
import type { Failed } from "../solve-target.ts";
import { anotherPythonMayHelp } from "./python-is-cause.ts";
import { pythonLabel } from "./describe-rejection.ts";
import { formatList } from "../../text/index.ts";
import { derivationTree } from "./derivation-tree.ts";
import { FailureContext } from "./failure-context.ts";
import { didYouMean, suggest } from "./suggest.ts";
import { requestedPython } from "./request-origin.ts";
import { writeProof } from "./write-proof.ts";

/** How many groups of Pythons are explained in full if several Pythons failed for different reasons. */
const shownGroups = 3;

/**
 * Returns the error for a failed resolve: the Pythons tried, the platform, the chain of facts with requirements as
 * they were written, and what to try next.
 */
export function explainFailure(failures: readonly Failed[], platform: PlatformName, brief: Brief): PosyError {
  const [first] = failures;
  if (first === undefined) {
    const request =
      brief.python === undefined ? "no Python" : `no Python that meets ${requestedPython(brief)}`;
    return new PosyError("no-interpreter", `${request} is available for \`${platform}\``, {
      hint:
        brief.python === undefined
          ? "`posy resolve --python-version 3.13` resolves for a version whether or not there is such a Python"
          : `\`posy python list --platform ${platform}\` shows what there is`,
    });
  }
  const unknown = unknownPackageError(first);
  if (unknown !== undefined) return unknown;
  const contexts = failures.map((failed) => new FailureContext(failed));
  const rejections = contexts.flatMap(rejectionsOf);
  const unbuilt = rejections.find((rejection) => rejection.kind === "build");
  // This build is the only obstacle.
  if (unbuilt?.kind === "build" && rejections.length === 1) return unbuilt.failure;
  const groups = groupsOf(contexts);
  const lines: string[] = [];
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) {
    lines.push(`no versions fit what you asked for (${pythonList(failures)}, ${platform}):`);
    lines.push(...only.lines.map((line) => `  ${line}`));
  } else {
    lines.push(`no versions fit what you asked for (${platform}), with none of ${pythonList(failures)}:`);
    for (const group of groups.slice(0, shownGroups)) {
      lines.push(`  with ${pythonList(group.failures)}:`, ...group.lines.map((line) => `    ${line}`));
    }
    const left = groups.slice(shownGroups).flatMap((group) => group.failures);
    if (left.length > 0) lines.push(`  and for other reasons with ${pythonList(left)}`);
  }
  // A person who wrote no `--python` may not know why it is this Python.
  if (brief.pythonOrigin !== undefined && failures.some((each) => anotherPythonMayHelp(each.derivation))) {
    lines.push(`  \`${brief.pythonOrigin}\` asks for Python \`${brief.python ?? ""}\``);
  }
  if (unbuilt?.kind === "build") {
    const code = rejections.every(({ kind }) => kind === "build") ? "build-failed" : "unsatisfiable";
    lines.push("", unbuilt.failure.message);
    return new PosyError(code, lines.join("\n"), { hint: unbuilt.failure.hint, cause: unbuilt.failure });
  }
  return new PosyError("unsatisfiable", lines.join("\n"), {
    hint: suggest(
      contexts[0] as FailureContext,
      brief.pythonOrigin,
      new Set(brief.platforms).size > 1 ? platform : undefined,
    ),
  });
}

/** Returns why versions in the proof are not candidates, the newest of each package first. */
function rejectionsOf(context: FailureContext): readonly Rejection[] {
  return context.leaves.flatMap((leaf) => {
    const { cause } = leaf;
    if (!context.isWorthTelling(leaf) || cause.kind !== "unavailable" || cause.reason.kind !== "rejected")
      return [];
    return [...cause.reason.rejections].sort(([a], [b]) => a - b).map(([, rejection]) => rejection);
  });
}

interface Group {
  readonly failures: Failed[];
  readonly lines: readonly string[];
}

/** Groups Pythons that failed for the same reasons. */
function groupsOf(contexts: readonly FailureContext[]): Group[] {
  const groups = new Map<string, Group>();
  for (const context of contexts) {
    const { target, derivation } = context.failed;
    const lines = writeProof(derivationTree(derivation), context);
    const key = lines.join("\n").replaceAll(context.python, "").replaceAll(pythonLabel(target), "");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { failures: [context.failed], lines });
    else group.failures.push(context.failed);
  }
  return [...groups.values()];
}

/** `Python 3.13.5, 3.12.1 and pypy 3.11.13`. */
function pythonList(failures: readonly Failed[]): string {
  let previous = "";
  const names = failures.map(({ target: { interpreter } }) => {
    const implementation = interpreter.implementation === "cpython" ? "Python" : interpreter.implementation;
    const name = interpreter.freeThreaded ? `free-threaded ${implementation}` : implementation;
    const text = name === previous ? interpreter.version : `${name} ${interpreter.version}`;
    previous = name;
    return text;
  });
  return formatList(names);
}

/** Returns an error if a package of the Brief does not exist: that is a typing error, not a conflict. */
function unknownPackageError({ provider }: Failed): PosyError | undefined {
  for (const { requirement, origin } of provider.policy.requirements) {
    const { project } = provider.known(requirement.name);
    if (project === undefined || project.found) continue;
    const indexes = project.lookedIn.map((index) => `\`${index}\``).join(", ");
    const asker = origin === "" ? "" : ` (${origin})`;
    const location = indexes === "" ? "" : ` on ${indexes}`;
    return new PosyError(
      "unknown-package",
      `there is no package \`${requirement.name}\`${asker}${location}`,
      {
        hint: didYouMean(requirement.name),
      },
    );
  }
  return undefined;
}
