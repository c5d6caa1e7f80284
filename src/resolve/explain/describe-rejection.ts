import type { Rejection } from "../candidates/rejection.ts";
import type { Target } from "../target.ts";
import { requirementText } from "./failure-context.ts";
import { describeWheels } from "./describe-wheels.ts";
import { formatList } from "../../text/index.ts";

/** Returns the predicate of a sentence about versions that are not candidates. All rejections must be of one kind. */
export function describeRejections(
  rejections: readonly Rejection[],
  target: Target,
  plural: boolean,
): string {
  const [first] = rejections;
  if (first === undefined) return "can't be used";
  const { interpreter } = target;
  const here = `${pythonLabel(target)} on ${interpreter.platform}`;
  const have = plural ? "have" : "has";
  switch (first.kind) {
    case "constraint": {
      const { requirement, origin } = first.constraint;
      return `${plural ? "are" : "is"} ruled out by your constraint \`${requirementText(requirement)}\`${origin && ` (${origin})`}`;
    }
    case "prerelease":
      return plural ? "are pre-releases" : "is a pre-release";
    case "yanked":
      return `${plural ? "were" : "was"} yanked by ${plural ? "their" : "its"} authors${first.reason && ` (${first.reason.replaceAll(/\s+/g, " ")})`}`;
    case "requires-python": {
      const texts = new Set(
        rejections.map((each) => (each.kind === "requires-python" ? each.specifier : "")),
      );
      const shown = formatList(
        [...texts].slice(0, 3).map((text) => `\`${text}\``),
        "or",
      );
      return `${plural ? "need" : "needs"} Python ${shown} (this is ${interpreter.version})`;
    }
    case "malformed-requires-python":
      return `${plural ? "say" : "says"} \`Requires-Python: ${first.text}\` (which means nothing)`;
    case "no-wheel": {
      const details = [
        ...(first.offered.length === 0 ? [] : [describeWheels(first.offered, target)]),
        ...(first.sdist ? [`its source distribution ${notBuilt(first.canBuild)}`] : []),
      ];
      return `${have} no wheel for ${here}${details.length === 0 ? "" : ` (${details.join("; ")})`}`;
    }
    case "only-sdist":
      return `${have} only source distributions (which ${notBuilt(first.canBuild)})`;
    case "only-wheels":
      return `${have} only wheels (and \`--no-binary\` wants sources)`;
    case "no-file-allowed":
      return "may neither be built (`--no-build`) nor be taken as a wheel (`--no-binary`)";
    case "hash":
      return first.listed
        ? `${have} no file with a hash that was given`
        : `${have} no hash in your requirements (once one has, all must)`;
    case "metadata":
      return `${have} broken metadata (${shortened(first.message)})`;
    case "build":
      return "could not be built here";
    default:
      return `${plural ? "were" : "was"} not fetched before (posy is offline)`;
  }
}

/** Sources are not built because of a policy, or because a program embeds Posy without a builder. */
function notBuilt(canBuild: boolean): string {
  return canBuild ? "may not be built: `--no-build`" : "can't be built here";
}

export function pythonLabel({ interpreter, pythonVersion }: Target): string {
  const name = interpreter.implementation === "cpython" ? "Python" : interpreter.implementation;
  const [major = 3, minor = 0] = pythonVersion.release;
  return `${name} ${major}.${minor}${interpreter.freeThreaded ? "t" : ""}`;
}

function shortened(message: string): string {
  return message.length > 200 ? `${message.slice(0, 200)}…` : message;
}
