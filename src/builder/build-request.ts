import type { Artifact, Brief, BuildPolicy } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { PackageName } from "../vocab/requirement/index.ts";

/**
 * Why something is built: what a person said, and the builds under way that led here, outermost first. A build needs an
 * Env, an Env may need a build, and so on: the chain is what shows a circle (pitfall 29).
 */
export interface BuildRequest {
  readonly policy: BuildPolicy;
  /** What the Brief asks for: the Env of packages that are built without isolation. */
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
 * The errand of building one thing more. Those under way may be had as wheels whatever `--no-binary` says: a wheel is
 * the way out of a circle. Throws `build-cycle` where the very same is being built already.
 */
export function nestedRequest(
  request: BuildRequest,
  artifact: Artifact,
  label = labelOf(artifact),
): BuildRequest {
  const { stack: chain, policy } = request;
  if (chain.some((link) => link.label === label)) throw circle(chain, label);
  const longer = [...chain, { name: artifact.name, label }];
  const except = new Set(longer.map(({ name }) => name));
  return {
    ...request,
    stack: longer,
    policy: { ...policy, noBinary: { ...policy.noBinary, except } },
  };
}

function circle(chain: readonly ChainLink[], label: string): PosyError {
  const labels = chain.map((link) => link.label);
  const round = [...labels.slice(labels.indexOf(label)), label].map((each) => `\`${each}\``);
  return new PosyError(
    "build-cycle",
    `${round[0]} can't be built: building it needs ${round.slice(1).join(", which needs ")}`,
    {
      hint: `a wheel of one of them breaks the circle: ask for a version that has one, or name a folder with one by \`--find-links\``,
    },
  );
}
