import { join, resolve } from "node:path";
import { pipConfigurationFiles } from "../../packages/configuration/pip-files.ts";
import { foldersUpwards, uvUserFiles } from "../../packages/configuration/uv-files.ts";
import {
  globalVersionFiles,
  localVersionFiles,
} from "../../project/python-version-file/version-file-paths.ts";

/** The circumstances of a command. */
export interface InvocationKeyContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** The kernel and the processor, because several machines may share a store in a network folder. */
  readonly machine: string;
  readonly user: string;
  readonly version: string;
  fingerprint(path: string): string;
}

/**
 * Returns one text with everything that is cheap to read and can change the result of a `posy run`: the options as
 * typed, the variables that Posy, uv and pip read, and the fingerprints of configuration files and version files. The
 * inputs that are only known after resolving (files that requirements files name, an installed Python) are in the cache
 * entry. Returns undefined if the options forbid a cached answer.
 */
export function invocationKey(own: readonly string[], given: InvocationKeyContext): string | undefined {
  if (own.some((arg) => forbidsCache.test(arg)) || readsStandardInput(own)) return undefined;
  const context = { ...given, searchFolder: searchFolder(own, given.cwd) };
  const { environment } = context;
  const versions = versionFiles(own, context);
  const options = own.filter((arg, at) => !changesNothing.test(arg) && own[at - 1] !== "--color");
  const variables = Object.entries(environment)
    .filter(([name]) => /^(POSY|UV|PIP)_/.test(name) && !changesNothingVariables.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    "memo-2",
    context.version,
    context.machine,
    options,
    variables,
    configurationFiles(context),
    versions,
    options.some((arg, at) => dependsOnFolder(arg, options[at - 1])) ||
    variables.some(([name, value]) => requirementsVariable.test(name) || relativeIn(value ?? ""))
      ? context.cwd
      : "",
    // A Python that is requested by name is searched on the PATH.
    versions.length > 0 ||
    options.some((arg) => requestsPython.test(arg)) ||
    environment["POSY_PYTHON"] ||
    environment["UV_PYTHON"]
      ? environment["PATH"]
      : "",
  ]);
}

const forbidsCache = /^(--refresh|--verify|--refresh-package(=.*)?|-h|--help|-V|--version)$/;

/** Options that do not change the result. With `--offline`, an earlier answer is still valid. */
const changesNothing = /^(-[vq]+|--verbose|--quiet|--offline|--color(=.*)?)$/;

const changesNothingVariables = new Set([
  "POSY_HOME",
  "POSY_OPEN_FILES",
  "POSY_COLOR",
  "POSY_SHELL",
  "UV_CACHE_DIR",
  "PIP_CACHE_DIR",
]);

const requestsPython = /^(--python(=|$)|-p)/;

function readsStandardInput(own: readonly string[]): boolean {
  return own.some((arg, at) => requirementsOption.test(own[at - 1] ?? "") && arg === "-");
}

/** The options whose value is a requirements file. Relative paths in such a file start from the current folder. */
const requirementsOption = /^(-r|-c|-b|--with-requirements|--override|--constraint|--build-constraint)$/;
const requirementsVariable = /_(REQUIREMENTS?|CONSTRAINTS?|OVERRIDES?)$/;
const pathOption =
  /^(-e|-f|-i|--with-editable|--find-links|--project|--index|--default-index|--index-url|--extra-index-url|--python-index|--python-mirror|--cert)$/;
const absolute = /^([\\/]|[a-z]:[\\/]|([\w.-]+=)?[a-z][a-z0-9+.-]+:\/\/)/i;

/** Returns whether an argument may mean something else in another folder. */
function dependsOnFolder(arg: string, previous = ""): boolean {
  const [, joined, value = arg] = /^(-[rcbefi]|--[\w-]+=)?(.*)$/s.exec(arg) ?? [];
  const option = (joined ?? previous).replace(/=$/, "");
  if (requirementsOption.test(option)) return true;
  if (value === "" || absolute.test(value)) return false;
  if (pathOption.test(option)) return true;
  return /[\\/]|\.(whl|pybi|zip|gz)$/i.test(value) || value.startsWith(".");
}

/** Returns whether a variable's value contains a relative path. */
function relativeIn(value: string): boolean {
  return value
    .split(/[\s,]+/)
    .some((word) => !absolute.test(word) && (/[\\/]/.test(word) || word.startsWith(".")));
}

/** The circumstances, and the folder from which the project and its files are searched upwards. */
type SearchContext = InvocationKeyContext & { readonly searchFolder: string };

/** Returns the folder that the last `--project` names, or the current one. */
function searchFolder(own: readonly string[], cwd: string): string {
  const folders = own.flatMap((arg, at) => {
    if (own[at - 1] === "--project") return [arg];
    return arg.startsWith("--project=") ? [arg.slice("--project=".length)] : [];
  });
  return resolve(cwd, folders.at(-1) ?? "");
}

function configurationFiles(context: SearchContext): readonly (readonly [string, string])[] {
  const { environment, platform, user } = context;
  const project = foldersUpwards(context.searchFolder).flatMap((folder) => [
    join(folder, "uv.toml"),
    join(folder, "pyproject.toml"),
  ]);
  return fingerprintsOf(
    [
      ...project,
      ...uvUserFiles(environment, user, platform),
      ...pipConfigurationFiles(environment, user, platform),
    ],
    context,
  );
}

/**
 * The version files that choose the Python if no option or variable does. Files in parent folders count, too, because
 * the nearest one may be ignored.
 */
function versionFiles(
  own: readonly string[],
  context: SearchContext,
): readonly (readonly [string, string])[] {
  const { environment } = context;
  const requested = own.some((arg) => requestsPython.test(arg));
  if (requested || environment["POSY_PYTHON"] || environment["UV_PYTHON"]) return [];
  const search = { ...context, cwd: context.searchFolder };
  return fingerprintsOf([...localVersionFiles(search).flat(), ...globalVersionFiles(search)], context);
}

/** Returns the paths of the existing files, each with its fingerprint. */
function fingerprintsOf(
  paths: readonly string[],
  context: InvocationKeyContext,
): readonly (readonly [string, string])[] {
  return paths.flatMap((path) => {
    const found = context.fingerprint(path);
    return found === "" ? [] : [[path, found] as const];
  });
}
