import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncEnv } from "../../forest/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import {
  asPosyError,
  exists,
  isAbandoned,
  openHome,
  removeTree,
  temporaryPath,
  writeUserFile,
} from "../../system/fs/index.ts";
import { createProjectEnv } from "../create-env.ts";
import { openProject, type ProjectSession, type SessionOptions } from "../session/project-session.ts";
import { lockedVersionOf } from "./installed-tools.ts";
import { type PlaceOptions, placeTool } from "./place-tool.ts";
import { restoreTool } from "./restore-tool.ts";
import { toolBinFolder, toolFolder } from "./tool-folders.ts";
import { programsOf } from "./tool-programs.ts";
import type { ToolReceipt } from "./tool-receipt.ts";

/** A tool after it was installed. */
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

/** A tool that is being made. */
export interface StagedTool {
  /** The project of the tool, in a folder that is not its final one. */
  readonly session: ProjectSession;
  /**
   * Creates the Env from the present `pyproject.toml`, and puts the tool into its final folder. `bin` is the folder of
   * the programs, by default the present one of the user.
   */
  readonly finish: (
    name: string,
    asked: Omit<ToolReceipt, "programs" | "bin"> & { readonly bin?: string },
    options: PlaceOptions,
  ) => Promise<InstalledTool>;
}

/**
 * Makes a tool in a folder beside its final one, so that a failure changes nothing. `files` are its `pyproject.toml`
 * and its lock, if there is one. `work` completes the project, and calls `finish`. `label` is the tool in messages.
 * Throws `command-not-found` if the package has no programs, `filesystem` if a program of another owner is in the way,
 * and what resolving throws.
 */
export async function stageTool<T>(
  label: string,
  files: { readonly manifest: string; readonly lock?: string | undefined },
  options: SessionOptions,
  context: OperationContext,
  work: (staged: StagedTool) => Promise<T>,
): Promise<T> {
  const { environment } = context;
  // The folder is as deep as the final one, so relative paths in the project stay right.
  const tools = dirname(toolFolder("x", environment));
  const folder = temporaryPath(tools, ".new");
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(tools);
    await writeUserFile(join(folder, "pyproject.toml"), files.manifest);
    if (files.lock !== undefined) await writeUserFile(join(folder, "pylock.toml"), files.lock);
    await using session = await openProject(options, { ...context, projectFolder: folder });
    return await work({
      session,
      async finish(name, { bin = toolBinFolder(environment), ...asked }, placing) {
        const { env } = await createProjectEnv(await session.reread());
        await syncEnv(env.prefix, openHome(environment));
        const programs = await programsOf(name, asked.withExecutablesFrom, env);
        const final = toolFolder(name, environment);
        const receipt = { ...asked, programs, bin, prefix: env.prefix };
        await placeTool(folder, final, receipt, placing, openHome(environment));
        // Another Posy may have cleaned the store before it could see that the tool needs the Env.
        if (!(await exists(env.python))) await restoreTool(name, context);
        const version = (await lockedVersionOf(name, final)) ?? "";
        return { name, version, programs, bin, isUnchanged: false };
      },
    });
  } catch (error) {
    throw asPosyError(error, `installing the tool \`${label}\``);
  } finally {
    await removeTree(folder).catch(() => {});
  }
}

/** Removes what killed processes left. The link to an Env in such a folder would keep the Env forever. */
async function removeAbandoned(tools: string): Promise<void> {
  for (const name of await readdir(tools).catch(() => [])) {
    if (!name.startsWith(".new-")) continue;
    const path = join(tools, name);
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined && isAbandoned(name, info.mtimeMs)) await removeTree(path).catch(() => {});
  }
}
