import { PosyError } from "../../errors/posy-error.ts";
import {
  type BlueprintTarget,
  type Brief,
  buildableOfPin,
  makeBrief,
  type PackagePin,
} from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { type OperationContext, warn } from "../../settings/index.ts";
import { minorOf } from "../../vocab/version/index.ts";

/**
 * Returns the build requirements that a backend asks for when it runs, in addition to those that its source declares.
 * A lock lacks them for platforms other than the one it was made on. The backend is asked here, with a similar Python,
 * and the packages are resolved for the target. Warns if it can't be asked.
 */
export async function askedRequirements(
  pin: PackagePin,
  { python, platform }: BlueprintTarget,
  brief: Brief,
  posy: Posy,
  context: OperationContext,
): Promise<readonly PackagePin[]> {
  const { name, version, build } = pin;
  // Where it can run, the lock says that it was asked, or that asking is not worthwhile.
  if (build?.unasked !== true || platform === posy.machine.platform) return [];
  const minor = minorOf(python.version);
  try {
    const [here] = await posy.interpreters(minor, posy.machine.platform);
    if (here === undefined) return [];
    const asked = await posy.sources(brief).build(buildableOfPin(pin), here);
    const known = new Set(build.packages.map((other) => other.name));
    const missing = asked.packages.filter((other) => other.requested && !known.has(other.name));
    if (missing.length === 0) return [];
    const resolved = await posy.resolve(
      makeBrief({
        pythonVersion: minor,
        requirements: missing.map((other) => `${other.name}==${other.version}`),
        platforms: [platform],
        builds: brief.builds,
      }),
      undefined,
      { anyMachine: true },
    );
    return resolved.targets.flatMap(({ packages }) => packages);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const [reason] = error.message.split("\n", 1);
    warn(
      context,
      `what building \`${name} ${version}\` needs on ${platform} may be incomplete, because its backend could not be asked: ${reason}`,
    );
    return [];
  }
}
