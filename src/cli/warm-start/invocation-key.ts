import { join } from "node:path";
import { pipConfigurationFiles } from "../../packages/configuration/pip-files.ts";
import { foldersUpwards, uvUserFiles } from "../../packages/configuration/uv-files.ts";
import {
  globalVersionFiles,
  localVersionFiles,
} from "../../project/python-version-file/version-file-paths.ts";

/** Where a command was typed. */
export interface InvocationKeyContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Kernel and architecture: a store on a network folder serves many machines. */
  readonly machine: string;
  readonly user: string;
  readonly version: string;
  fingerprint(path: string): string;
}

/**
 * Everything that can change what a `posy run` resolves to and that can be had for next to nothing, as one text: the
 * options as typed, the variables that Posy, uv and pip read, the configuration and version files that are there. What is
 * only known afterwards (the files that requirements files name, an adopted Python) is in the memo itself.
 * Undefined where the command says that nothing remembered is to be used.
 */
export function invocationKey(own: readonly string[], place: InvocationKeyContext): string | undefined {
  if (own.some((arg) => asksAnew.test(arg)) || readsStandardInput(own)) return undefined;
  const { environment } = place;
  const versions = versionFiles(own, place);
  const options = own.filter((arg, at) => !changesNothing.test(arg) && own[at - 1] !== "--color");
  const variables = Object.entries(environment)
    .filter(([name]) => /^(POSY|UV|PIP)_/.test(name) && !changesNothingVariables.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    "memo-2",
    place.version,
    place.machine,
    options,
    variables,
    configurationFiles(place),
    versions,
    options.some((arg, at) => dependsOnFolder(arg, options[at - 1])) ||
    variables.some(([, value]) => relativeIn(value ?? ""))
      ? place.cwd
      : "",
    // A Python asked for by name is looked for there.
    versions.length > 0 ||
    options.some((arg) => /^(--python|-p)/.test(arg)) ||
    environment["POSY_PYTHON"] ||
    environment["UV_PYTHON"]
      ? environment["PATH"]
      : "",
  ]);
}

const asksAnew = /^(--refresh|--refresh-package(=.*)?|-h|--help|-V|--version)$/;

/** They change what is said, not what is done. Offline, what an earlier run found is as good as ever. */
const changesNothing = /^(-[vq]+|--verbose|--quiet|--offline|--color(=.*)?)$/;

const changesNothingVariables = new Set([
  "POSY_HOME",
  "POSY_COLOR",
  "POSY_SHELL",
  "UV_CACHE_DIR",
  "PIP_CACHE_DIR",
]);

function readsStandardInput(own: readonly string[]): boolean {
  return own.some((arg, at) => fileOption.test(own[at - 1] ?? "") && arg === "-");
}

const fileOption =
  /^(-r|-c|-b|-e|-f|--with-requirements|--with-editable|--override|--constraint|--build-constraint|--find-links)$/;
const indexOption =
  /^(-i|--index|--default-index|--index-url|--extra-index-url|--python-index|--python-mirror|--cert)$/;
const absolute = /^([\\/]|[a-z]:[\\/]|([\w.-]+=)?[a-z][a-z0-9+.-]+:\/\/)/i;

/** Whether an argument may mean another thing in another folder. */
function dependsOnFolder(arg: string, previous = ""): boolean {
  const [, joined, value = arg] = /^(-[rcbefi]|--[\w-]+=)?(.*)$/s.exec(arg) ?? [];
  if (absolute.test(value)) return false;
  const option = (joined ?? previous).replace(/=$/, "");
  if (fileOption.test(option) || indexOption.test(option)) return true;
  return /[\\/]|\.(whl|pybi|zip|gz)$/i.test(value) || value.startsWith(".");
}

/** Whether a variable's value names a path that isn't absolute. */
function relativeIn(value: string): boolean {
  return value
    .split(/[\s,]+/)
    .some((word) => !absolute.test(word) && (/[\\/]/.test(word) || word.startsWith(".")));
}

function configurationFiles(place: InvocationKeyContext): readonly (readonly [string, string])[] {
  const { environment, cwd, platform, user } = place;
  const project = foldersUpwards(cwd).flatMap((folder) => [
    join(folder, "uv.toml"),
    join(folder, "pyproject.toml"),
  ]);
  return thoseThere(
    [
      ...project,
      ...uvUserFiles(environment, user, platform),
      ...pipConfigurationFiles(environment, user, platform),
    ],
    place,
  );
}

/** What says which Python where nothing else does; those further up too, since a nearer one may be no file. */
function versionFiles(
  own: readonly string[],
  place: InvocationKeyContext,
): readonly (readonly [string, string])[] {
  const { environment } = place;
  const said = own.some((arg) => /^(--python(=|$)|-[vq]*p)/.test(arg));
  if (said || environment["POSY_PYTHON"] || environment["UV_PYTHON"]) return [];
  return thoseThere([...localVersionFiles(place).flat(), ...globalVersionFiles(place)], place);
}

function thoseThere(
  paths: readonly string[],
  place: InvocationKeyContext,
): readonly (readonly [string, string])[] {
  return paths.flatMap((path) => {
    const found = place.fingerprint(path);
    return found === "" ? [] : [[path, found] as const];
  });
}
