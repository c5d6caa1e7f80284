import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { isSealedEnv } from "../../forest/envs/index.ts";
import { quote } from "../../text/index.ts";
import type { FoundCommand } from "./find-command.ts";

/** A command that installs or uninstalls packages: `pip install six`. */
interface InstallerCommand {
  /** The command as in a message: `pip install`. */
  readonly label: string;
  /** What to do instead. */
  readonly hint: string;
}

/**
 * Throws `shared-environment` for a command that would change an Env: `pip install`, `uv pip sync`,
 * `python -m ensurepip`, `python setup.py develop`, … They run if an option sends the files elsewhere (`--target`,
 * `--prefix`, `--root`) or installs nothing (`--dry-run`), and if the path of the program leads to an environment that
 * Posy did not make. Throws `command-not-found` for a pip outside of the Env without a path: it belongs to another
 * Python, and would list and change that one's packages.
 */
export function refuseInstaller(
  command: readonly string[],
  found: FoundCommand,
  environment: NodeJS.ProcessEnv,
): void {
  const [name = ""] = command;
  const isPath = /[\\/]/.test(name);
  // uv changes the active environment, wherever uv itself is.
  if (isPath && nameOf(name) !== "uv" && found.kind === "found" && !found.inEnv && !isInEnv(found.file))
    return;
  const installer = installerAmong(command, environment);
  if (installer !== undefined) {
    throw new PosyError(
      "shared-environment",
      `${quote(installer.label)} would change an environment that Posy never changes, because projects share it`,
      { hint: installer.hint },
    );
  }
  if (!isPip(name) || isPath || found.kind !== "found" || found.inEnv) return;
  throw new PosyError(
    "command-not-found",
    `there is no \`${name}\` in the environment, and ${quote(found.file)} belongs to another Python`,
    {
      hint: `\`posy add\` adds packages; \`posy run --with pip -- ${name}\` brings pip, which can list and download`,
    },
  );
}

/** Whether a program is in the folder for programs of an Env, also by way of `.venv` or `.posy/env`. */
function isInEnv(file: string): boolean {
  try {
    return isSealedEnv(dirname(realpathSync(dirname(file))));
  } catch {
    return false;
  }
}

/** Options with which pip leaves the environment alone, and the variables that stand for them. */
const pipElsewhere = ["--target", "-t", "--prefix", "--root", "--dry-run", "--python", "--help", "-h"];
const pipVariables = ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_PYTHON"];
const uvElsewhere = ["--target", "-t", "--prefix", "--python", "-p", "--system", "--dry-run", "--help", "-h"];
const uvVariables = ["UV_PYTHON", "UV_SYSTEM_PYTHON"];
const setupElsewhere = [
  "--root",
  "--prefix",
  "--home",
  "--user",
  "--install-dir",
  "-d",
  "--help",
  "-h",
  "-n",
];
const pipCommands =
  /^(install|uninstall|lock|download|wheel|list|freeze|show|check|config|search|cache|index|inspect|hash|debug|help)$/;

function installerAmong(
  [program = "", ...args]: readonly string[],
  environment: NodeJS.ProcessEnv,
): InstallerCommand | undefined {
  const name = nameOf(program);
  if (isPip(name)) return pipCommand(name, args, environment);
  if (name === "uv") return uvCommand(args, environment);
  if (name === "easy_install") return { label: name, hint: addHint(args) };
  if (!/^(python|pypy)[\d.]*t?$/.test(name)) return undefined;
  const [option = "", value = "", ...rest] = args.slice(optionsBefore(args));
  if (option === "-m" && value === "pip") return pipCommand("python -m pip", rest, environment);
  if (option === "-m" && value === "uv") return uvCommand(rest, environment);
  if (option === "-m" && value === "easy_install") return { label: "easy_install", hint: addHint(rest) };
  if (option === "-m" && value === "ensurepip" && !hasOption(rest, ["--root", "--version", "--help", "-h"])) {
    return { label: "python -m ensurepip", hint: addHint(["pip"]) };
  }
  if (/(^|[\\/])setup\.py$/.test(option)) {
    const action = [value, ...rest].find((word) => word === "install" || word === "develop");
    if (action === undefined || hasOption([value, ...rest], setupElsewhere)) return undefined;
    return {
      label: `setup.py ${action}`,
      hint: "`posy run` in the project has it as editable, `posy run --with-editable .` elsewhere; `posy build` makes a wheel",
    };
  }
  return undefined;
}

function pipCommand(
  label: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): InstallerCommand | undefined {
  const index = words.findIndex((word) => pipCommands.test(word));
  const action = words[index];
  if (action !== "install" && action !== "uninstall") return undefined;
  if (hasOption(words, pipElsewhere) || pipVariables.some((name) => environment[name])) return undefined;
  const args = words.slice(index + 1);
  return { label: `${label} ${action}`, hint: action === "install" ? addHint(args) : removeHint(args) };
}

function uvCommand(words: readonly string[], environment: NodeJS.ProcessEnv): InstallerCommand | undefined {
  const index = words.indexOf("pip");
  const action = words[index + 1] ?? "";
  if (index < 0 || !/^(install|uninstall|sync)$/.test(action)) return undefined;
  if (hasOption(words, uvElsewhere) || uvVariables.some((name) => environment[name])) return undefined;
  const args = words.slice(index + 2);
  const files = args.flatMap((arg) => (arg.startsWith("-") ? [] : ["-r", arg]));
  const hint = action === "uninstall" ? removeHint(args) : addHint(action === "sync" ? files : args);
  return { label: `uv pip ${action}`, hint };
}

/** Counts the options of Python before `-m`, `-c` or a script: `-X dev -u`. */
function optionsBefore(args: readonly string[]): number {
  let index = 0;
  while (/^-(?![mc-]|$)/.test(args[index] ?? "")) index += /^-[XW]$/.test(args[index] ?? "") ? 2 : 1;
  return index;
}

/** Whether one of these options is there: `--target x`, `--target=x`, `-tx`. */
function hasOption(words: readonly string[], options: readonly string[]): boolean {
  return words.some((word) =>
    options.some((option) =>
      option.startsWith("--") ? word === option || word.startsWith(`${option}=`) : word.startsWith(option),
    ),
  );
}

const addHint = (args: readonly string[]): string =>
  `\`posy add ${packagesAmong(args)}\` adds it to the project, \`posy run --with PACKAGE\` to a single run`;

const removeHint = (args: readonly string[]): string =>
  `\`posy remove ${packagesAmong(args)}\` removes it from the project`;

/** Options of pip and uv without a value. What follows another option is its value and not a requirement. */
const switches =
  /^(-[qvUIy]+|--(quiet|verbose|upgrade|pre|prerelease|user|no-deps|no-index|yes|force-reinstall|reinstall|compile)|--.*=.*)$/;

/** The arguments that `posy add` needs for the same packages: requirements, `-r FILE`, `--editable FOLDER`. */
function packagesAmong(args: readonly string[]): string {
  const words = args.flatMap((arg, index) => {
    const before = args[index - 1] ?? "";
    if (/^(-r|--requirements?)$/.test(before)) return ["-r", arg];
    if (/^(-e|--editable)$/.test(before)) return ["--editable", arg];
    if (arg.startsWith("-") || (before.startsWith("-") && !switches.test(before))) return [];
    return [/^[\w.\-/]+$/.test(arg) ? arg : `'${arg}'`];
  });
  return words.join(" ") || "PACKAGE";
}

const nameOf = (program: string) => (program.split(/[\\/]/).at(-1) ?? "").replace(/\.(exe|cmd)$/i, "");
const isPip = (program: string) => /^pip[\d.]*$/.test(nameOf(program));
