import { openPosy } from "../../../posy.ts";
import { openPybi, showPybi } from "../../../pythons/pybi/index.ts";
import { openHttpClient } from "../../../system/http/index.ts";
import { openHome } from "../../../system/fs/index.ts";
import { type IndexOptions, openInputs, readSettings } from "../../../settings/index.ts";
import { renderPybi } from "../../ui/render-pybi.ts";
import type { CommandContext } from "../command.ts";

export type PybiShowOptions = IndexOptions & { readonly json?: true };

/** `posy pybi show`: prints the metadata of a pybi. Of a remote pybi, only the end is fetched. */
export async function pybiShowCommand(
  location: string,
  options: PybiShowOptions,
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const { reporter } = console;
  const { index } = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  const { db } = await openPosy({ home: openHome(environment), index, reporter, environment, cwd });
  const http = openHttpClient({ ...index, environment, reporter });
  const summary = await openPybi(location, { http, db }, showPybi);
  console.print(options.json ? `${JSON.stringify(summary, undefined, 2)}\n` : renderPybi(summary));
  return 0;
}
