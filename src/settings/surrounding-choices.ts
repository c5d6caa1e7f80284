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

/** The choices about versions and builds in variables and configuration files, without any options. */
export interface SurroundingChoices
  extends Pick<Choices, "prefer" | "requireHashes">,
    Pick<Brief, "constraints" | "overrides" | "prerelease"> {
  readonly builds: BuildPolicy;
  /** The choices of the files alone. Variables and options override them. */
  readonly configured: Choices;
  /** A sentence for each setting that is not honoured. */
  readonly warnings: readonly string[];
}

/**
 * Reads the choices of `POSY_…`, `UV_…` and `PIP_…` variables, then of uv's files, then of pip's. `own` are files of
 * a project, whose choices are read with the project.
 */
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
  const readListed = async (variable: string, key?: string) => {
    const ofFile = key === undefined ? undefined : pip.find(({ options }) => options.get(key));
    const text = variableOf(environment, variable) ?? ofFile?.options.get(key ?? "");
    const { constraints } = await readRequirementsFiles([], words(text), inputs);
    return constraints;
  };
  const buildConstraints = await readListed("BUILD_CONSTRAINT", "build-constraint");
  const ofVariables = readBuildPolicy({}, noFileOptions, buildConstraints, environment);
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
    constraints: [...(await readListed("CONSTRAINT", "constraint")), ...(configured.constraints ?? [])],
    overrides: [...(await readListed("OVERRIDE")), ...(configured.overrides ?? [])],
    prerelease,
    ...(prefer && { prefer }),
    ...(requireHashes !== undefined && { requireHashes }),
  };
}

/**
 * Returns `--prefer`, else `POSY_PREFER`, `POSY_RESOLUTION`, `UV_RESOLUTION`, else the files' choice, else undefined.
 * Throws `usage`.
 */
export function readPrefer(
  typed: string | undefined,
  environment: NodeJS.ProcessEnv,
  configured: Choices,
): Brief["prefer"] | undefined {
  const names = ["POSY_PREFER", "POSY_RESOLUTION", "UV_RESOLUTION"];
  const choices = ["highest", "lowest", "lowest-direct"] as const;
  if (typed !== undefined) return choose("--prefer", typed, choices);
  const name = names.find((variable) => environment[variable]);
  return name === undefined ? configured.prefer : choose(name, environment[name] ?? "", choices);
}

/** Returns the variable of Posy, uv or pip: `1` or `true`, `0` or `false`; undefined if none is set. */
function readRequireHashes(environment: NodeJS.ProcessEnv): boolean | undefined {
  const value = variableOf(environment, "REQUIRE_HASHES");
  return value === undefined ? undefined : isOn(value);
}

const noFileOptions = { noBinary: [], onlyBinary: [], settings: [] };

function variableOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return environment[`POSY_${name}`] || environment[`UV_${name}`] || environment[`PIP_${name}`] || undefined;
}

function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
