import { availablePython } from "../../../operations/pythons/available-python.ts";
import { installPythons } from "../../../operations/pythons/install-pythons.ts";
import { tellFailures, withErrorData } from "../../ui/python-results.ts";
import { reportRequestOrigin, withRequestOrigin } from "../../../resolve/index.ts";
import {
  type IndexOptions,
  openPythons,
  type PythonOptions,
  surroundingPythons,
} from "../../../settings/index.ts";
import { renderPlanted } from "../../ui/render-installed.ts";
import type { CommandContext } from "../command.ts";

export type PythonInstallOptions = Omit<PythonOptions, "python"> &
  IndexOptions & { readonly reinstall?: true; readonly json?: true };

/**
 * `posy python install`: interpreters fetched and unpacked ahead of time, the same that `posy run` would use. Without a
 * request those that POSY_PYTHON or a version file names, else the best.
 */
export async function pythonInstallCommand(
  typed: readonly string[],
  options: PythonInstallOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const posy = await openPythons(options, context);
  const { requests, origin } = await wanted(typed, context);
  const wishes = requests.map((request) => ({
    ...(request === undefined ? {} : { request }),
    find: () =>
      availablePython(request, posy).catch((error: unknown) => {
        throw withRequestOrigin(error, { python: request, pythonOrigin: origin });
      }),
  }));
  const results = await installPythons(wishes, posy, { again: options.reinstall ?? false });
  console.print(
    options.json ? `${JSON.stringify(results.map(withErrorData), undefined, 2)}\n` : renderPlanted(results),
  );
  return tellFailures(results, console);
}

async function wanted(
  typed: readonly string[],
  context: CommandContext,
): Promise<{ readonly requests: readonly (string | undefined)[]; readonly origin?: string | undefined }> {
  if (typed.length > 0) return { requests: [...new Set(typed)] };
  const { pythons, pythonOrigin, warnings } = await surroundingPythons(context, "several");
  warnings.forEach((warning) => context.console.warn(warning));
  for (const python of pythons) reportRequestOrigin({ python, pythonOrigin }, context.console.reporter);
  return pythons.length > 0 ? { requests: pythons, origin: pythonOrigin } : { requests: [undefined] };
}
