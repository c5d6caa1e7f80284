import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Posy } from "../../../posy.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import {
  findVersionFile,
  globalVersionFile,
  readPin,
  type VersionFile,
  writeVersionFile,
} from "../../../project/index.ts";
import { type Interpreter, parsePythonRequest } from "../../../model/index.ts";
import { asPosyError, exists } from "../../../system/fs/index.ts";
import { visible } from "../../../text/index.ts";
import { checkRequiresPython } from "../../../operations/pythons/check-requires-python.ts";
import { exactRequest } from "../../../operations/pythons/exact-request.ts";
import { nearPythons } from "../../../operations/pythons/near-pythons.ts";
import { type IndexOptions, openPythons, type PythonOptions } from "../../../settings/index.ts";
import type { CommandContext } from "../command.ts";

export type PythonPinOptions = Omit<PythonOptions, "python"> &
  IndexOptions & {
    readonly resolved?: true;
    readonly rm?: true;
    readonly global?: true;
    /** False with `--no-project`: the pin is not compared with `requires-python`. */
    readonly project?: boolean;
    readonly json?: true;
  };

/** `posy python pin`: writes, shows or removes the `.python-version` of this folder, or the user's global pin. */
export async function pythonPinCommand(
  typed: string | undefined,
  options: PythonPinOptions,
  context: CommandContext,
): Promise<number> {
  // UV_NO_CONFIG turns pins off, but this command is about pins.
  const environment = { ...context.environment, UV_NO_CONFIG: undefined };
  const place = { environment, cwd: context.cwd };
  const own = options.global ? globalVersionFile(place) : join(context.cwd, ".python-version");
  if (options.rm) return removePin(typed, options, context, place, own);
  const file = await findVersionFile(place, { globalOnly: options.global ?? false });
  if (typed === undefined && !options.resolved) return showPins(file, options, context);
  return writePin(typed, file, own, options, context);
}

type Place = Parameters<typeof findVersionFile>[0];

async function removePin(
  typed: string | undefined,
  options: PythonPinOptions,
  { console }: CommandContext,
  place: Place,
  own: string,
): Promise<number> {
  if (typed !== undefined || options.resolved) {
    throw new PosyError("usage", "`--rm` removes a pin, and takes no other", {
      hint: "leave out the request, or `--rm`",
    });
  }
  const found = options.global ? ((await exists(own)) ? own : undefined) : await nearest(place);
  if (found === undefined) throw noPin(options);
  await rm(found).catch((error: unknown) => {
    throw asPosyError(error, `removing \`${found}\``);
  });
  console.print(options.json ? `${JSON.stringify({ removed: found })}\n` : `${found}: removed\n`);
  return 0;
}

/** The version file of this folder or one above. The global pin is removed only with `--global`. */
async function nearest(place: Place): Promise<string | undefined> {
  const file = await findVersionFile(place);
  if (!file?.global) return file?.path;
  throw new PosyError("not-found", "there is no version file here or above", {
    hint: "`--rm --global` removes the global pin",
  });
}

function showPins(file: VersionFile | undefined, options: PythonPinOptions, context: CommandContext): number {
  if (file === undefined) throw noPin(options);
  const { path, global, pins, warnings } = file;
  warnings.forEach((warning) => context.console.warn(warning));
  context.console.reporter.report({ kind: "debug", message: `pinned by \`${path}\`` });
  const requests = pins.map(({ request }) => request);
  context.console.print(
    options.json
      ? `${JSON.stringify({ path, global, requests }, undefined, 2)}\n`
      : requests.map((request) => `${visible(request)}\n`).join(""),
  );
  return 0;
}

async function writePin(
  typed: string | undefined,
  file: VersionFile | undefined,
  own: string,
  options: PythonPinOptions,
  context: CommandContext,
): Promise<number> {
  const posy = await openPythons(options, context);
  const asked = typed === undefined ? file?.pins[0]?.request : pinnable(typed);
  const interpreter = await interpreterFor(asked, posy);
  const request = options.resolved || asked === undefined ? exactly(asked, interpreter) : asked;
  if (options.project !== false && !options.global) {
    await checkRequiresPython(typed ?? request, interpreter, context.cwd, posy);
  }
  const written = options.global && isLocal(request) ? resolve(context.cwd, request) : request;
  await writeVersionFile(own, written);
  const before = file?.path === own ? file.pins[0]?.request : undefined;
  const change = before === undefined || before === written ? written : `${before} → ${written}`;
  context.console.print(
    options.json
      ? `${JSON.stringify({ path: own, request: written, ...(before === undefined ? {} : { before }) }, undefined, 2)}\n`
      : `${own}: ${change}\n`,
  );
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    const value = context.environment[name];
    if (value) context.console.warn(`${name} is set to \`${value}\`, which overrides the pin`);
  }
  return 0;
}

function pinnable(typed: string): string {
  const read = readPin(typed.trim());
  if ("request" in read) return read.request;
  throw new PosyError("usage", `\`${typed}\` can't be pinned: ${read.why}`, {
    hint: "pin a version, such as `3.13`",
  });
}

async function interpreterFor(request: string | undefined, posy: Posy): Promise<Interpreter> {
  const { platform } = posy.machine;
  const [best] = await posy.interpreters(request, platform);
  if (best !== undefined) return best;
  throw new PosyError(
    "no-interpreter",
    `no Python that meets \`${request ?? ""}\` is available for \`${platform}\``,
    {
      hint: await nearPythons(request, posy),
    },
  );
}

/** The request for exactly this version. A path is exact already. */
function exactly(request: string | undefined, interpreter: Interpreter): string {
  return request !== undefined && parsePythonRequest(request).kind !== "version"
    ? request
    : exactRequest(interpreter);
}

function isLocal(request: string): boolean {
  const { kind } = parsePythonRequest(request);
  return (kind === "path" || kind === "pybi") && !/^(~|\w+:\/\/)/.test(request);
}

function noPin({ global }: PythonPinOptions): PosyError {
  return new PosyError(
    "not-found",
    global ? "there is no global pin" : "there is no version file here or above",
    { hint: `\`posy python pin ${global ? "--global " : ""}3.13\` writes one` },
  );
}
