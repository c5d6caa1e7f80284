import { join } from "node:path";
import type { BuildOptions, IndexOptions, OperationContext } from "../../settings/index.ts";
import { textIfThere, writeUserFile } from "../../system/fs/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { add } from "../add.ts";
import { parseAddArguments } from "../add/parse-add-arguments.ts";
import { lockedVersionOf } from "./installed-tools.ts";
import { type InstalledTool, stageTool } from "./stage-tool.ts";
import { areLaunchersWhole } from "./tool-launchers.ts";
import { toolBinFolder, toolFolder } from "./tool-folders.ts";
import { newManifest } from "./tool-manifest.ts";
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
  const { index, defaultIndex, ...sessionOptions } = others;
  const manifest = await newManifest(python, defaultIndex);
  return stageTool(typed, { manifest }, sessionOptions, context, async ({ session, finish }) => {
    const main = readToolWord(typed)?.requirement ?? typed;
    const [requirement] = await parseAddArguments([main], { editable }, session);
    const name = normalizeName(requirement?.requirement.name ?? typed);
    const folder = toolFolder(name, context.environment);
    const before = await readReceipt(folder).catch(() => undefined);
    if (!force && before !== undefined && isSame(before, asked)) {
      const version = await lockedVersionOf(name, folder);
      const bin = toolBinFolder(context.environment);
      if (version !== undefined) {
        const { programs } = before;
        if (await areLaunchersWhole(programs, bin, folder))
          return { name, version, programs, bin, isUnchanged: true };
        // Somebody removed its Env or its programs. It is made again with the locked versions.
        for (const file of ["pyproject.toml", "pylock.toml"])
          await writeUserFile(
            join(session.project.folder, file),
            (await textIfThere(join(folder, file))) ?? "",
          );
        return finish(name, asked, { foreign: "keep" });
      }
    }
    await add(session, [main], { editable, indexes: index ?? [] });
    const plugins = [...more, ...withExecutablesFrom].map((text) => readToolWord(text)?.requirement ?? text);
    if (plugins.length > 0) await add(await session.reread(), plugins, {});
    return finish(name, asked, { foreign: force ? "replace" : "refuse" });
  });
}

function isSame(before: ToolReceipt, asked: Omit<ToolReceipt, "programs" | "bin">): boolean {
  const keyOf = (receipt: typeof asked) =>
    JSON.stringify([receipt.requirement, receipt.with, receipt.withExecutablesFrom, receipt.python ?? ""]);
  return keyOf(before) === keyOf(asked);
}
