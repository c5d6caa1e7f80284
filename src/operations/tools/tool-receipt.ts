import { join } from "node:path";
import * as v from "valibot";
import { PosyError } from "../../errors/posy-error.ts";
import { textIfThere, writeUserFile } from "../../system/fs/index.ts";

/** What was asked for when a tool was installed, and what was made of it. It is `tool.json` in the tool's folder. */
export interface ToolReceipt {
  /** The requirement as typed: `ruff`, `mkdocs<2`, `./folder`. */
  readonly requirement: string;
  /** Further requirements in the Env of the tool. */
  readonly with: readonly string[];
  /** Requirements in the Env whose programs are installed, too. */
  readonly withExecutablesFrom: readonly string[];
  /** The Python as typed. */
  readonly python?: string | undefined;
  /** The names of the installed programs, sorted. */
  readonly programs: readonly string[];
  /** The absolute folder of the programs. */
  readonly bin: string;
}

const texts = v.array(v.string());
/** The shape of `tool.json`. */
export const receiptSchema = v.object({
  requirement: v.string(),
  with: texts,
  withExecutablesFrom: texts,
  python: v.optional(v.string()),
  programs: texts,
  bin: v.string(),
});

/** Reads the receipt of a tool; undefined if the tool is not installed. Throws `filesystem` if it is damaged. */
export async function readReceipt(folder: string): Promise<ToolReceipt | undefined> {
  const path = join(folder, "tool.json");
  const text = await textIfThere(path);
  if (text === undefined) return undefined;
  try {
    return v.parse(receiptSchema, JSON.parse(text));
  } catch (cause) {
    throw new PosyError("filesystem", `\`${path}\` is damaged`, {
      hint: "install the tool again with `--force`",
      cause,
    });
  }
}

export async function writeReceipt(folder: string, receipt: ToolReceipt): Promise<void> {
  await writeUserFile(join(folder, "tool.json"), `${JSON.stringify(receipt, undefined, 2)}\n`);
}
