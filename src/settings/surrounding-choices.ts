import { type Brief, type BuildPolicy, joinPolicies } from "../model/index.ts";
import { type ConfigurationFiles, pipOptionsOfEnvironment } from "../packages/index.ts";
import {
  buildPolicyOf,
  type Choices,
  joinChoices,
  pipChoices,
  pipWarnings,
  readRequirementsFiles,
  uvChoices,
  uvVariableWarnings,
  uvWarnings,
} from "../project/index.ts";
import { isOn, readBuildPolicy } from "./build-settings.ts";
import { choose } from "../text/index.ts";
import type { Inputs } from "./inputs.ts";
import { type PrereleaseSettings, readPrerelease } from "./prerelease.ts";

/** What variables and configuration files say of versions and builds, whatever is typed. */
export interface SurroundingChoices
  extends Pick<Choices, "prefer" | "requireHashes">,
    Pick<Brief, "constraints" | "overrides" | "prerelease"> {
  readonly builds: BuildPolicy;
  /** What the files alone say: variables and options go before it. */
  readonly configured: Choices;
  /** What of it is not honoured, a sentence for each. */
  readonly warnings: readonly string[];
}

/** Reads them: `POSY_…`, `UV_…` and `PIP_…` variables, then uv's files, then pip's. `own` are files that speak for a project itself. */
export async function readSurroundingChoices(
  { project, users, pip }: ConfigurationFiles,
  own: ReadonlySet<string>,
  inputs: Inputs,
): Promise<SurroundingChoices> {
  const environment = inputs.environment as NodeJS.ProcessEnv;
  const { prerelease: pre, prereleasePackages } = pipChoices(pipOptionsOfEnvironment(environment));
  const configured = joinChoices([
    { ...(pre && { prerelease: pre }), ...(prereleasePackages && { prereleasePackages }) },
    ...[...(project && !own.has(project.path) ? [project] : []), ...users].map(uvChoices),
    ...pip.map(({ options }) => pipChoices(options)),
  ]);
  const listed = async (variable: string, key?: string) => {
    const ofFile = key === undefined ? undefined : pip.find(({ options }) => options.get(key));
    const text = said(environment, variable) ?? ofFile?.options.get(key ?? "");
    const { constraints } = await readRequirementsFiles([], words(text), inputs);
    return constraints;
  };
  const buildConstraints = await listed("BUILD_CONSTRAINT", "build-constraint");
  const ofVariables = readBuildPolicy({}, nothing, buildConstraints, environment);
  const prerelease: PrereleaseSettings = readPrerelease([], false, environment, configured);
  const prefer = readPrefer(undefined, environment, configured);
  const requireHashes = readRequireHashes(environment) ?? configured.requireHashes;
  return {
    configured,
    warnings: [
      ...uvVariableWarnings(environment),
      ...pipWarnings(
        pipOptionsOfEnvironment(environment),
        (name) => `\`PIP_${name.toUpperCase().replaceAll("-", "_")}\``,
      ),
      ...[...(project ? [project] : []), ...users].flatMap(({ table, path }) => uvWarnings(table, path)),
      ...pip.flatMap(({ path, options }) => pipWarnings(options, (name) => `\`${name}\` in \`${path}\``)),
    ],
    builds: joinPolicies(ofVariables, buildPolicyOf(configured)),
    constraints: [...(await listed("CONSTRAINT", "constraint")), ...(configured.constraints ?? [])],
    overrides: [...(await listed("OVERRIDE")), ...(configured.overrides ?? [])],
    prerelease,
    ...(prefer && { prefer }),
    ...(requireHashes !== undefined && { requireHashes }),
  };
}

/** `--prefer`, then `POSY_PREFER`, `POSY_RESOLUTION`, `UV_RESOLUTION`, then files; undefined where nobody says. Throws `usage`. */
export function readPrefer(
  typed: string | undefined,
  environment: NodeJS.ProcessEnv,
  configured: Choices,
): Brief["prefer"] | undefined {
  const names = ["POSY_PREFER", "POSY_RESOLUTION", "UV_RESOLUTION"];
  const ways = ["highest", "lowest", "lowest-direct"] as const;
  if (typed !== undefined) return choose("--prefer", typed, ways);
  const name = names.find((each) => environment[each]);
  return name === undefined ? configured.prefer : choose(name, environment[name] ?? "", ways);
}

/** As a variable of Posy, uv or pip has it: `1` and `true`, or `0` and `false`. */
function readRequireHashes(environment: NodeJS.ProcessEnv): boolean | undefined {
  const value = said(environment, "REQUIRE_HASHES");
  return value === undefined ? undefined : isOn(value);
}

const nothing = { noBinary: [], onlyBinary: [], settings: [] };

function said(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return environment[`POSY_${name}`] || environment[`UV_${name}`] || environment[`PIP_${name}`] || undefined;
}

function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
