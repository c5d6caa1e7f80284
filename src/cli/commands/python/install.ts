import { availablePython } from "../../../operations/pythons/available-python.ts";
import { installPythons } from "../../../operations/pythons/install-pythons.ts";
import { printFailures, withErrorData } from "../../ui/python-results.ts";
import { reportRequestOrigin, withRequestOrigin } from "../../../resolve/index.ts";
import {
  type IndexOptions,
  openPythons,
  type PythonOptions,
  surroundingPythons,
} from "../../../settings/index.ts";
import { renderInstalled } from "../../ui/render-installed.ts";
import type { CommandContext } from "../command.ts";

export type PythonInstallOptions = Omit<PythonOptions, "python"> &
  IndexOptions & { readonly reinstall?: true; readonly json?: true };

/**
 * `posy python install`: fetches and unpacks the interpreters that `posy run` would use. Without a request, these are
 * the ones in POSY_PYTHON or a version file, or else the best one.
 */
export async function pythonInstallCommand(
  typed: readonly string[],
  options: PythonInstallOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const posy = await openPythons(options, context);
  const { requests, origin } = await requestsFor(typed, context);
  const installations = requests.map((request) => ({
    ...(request === undefined ? {} : { request }),
    find: () =>
      availablePython(request, posy).catch((error: unknown) => {
        throw withRequestOrigin(error, { python: request, pythonOrigin: origin });
      }),
  }));
  const results = await installPythons(installations, posy, { again: options.reinstall ?? false });
  console.print(
    options.json ? `${JSON.stringify(results.map(withErrorData), undefined, 2)}\n` : renderInstalled(results),
  );
  return printFailures(results, console);
}

async function requestsFor(
  typed: readonly string[],
  context: CommandContext,
): Promise<{ readonly requests: readonly (string | undefined)[]; readonly origin?: string | undefined }> {
  if (typed.length > 0) return { requests: [...new Set(typed)] };
  const { pythons, pythonOrigin, warnings } = await surroundingPythons(context, "several");
  warnings.forEach((warning) => context.console.warn(warning));
  for (const python of pythons) reportRequestOrigin({ python, pythonOrigin }, context.console.reporter);
  return pythons.length > 0 ? { requests: pythons, origin: pythonOrigin } : { requests: [undefined] };
}
