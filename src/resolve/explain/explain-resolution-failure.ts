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

/** Reasons that are told in full where several Pythons failed for different ones. */
const toldInFull = 3;

/** Why there is no answer: the Pythons tried, the platform, the chain of facts in the words of those who wrote them, and what to try. */
export function explainFailure(failures: readonly Failed[], platform: PlatformName, brief: Brief): PosyError {
  const [first] = failures;
  if (first === undefined) {
    const asked = brief.python === undefined ? "no Python" : `no Python that meets ${requestedPython(brief)}`;
    return new PosyError("no-interpreter", `${asked} is to be had for \`${platform}\``, {
      hint:
        brief.python === undefined
          ? "`posy resolve --python-version 3.13` resolves for a version whether or not there is such a Python"
          : `\`posy python list --platform ${platform}\` shows what there is`,
    });
  }
  const unknown = askedForUnknown(first);
  if (unknown !== undefined) return unknown;
  const scenes = failures.map((failed) => new FailureContext(failed));
  const told = scenes.flatMap(rejectionsOf);
  const unbuilt = told.find((rejection) => rejection.kind === "build");
  // Nothing but this one build stands in the way.
  if (unbuilt?.kind === "build" && told.length === 1) return unbuilt.failure;
  const groups = groupsOf(scenes);
  const lines: string[] = [];
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) {
    lines.push(`no versions fit what you asked for (${pythonList(failures)}, ${platform}):`);
    lines.push(...only.lines.map((line) => `  ${line}`));
  } else {
    lines.push(`no versions fit what you asked for (${platform}), with none of ${pythonList(failures)}:`);
    for (const group of groups.slice(0, toldInFull)) {
      lines.push(`  with ${pythonList(group.failures)}:`, ...group.lines.map((line) => `    ${line}`));
    }
    const left = groups.slice(toldInFull).flatMap((group) => group.failures);
    if (left.length > 0) lines.push(`  and for other reasons with ${pythonList(left)}`);
  }
  // Whoever wrote no `--python` may not know why it is this one.
  if (brief.pythonOrigin !== undefined && failures.some((each) => anotherPythonMayHelp(each.derivation))) {
    lines.push(`  \`${brief.pythonOrigin}\` asks for Python \`${brief.python ?? ""}\``);
  }
  if (unbuilt?.kind === "build") {
    const code = told.every(({ kind }) => kind === "build") ? "build-failed" : "unsatisfiable";
    lines.push("", unbuilt.failure.message);
    return new PosyError(code, lines.join("\n"), { hint: unbuilt.failure.hint, cause: unbuilt.failure });
  }
  return new PosyError("unsatisfiable", lines.join("\n"), {
    hint: suggest(
      scenes[0] as FailureContext,
      brief.pythonOrigin,
      new Set(brief.platforms).size > 1 ? platform : undefined,
    ),
  });
}

/** Why versions of the proof are no candidates, the newest of each package first. */
function rejectionsOf(scene: FailureContext): readonly Rejection[] {
  return scene.leaves.flatMap((leaf) => {
    const { cause } = leaf;
    if (!scene.isTelling(leaf) || cause.kind !== "unavailable" || cause.reason.kind !== "rejected") return [];
    return [...cause.reason.rejections].sort(([a], [b]) => a - b).map(([, rejection]) => rejection);
  });
}

interface Group {
  readonly failures: Failed[];
  readonly lines: readonly string[];
}

/** Pythons that fail for the same reasons are told of together. */
function groupsOf(scenes: readonly FailureContext[]): Group[] {
  const groups = new Map<string, Group>();
  for (const scene of scenes) {
    const { target, derivation } = scene.failed;
    const lines = writeProof(derivationTree(derivation), scene);
    const key = lines.join("\n").replaceAll(scene.python, "").replaceAll(pythonLabel(target), "");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { failures: [scene.failed], lines });
    else group.failures.push(scene.failed);
  }
  return [...groups.values()];
}

/** `Python 3.13.5, 3.12.1 and pypy 3.11.13`. */
function pythonList(failures: readonly Failed[]): string {
  let before = "";
  const names = failures.map(({ target: { interpreter } }) => {
    const implementation = interpreter.implementation === "cpython" ? "Python" : interpreter.implementation;
    const name = interpreter.freeThreaded ? `free-threaded ${implementation}` : implementation;
    const text = name === before ? interpreter.version : `${name} ${interpreter.version}`;
    before = name;
    return text;
  });
  return formatList(names);
}

/** A name of the Brief that exists nowhere is a slip, not a conflict. */
function askedForUnknown({ provider }: Failed): PosyError | undefined {
  for (const { requirement, origin } of provider.policy.requirements) {
    const { project } = provider.known(requirement.name);
    if (project === undefined || project.found) continue;
    const where = project.lookedIn.map((place) => `\`${place}\``).join(", ");
    const asked = origin === "" ? "" : ` (${origin})`;
    const places = where === "" ? "" : ` on ${where}`;
    return new PosyError("unknown-package", `there is no package \`${requirement.name}\`${asked}${places}`, {
      hint: didYouMean(requirement.name),
    });
  }
  return undefined;
}
