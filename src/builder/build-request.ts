import type { Artifact, Brief, BuildPolicy } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { PackageName } from "../vocab/requirement/index.ts";

/**
 * Why something is built: the policy, and the builds in progress that led here, outermost first. A build needs an
 * Env, an Env may need a build, and so on: this stack reveals cycles.
 */
export interface BuildRequest {
  readonly policy: BuildPolicy;
  /** The Brief. Its packages are the Env of builds without isolation. */
  readonly brief: Brief | undefined;
  readonly stack: readonly ChainLink[];
}

interface ChainLink {
  readonly name: PackageName;
  readonly label: string;
}

/** `markupsafe 2.1.5`. */
export function labelOf({ name, version }: Pick<Artifact, "name" | "version">): string {
  return `${name} ${version.text}`;
}

/**
 * Returns the request for a nested build. Packages that are being built may be used as wheels whatever `--no-binary`
 * says: a wheel is the way out of a cycle. Throws `build-cycle` if the same source is being built already.
 */
export function nestedRequest(
  request: BuildRequest,
  artifact: Artifact,
  label = labelOf(artifact),
): BuildRequest {
  const { stack: chain, policy } = request;
  if (chain.some((link) => link.label === label)) throw cycleError(chain, label);
  const extendedStack = [...chain, { name: artifact.name, label }];
  const except = new Set(extendedStack.map(({ name }) => name));
  return {
    ...request,
    stack: extendedStack,
    policy: { ...policy, noBinary: { ...policy.noBinary, except } },
  };
}

function cycleError(chain: readonly ChainLink[], label: string): PosyError {
  const labels = chain.map((link) => link.label);
  const cycle = [...labels.slice(labels.indexOf(label)), label].map((each) => `\`${each}\``);
  return new PosyError(
    "build-cycle",
    `${cycle[0]} can't be built: building it needs ${cycle.slice(1).join(", which needs ")}`,
    {
      hint: `a wheel of one of them breaks the circle: ask for a version that has one, or name a folder with one by \`--find-links\``,
    },
  );
}
