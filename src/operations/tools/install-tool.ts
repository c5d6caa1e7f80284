import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Env } from "../../forest/envs/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { BuildOptions, IndexOptions, OperationContext } from "../../settings/index.ts";
import { asPosyError, openHome, removeTree, temporaryPath, writeAtomic } from "../../system/fs/index.ts";
import { thisMachine } from "../../system/machine/index.ts";
import { tomlString } from "../../toml/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { add } from "../add.ts";
import { parseAddArguments } from "../add/parse-add-arguments.ts";
import { createProjectEnv } from "../create-env.ts";
import { openProject } from "../session/project-session.ts";
import { lockedVersionOf } from "./installed-tools.ts";
import { placeTool } from "./place-tool.ts";
import { toolBinFolder, toolFolder } from "./tool-folders.ts";
import { programsOfPackage } from "./tool-programs.ts";
import { readReceipt, type ToolReceipt } from "./tool-receipt.ts";
import { readToolWord } from "./tool-word.ts";

/** Options of `installTool`. */
export type InstallToolOptions = BuildOptions &
  Omit<IndexOptions, "index"> & {
    /** Further requirements for the Env of the tool: plugins. */
    readonly with?: readonly string[];
    /** Further requirements whose programs are installed, too. */
    readonly withExecutablesFrom?: readonly string[];
    /** The tool is a folder, and changes in it take effect at once. */
    readonly editable?: true;
    readonly python?: string;
    readonly pythonIndex?: readonly string[];
    readonly pythonMirror?: string;
    readonly index?: readonly string[];
    /** Install a tool again, and replace programs of other owners. */
    readonly force?: true;
  };

/** A tool after `installTool`. */
export interface InstalledTool {
  readonly name: string;
  readonly version: string;
  /** The names of its programs, sorted. */
  readonly programs: readonly string[];
  /** The absolute folder of the programs. */
  readonly bin: string;
  /** True if the same tool was installed already. */
  readonly isUnchanged: boolean;
}

/**
 * Installs a tool: a package with programs, in an Env of its own. `typed` is a name (`ruff`, `ruff@0.15`), a
 * requirement, a URL, a repository or a folder. The tool becomes a project in the store, with a `pyproject.toml` and a
 * lock for this platform, so it stays as it is until it is upgraded. Links to its programs go into the user's folder of
 * programs. If anything fails, an earlier installation stays. Throws `command-not-found` if the package has no
 * programs, `filesystem` if a program of another owner is in the way, and what `add` throws.
 */
export async function installTool(
  typed: string,
  options: InstallToolOptions,
  context: OperationContext,
): Promise<InstalledTool> {
  const { with: more = [], withExecutablesFrom = [], editable, python, force, ...others } = options;
  const asked = { requirement: typed, with: more, withExecutablesFrom, python };
  const bin = toolBinFolder(context.environment);
  const tools = dirname(toolFolder("x", context.environment));
  const staging = temporaryPath(tools, ".new");
  try {
    await mkdir(staging, { recursive: true });
    await writeAtomic(join(staging, "pyproject.toml"), await manifestOf(python, others.defaultIndex));
    const { index, defaultIndex: _written, ...sessionOptions } = others;
    const inStaging = { ...context, projectFolder: staging };
    await using session = await openProject(sessionOptions, inStaging);
    const main = readToolWord(typed)?.requirement ?? typed;
    const [requirement] = await parseAddArguments([main], { editable }, session);
    const name = normalizeName(requirement?.requirement.name ?? typed);
    const folder = toolFolder(name, context.environment);
    const before = await readReceipt(folder).catch(() => undefined);
    if (!force && before !== undefined && isSame(before, asked)) {
      const version = await lockedVersionOf(name, folder);
      if (version !== undefined) return { name, version, programs: before.programs, bin, isUnchanged: true };
    }
    await add(session, [main], { editable, indexes: index ?? [] });
    const plugins = [...more, ...withExecutablesFrom].map((text) => readToolWord(text)?.requirement ?? text);
    if (plugins.length > 0) await add(await session.reread(), plugins, {});
    const { env } = await createProjectEnv(await session.reread());
    const programs = await programsOf(name, withExecutablesFrom, env);
    const receipt = { ...asked, programs, bin };
    await placeTool(staging, folder, receipt, { force: force === true }, openHome(context.environment));
    const version = (await lockedVersionOf(name, folder)) ?? "";
    return { name, version, programs, bin, isUnchanged: false };
  } catch (error) {
    throw asPosyError(error, `installing the tool \`${typed}\``);
  } finally {
    await removeTree(staging).catch(() => {});
  }
}

/** Returns the programs of a tool and of other packages in its Env. Throws `command-not-found` if there are none. */
export async function programsOf(
  name: string,
  others: readonly string[],
  env: Pick<Env, "sitePackages" | "scripts">,
): Promise<readonly string[]> {
  const own = await programsOfPackage(name, env);
  if (own.length === 0) {
    throw new PosyError("command-not-found", `\`${name}\` has no programs`, {
      hint: `it is a library: \`posy add ${name}\` adds it to a project`,
    });
  }
  const names = others.map((text) => readToolWord(text)?.name ?? text.replace(/[^\w.-].*$/s, ""));
  const more = await Promise.all(names.map((each) => programsOfPackage(each, env)));
  return [...new Set([...own, ...more.flat()])].sort();
}

function isSame(before: ToolReceipt, asked: Omit<ToolReceipt, "programs" | "bin">): boolean {
  const keyOf = (receipt: typeof asked) =>
    JSON.stringify([receipt.requirement, receipt.with, receipt.withExecutablesFrom, receipt.python ?? ""]);
  return keyOf(before) === keyOf(asked);
}

/** Returns the `pyproject.toml` of a tool. It has no name of its own that a package could have. */
async function manifestOf(python: string | undefined, defaultIndex: string | undefined): Promise<string> {
  const { platform } = await thisMachine();
  return [
    '[project]\nname = "posy.installed-tool"\nversion = "0"\ndependencies = []\n',
    `[tool.posy]\nplatforms = ["${platform}"]\nvenv = false\n${python === undefined ? "" : `python = ${tomlString(python)}\n`}`,
    ...(defaultIndex === undefined
      ? []
      : [`[[tool.posy.indexes]]\nurl = ${tomlString(defaultIndex)}\ndefault = true\n`]),
  ].join("\n");
}
