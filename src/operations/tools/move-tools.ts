import { join, resolve } from "node:path";
import * as v from "valibot";
import { PosyError } from "../../errors/posy-error.ts";
import type { IndexOptions, OperationContext } from "../../settings/index.ts";
import { asPosyError, exists, readNamedText, textIfThere } from "../../system/fs/index.ts";
import { lockedVersionOf } from "./installed-tools.ts";
import { namedTools } from "./named-tools.ts";
import { type InstalledTool, stageTool } from "./stage-tool.ts";
import { toolFolder } from "./tool-folders.ts";
import { forThisMachine } from "./tool-manifest.ts";
import { readReceipt, receiptSchema } from "./tool-receipt.ts";

const tool = v.object({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)),
  ...v.omit(receiptSchema, ["programs", "bin"]).entries,
  manifest: v.string(),
  lock: v.string(),
});

/** The format of the file that `exportTools` returns. */
const schema = v.object({ version: v.literal(1), tools: v.array(tool) });

/** Returns a JSON text with all installed tools: what was asked for, their `pyproject.toml` and their locks. */
export async function exportTools(context: OperationContext): Promise<string> {
  const tools = [];
  for (const { name, folder, receipt } of await namedTools([], context)) {
    const { programs: _programs, bin: _bin, ...asked } = receipt;
    const [manifest = "", lock = ""] = await Promise.all(
      ["pyproject.toml", "pylock.toml"].map((file) => textIfThere(join(folder, file))),
    );
    tools.push({ name, ...asked, manifest, lock });
  }
  return `${JSON.stringify({ version: 1, tools }, undefined, 2)}\n`;
}

/**
 * Installs the tools of a file that `exportTools` made, with the same versions. On another platform, versions without a
 * file for it are replaced. Other installed tools stay. Throws `invalid-configuration` if the file is malformed, and
 * what `installTool` throws.
 */
export async function syncTools(
  file: string,
  options: IndexOptions & { readonly force?: true },
  context: OperationContext,
): Promise<readonly InstalledTool[]> {
  const { force, ...indexOptions } = options;
  const synced: InstalledTool[] = [];
  for (const wanted of await readTools(resolve(context.cwd, file))) {
    const { name, manifest, lock, ...asked } = wanted;
    const folder = toolFolder(name, context.environment);
    const [present, receipt] = await Promise.all([
      textIfThere(join(folder, "pylock.toml")),
      readReceipt(folder).catch(() => undefined),
    ]);
    if (!force && present === lock && receipt !== undefined && (await exists(join(folder, ".posy", "env")))) {
      const version = (await lockedVersionOf(name, folder)) ?? "";
      const { programs, bin } = receipt;
      synced.push({ name, version, programs, bin, isUnchanged: true });
      continue;
    }
    const files = { manifest: await forThisMachine(manifest), lock };
    const foreign = force ? "replace" : "refuse";
    synced.push(
      await stageTool(name, files, indexOptions, context, ({ finish }) => finish(name, asked, { foreign })),
    );
  }
  return synced;
}

async function readTools(path: string): Promise<v.InferOutput<typeof schema>["tools"]> {
  const text = await readNamedText(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  try {
    return v.parse(schema, JSON.parse(text)).tools;
  } catch (cause) {
    throw new PosyError("invalid-configuration", `\`${path}\` has no tools that Posy can read`, {
      hint: "`posy tool export` writes such a file",
      cause,
    });
  }
}
