import { openPosy } from "../../../posy.ts";
import { openPybi } from "../../../pythons/pybi/open-pybi.ts";
import { showPybi } from "../../../pythons/pybi/show-pybi.ts";
import { openHttpClient } from "../../../system/http/http-client.ts";
import { openHome } from "../../../system/fs/home.ts";
import { openInputs } from "../../../settings/inputs.ts";
import { readSettings } from "../../../settings/read-settings.ts";
import { renderPybi } from "../../ui/render-pybi.ts";
import type { CommandContext } from "../command.ts";
import type { IndexOptions } from "../../../settings/options.ts";

export type PybiShowOptions = IndexOptions & { readonly json?: true };

/** `posy pybi show`: what a pybi says of itself; of a remote one only its end is read. */
export async function pybiShowCommand(
  location: string,
  options: PybiShowOptions,
  { console, environment, cwd }: CommandContext,
): Promise<number> {
  const { reporter } = console;
  const { index } = await readSettings({ ...options, python: "any" }, [], openInputs(environment, cwd));
  const { db } = await openPosy({ home: openHome(environment), index, reporter, environment, cwd });
  const http = openHttpClient({ ...index, environment, reporter });
  const summary = await openPybi(location, { http, db }, showPybi);
  console.print(options.json ? `${JSON.stringify(summary, undefined, 2)}\n` : renderPybi(summary));
  return 0;
}
