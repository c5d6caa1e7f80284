import type { BlueprintTarget, Interpreter, PackagePin } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Machine } from "../system/machine/index.ts";
import { parseWheelFilename } from "../vocab/filenames/index.ts";
import {
  evaluateMarker,
  type ExtraName,
  type MarkerEnvironment,
  parseRequirement,
  type Requirement,
} from "../vocab/requirement/index.ts";
import { lenientSpecifierSet, satisfies, minorOf } from "../vocab/version/index.ts";
import { makeTarget, type Target } from "./target.ts";
import { minorKey } from "./interpreters-to-try.ts";

/**
 * Returns a target whose interpreter is open with one of the interpreters of this machine: the first one with which
 * resolving would have chosen the same packages, preferably the version that was assumed. `asked` are the requirements
 * that the target was resolved for. Throws `no-interpreter` if there is none of that minor version, and `lock-mismatch`
 * if other packages would be needed with each of them.
 */
export function chooseOpenPython(
  target: BlueprintTarget,
  interpreters: readonly Interpreter[],
  asked: readonly Requirement[],
  machine: Machine,
): BlueprintTarget {
  const { platform, python: assumed } = target;
  const minor = minorOf(assumed.version);
  // The lock is for any machine of the platform. Whether a wheel fits this one's C library is another question.
  const anyMachine = { ...machine, platformTags: [] };
  const isAssumed = ({ version }: Interpreter) => Number(version === assumed.version);
  const candidates = interpreters
    .filter((python) => minorKey(python) === minorKey(assumed))
    .toSorted((a, b) => isAssumed(b) - isAssumed(a));
  let mismatch: string | undefined;
  for (const python of candidates) {
    const difference = differenceWith(python, target, asked, anyMachine);
    if (difference === undefined) return { ...target, python };
    mismatch ??= `with Python ${python.version} ${difference}`;
  }
  if (mismatch === undefined) {
    throw new PosyError(
      "no-interpreter",
      `the lock leaves the interpreter for \`${platform}\` open, and no Python ${minor} can be had on this machine`,
      { hint: `install Python ${minor}, or name another with \`--python\`` },
    );
  }
  throw new PosyError(
    "lock-mismatch",
    `the lock leaves the interpreter for \`${platform}\` open and assumes Python ${assumed.version}, but ${mismatch}`,
    { hint: `install Python ${assumed.version}, or run \`posy lock --upgrade\` on this machine` },
  );
}

/** Returns in words why the packages of a target would be others with this interpreter; undefined if they would not. */
function differenceWith(
  python: Interpreter,
  { python: assumed, packages }: BlueprintTarget,
  asked: readonly Requirement[],
  machine: Machine,
): string | undefined {
  const [found, expected] = [makeTarget(python, machine), makeTarget(assumed, machine)];
  const differs = (requirement: Requirement, extras: readonly string[]) =>
    requirement.marker !== undefined &&
    resultsOf(requirement, found.environment, extras) !==
      resultsOf(requirement, expected.environment, extras);
  const differentlyAsked = asked.find((requirement) => differs(requirement, []));
  if (differentlyAsked !== undefined) return `\`${differentlyAsked.text}\` means something else`;
  for (const pin of packages) {
    const { name, version, metadata, extras } = pin;
    if (!allowsPython(metadata.requiresPython, found)) {
      return `\`${name} ${version}\` does not work, because it needs Python \`${metadata.requiresPython}\``;
    }
    if (!fits(pin, found)) return `the locked wheel of \`${name}\` does not work`;
    for (const text of metadata.requiresDist) {
      // The two Pythons differ in nothing else.
      if (!/python_full_version|implementation_version/.test(text)) continue;
      if (differs(parseRequirement(text, { lenient: true }), extras)) {
        return `\`${name} ${version}\` needs other packages (\`${text}\`)`;
      }
    }
  }
  return undefined;
}

/** Returns the results of a marker without an extra and with each of some extras, as a text to compare. */
function resultsOf(
  { marker }: Requirement,
  environment: MarkerEnvironment,
  extras: readonly string[],
): string {
  if (marker === undefined) return "";
  return [[], ...extras.map((extra) => [extra as ExtraName])]
    .map((each) => String(evaluateMarker(marker, environment, new Set(each))))
    .join();
}

function allowsPython(requiresPython: string | undefined, { pythonVersion }: Target): boolean {
  const specifier = requiresPython === undefined ? undefined : lenientSpecifierSet(requiresPython);
  return specifier === undefined || satisfies(specifier, pythonVersion);
}

function fits({ artifact }: PackagePin, { tagRanks }: Target): boolean {
  if (artifact.kind !== "wheel") return true;
  return tagRanks.best(parseWheelFilename(artifact.filename).tags) < Infinity;
}
