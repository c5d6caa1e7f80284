import { readProject } from "../../project/index.ts";
import { type OperationContext, searchFolder } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { normalizeName, parseRequirement } from "../../vocab/requirement/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { EnvOptions } from "../create-env.ts";
import { requirementListsWith } from "../requirement-lists-with.ts";
import { toolFolder } from "./tool-folders.ts";
import { readToolWord } from "./tool-word.ts";

/** Options of `toolTarget`. */
export type ToolOptions = EnvOptions & {
  /** The requirement that brings the program, if the program has another name. */
  readonly from?: string | undefined;
};

/** Where a tool comes from. */
export interface ToolTarget {
  readonly options: EnvOptions;
  readonly context: OperationContext;
  /** The program to start. */
  readonly program: string;
  /** The name of the package. Undefined if `--from` is a URL or a path without a name. */
  readonly packageName: string | undefined;
}

/**
 * Returns the options of the Env that has a tool, and the program to start. `word` is the tool as typed. A project that
 * requires the tool comes first, then the installed tool, unless a version, `--from`, `--with`, `--python` or
 * `--no-project` asks for another one. Throws `usage` if the word is not the name of a tool.
 */
export async function toolTarget(
  word: string,
  { from, ...options }: ToolOptions,
  context: OperationContext,
): Promise<ToolTarget> {
  const source = from ?? word;
  const read = readToolWord(source);
  const withTool = (requirement: string): EnvOptions => ({
    ...options,
    noProject: true,
    with: [requirement, ...(options.with ?? [])],
    ...(read?.latest && { refresh: true }),
  });
  if (read === undefined) {
    if (from === undefined) {
      throw new PosyError("usage", `\`${word}\` is not the name of a tool`, {
        hint: `\`--from '${word}' PROGRAM\` runs a program of any requirement, URL or folder`,
      });
    }
    return { options: withTool(source), context, program: word, packageName: nameOf(source) };
  }
  const program = from === undefined ? read.name : word;
  const target = { context, program, packageName: read.name };
  const isPlain =
    from === undefined && !read.latest && !read.hasVersion && !options.with?.length && !options.python;
  if (isPlain && options.noProject === undefined) {
    const project = await readProject(searchFolder(context));
    const name = normalizeName(read.name);
    const lists = project && (await requirementListsWith((each) => each === name, project.document));
    if (lists?.some(({ kind }) => kind === "dependencies") || lists?.some((list) => isDefault(list, project)))
      return { ...target, options };
  }
  const folder = toolFolder(normalizeName(read.name), context.environment);
  if (isPlain && (await exists(folder)))
    return {
      ...target,
      options: { ...options, frozen: true },
      context: { ...context, projectFolder: folder },
    };
  return { ...target, options: withTool(read.requirement) };
}

function isDefault(
  list: { readonly kind: string; readonly name?: string },
  project: Awaited<ReturnType<typeof readProject>>,
): boolean {
  const env = [...(project?.envs.values() ?? [])][0];
  const names = list.kind === "group" ? env?.groups : env?.extras;
  return names?.some(({ value }) => normalizeName(value) === normalizeName(list.name ?? "")) ?? false;
}

function nameOf(requirement: string): string | undefined {
  try {
    return parseRequirement(requirement).name;
  } catch {
    return undefined;
  }
}
