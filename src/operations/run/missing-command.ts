import type { Project, RequirementList } from "../../project/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { requirementListsWith } from "../requirement-lists-with.ts";

/**
 * Returns a hint for a command that an environment lacks, if another list of the project requires the package of the
 * command: `--env NAME` if an environment has the list, else `--group NAME` or `--extra NAME`. A package is recognised
 * by its name: `ruff`, or `sphinx` for `sphinx-build`.
 */
export async function hintForMissingCommand(
  command: string,
  envName: string,
  project: Project,
): Promise<string | undefined> {
  const name: string = normalizeName(command);
  const matches = (packageName: string) => packageName === name || name.startsWith(`${packageName}-`);
  const { text, path } = project.document;
  const lists = await requirementListsWith(matches, { text, path }).catch(() => []);
  for (const list of lists) {
    if (list.kind === "dependencies") continue;
    const envs = [...project.envs.values()].filter((env) => has(env, list)).map((env): string => env.name);
    if (envs.includes(envName)) continue;
    const [other] = envs;
    const noun = list.kind === "group" ? "dependency group" : "extra";
    return other === undefined
      ? `the ${noun} \`${list.name}\` has it: \`posy run --${list.kind} ${list.name} ${command}\``
      : `the environment \`${other}\` has it: \`posy run --env ${other} ${command}\``;
  }
  return undefined;
}

function has(
  { groups, extras }: NonNullable<ReturnType<Project["envs"]["get"]>>,
  list: Exclude<RequirementList, { kind: "dependencies" }>,
): boolean {
  const names = list.kind === "group" ? groups : extras;
  return names.some(({ value }) => normalizeName(value) === normalizeName(list.name));
}
