import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { availablePython } from "../pythons/available-python.ts";
import { plantPythons, tellFailures, withErrorData } from "../pythons/plant-pythons.ts";
import { sayingWhoAsked, tellWhoAsks } from "../../resolve/explain/who-asked.ts";
import { openPythons } from "../settings/open-pythons.ts";
import { surroundingPythons } from "../settings/python-setting.ts";
import { renderPlanted } from "../ui/render-planted.ts";
import type { Surroundings } from "./command.ts";

export type PythonInstallOptions = Omit<PythonOptions, "python"> &
  IndexOptions & { readonly reinstall?: true; readonly json?: true };

/**
 * `posy python install`: interpreters fetched and unpacked ahead of time, the same that `posy run` would use. Without a
 * request those that POSY_PYTHON or a version file names, else the best.
 */
export async function pythonInstallCommand(
  typed: readonly string[],
  options: PythonInstallOptions,
  around: Surroundings,
): Promise<number> {
  const { console } = around;
  const posy = await openPythons(options, around);
  const { requests, origin } = await wanted(typed, around);
  const wishes = requests.map((request) => ({
    ...(request === undefined ? {} : { request }),
    find: () =>
      availablePython(request, posy).catch((error: unknown) => {
        throw sayingWhoAsked(error, { python: request, pythonOrigin: origin });
      }),
  }));
  const results = await plantPythons(wishes, posy, { again: options.reinstall ?? false });
  console.print(
    options.json ? `${JSON.stringify(results.map(withErrorData), undefined, 2)}\n` : renderPlanted(results),
  );
  return tellFailures(results, console);
}

async function wanted(
  typed: readonly string[],
  around: Surroundings,
): Promise<{ readonly requests: readonly (string | undefined)[]; readonly origin?: string | undefined }> {
  if (typed.length > 0) return { requests: [...new Set(typed)] };
  const { pythons, pythonOrigin, warnings } = await surroundingPythons(around, "several");
  warnings.forEach((warning) => around.console.warn(warning));
  for (const python of pythons) tellWhoAsks({ python, pythonOrigin }, around.console.reporter);
  return pythons.length > 0 ? { requests: pythons, origin: pythonOrigin } : { requests: [undefined] };
}
