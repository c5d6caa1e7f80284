import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type Interpreter, parsePythonRequest } from "../../model/index.ts";
import {
  findVersionFile,
  globalVersionFile,
  readPin,
  type VersionFile,
  writeVersionFile,
} from "../../project/index.ts";
import { openPythons, type OperationContext, searchFolder, warn } from "../../settings/index.ts";
import { asPosyError, exists } from "../../system/fs/index.ts";
import { checkRequiresPython } from "./check-requires-python.ts";
import { exactRequest } from "./exact-request.ts";
import type { PythonSourceOptions } from "./install-pythons.ts";
import { fittingPython } from "./fitting-python.ts";

/** Says which pin an operation is about. */
export interface PinScope {
  /** The user's global pin, not the `.python-version` of a folder. */
  readonly global?: boolean;
}

/** Options of `pinPython`. */
export type PinPythonOptions = PythonSourceOptions &
  PinScope & {
    /** Pin exactly the version that the request resolves to now. */
    readonly resolved?: boolean;
    /** If false, the pin is not compared with the `requires-python` of the project. */
    readonly project?: boolean;
  };

/** A pin that was written. */
export interface WrittenPin {
  readonly path: string;
  readonly request: string;
  /** The first request that the file had before; missing for a new file. */
  readonly before?: string;
}

/** The pins of a version file. */
export interface PythonPins {
  readonly path: string;
  /** Whether it is the user's global version file. */
  readonly global: boolean;
  readonly requests: readonly string[];
}

/**
 * Writes the `.python-version` of the folder (`searchFolder`), or the global pin. Without a request, the nearest pin
 * is written with its exact version, or else the best Python. Throws `usage` if the request can't be pinned,
 * `no-interpreter` if nothing satisfies it, `unsatisfiable` if it contradicts `requires-python`.
 */
export async function pinPython(
  request: string | undefined,
  { resolved = false, global = false, project = true, ...sources }: PinPythonOptions,
  context: OperationContext,
): Promise<WrittenPin> {
  const path = pinPath({ global }, context);
  const file = await nearestVersionFile({ global }, context);
  await using posy = await openPythons(sources, context);
  const asked = request === undefined ? file?.pins[0]?.request : pinnable(request);
  const interpreter = await fittingPython(asked, posy);
  const pin = resolved || asked === undefined ? exactly(asked, interpreter) : asked;
  if (project && !global) await checkRequiresPython(request ?? pin, interpreter, searchFolder(context), posy);
  const written = global && isLocal(pin) ? resolve(context.cwd, pin) : pin;
  await writeVersionFile(path, written);
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    const value = context.environment[name];
    if (value) warn(context, `${name} is set to \`${value}\`, which overrides the pin`);
  }
  const before = file?.path === path ? file.pins[0]?.request : undefined;
  return { path, request: written, ...(before === undefined ? {} : { before }) };
}

/** Returns the pins of the nearest version file, or the global ones. Throws `not-found` if there are none. */
export async function readPins(scope: PinScope, context: OperationContext): Promise<PythonPins> {
  const file = await nearestVersionFile(scope, context);
  if (file === undefined) throw noPin(scope);
  const { path, global, pins, warnings } = file;
  warnings.forEach((warning) => warn(context, warning));
  context.reporter.report({ kind: "debug", message: `pinned by \`${path}\`` });
  return { path, global, requests: pins.map(({ request }) => request) };
}

/**
 * Removes the version file of this folder or the nearest one above, or the global pin. Returns the path of the removed
 * file. Throws `not-found` if there is none.
 */
export async function removePin(scope: PinScope, context: OperationContext): Promise<string> {
  const path = scope.global ? await existingGlobalPin(context) : await folderPin(context);
  if (path === undefined) throw noPin(scope);
  await rm(path).catch((error: unknown) => {
    throw asPosyError(error, `removing \`${path}\``);
  });
  return path;
}

/** Returns where version files are looked up. UV_NO_CONFIG turns pins off, but these operations are about pins. */
function pinContext(context: OperationContext): Parameters<typeof findVersionFile>[0] {
  return { environment: { ...context.environment, UV_NO_CONFIG: undefined }, cwd: searchFolder(context) };
}

function pinPath({ global }: PinScope, context: OperationContext): string {
  return global ? globalVersionFile(pinContext(context)) : join(searchFolder(context), ".python-version");
}

function nearestVersionFile({ global = false }: PinScope, context: OperationContext) {
  return findVersionFile(pinContext(context), { globalOnly: global });
}

async function existingGlobalPin(context: OperationContext): Promise<string | undefined> {
  const path = pinPath({ global: true }, context);
  return (await exists(path)) ? path : undefined;
}

/** Returns the version file of this folder or one above. The global pin is only removed if it is asked for. */
async function folderPin(context: OperationContext): Promise<string | undefined> {
  const file: VersionFile | undefined = await findVersionFile(pinContext(context));
  if (!file?.global) return file?.path;
  throw new PosyError("not-found", "there is no version file here or above", {
    hint: "`--rm --global` removes the global pin",
  });
}

function pinnable(typed: string): string {
  const read = readPin(typed.trim());
  if ("request" in read) return read.request;
  throw new PosyError("usage", `\`${typed}\` can't be pinned: ${read.why}`, {
    hint: "pin a version, such as `3.13`",
  });
}

/** Returns the request for exactly this version. A path is exact already. */
function exactly(request: string | undefined, interpreter: Interpreter): string {
  return request !== undefined && parsePythonRequest(request).kind !== "version"
    ? request
    : exactRequest(interpreter);
}

function isLocal(request: string): boolean {
  const { kind } = parsePythonRequest(request);
  return (kind === "path" || kind === "pybi") && !/^(~|\w+:\/\/)/.test(request);
}

function noPin({ global }: PinScope): PosyError {
  return new PosyError(
    "not-found",
    global ? "there is no global pin" : "there is no version file here or above",
    { hint: `\`posy python pin ${global ? "--global " : ""}3.13\` writes one` },
  );
}
