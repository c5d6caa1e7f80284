/** The arguments of `posy run`, split into its own options and the command with the command's arguments. */
export interface RunArguments {
  /** The options of `posy run`, as typed, but `-qs` is `-q -s`. */
  readonly own: readonly string[];
  /** The program and its arguments. Empty if there is none. */
  readonly command: readonly string[];
  /**
   * The command's first word may be a command of the project: it was typed neither after `--` nor after `-m`.
   */
  readonly named?: true;
}

/**
 * The options of `posy run` that take a value, without `-m`, which begins the command. A test compares them with the
 * parser's options.
 */
export const valuedOptions: ReadonlySet<string> = new Set([
  "--python",
  "--python-index",
  "--python-mirror",
  "--with",
  "--with-requirements",
  "--with-editable",
  "--constraint",
  "--override",
  "--env",
  "--env-file",
  "--group",
  "--extra",
  "--no-group",
  "--only-group",
  "--no-install-package",
  "--only-binary",
  "--no-binary",
  "--no-build-package",
  "--config-setting",
  "--config-settings-package",
  "--build-constraint",
  "--no-build-isolation-package",
  "--index",
  "--default-index",
  "--index-url",
  "--extra-index-url",
  "--find-links",
  "--index-strategy",
  "--prerelease",
  "--prefer",
  "--resolution",
  "--exclude-newer",
  "--exclude-newer-package",
  "--refresh-package",
  "--cert",
  "--trusted-host",
  "--color",
  "--directory",
  "--project",
  "-p",
  "-w",
  "-e",
  "-r",
  "-c",
  "-C",
  "-b",
  "-i",
  "-f",
]);

/**
 * Splits the arguments of `posy run`. The command begins at the first argument that is neither an option nor an
 * option's value, after `--`, or at `-m MODULE`, which means `python -m MODULE`. All arguments after it belong to the
 * command.
 */
export function splitRunArguments(args: readonly string[]): RunArguments {
  return withSeparateFlags(split(args, valuedOptions), valuedOptions);
}

/** The options of `posy tool run` that take a value. */
const toolOptions: ReadonlySet<string> = new Set([...valuedOptions, "--from"]);

/** Splits the arguments of `posy tool run` in the same way. The first word of the command is the tool. */
export function splitToolArguments(args: readonly string[]): RunArguments {
  return withSeparateFlags(split(args, toolOptions), toolOptions);
}

/** Returns the options before the command of `posy run` or `posy tool run`, exactly as typed. */
export function ownArguments(args: readonly string[], isTool: boolean): readonly string[] {
  return split(args, isTool ? toolOptions : valuedOptions).own;
}

/**
 * Separates one-letter flags, so that those who look for `-s` or for the value of `-r` find it in `-qs` and
 * `-vr FILE`, too.
 */
function withSeparateFlags(split: RunArguments, valued: ReadonlySet<string>): RunArguments {
  const own: string[] = [];
  let isValue = false;
  for (const arg of split.own) {
    const flags = isValue ? "" : (/^-([vqs]+)(?=[A-Za-z])/.exec(arg)?.[1] ?? "");
    own.push(...Array.from(flags, (flag) => `-${flag}`));
    own.push(flags === "" ? arg : `-${arg.slice(flags.length + 1)}`);
    isValue = !isValue && takesNext(arg, valued);
  }
  return { ...split, own };
}

function split(args: readonly string[], valued: ReadonlySet<string>): RunArguments {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const own = args.slice(0, at);
    const rest = args.slice(at + 1);
    if (arg === "--") return { own, command: rest };
    if (arg === "-m" || arg === "--module") {
      return rest.length > 0 ? { own, command: ["python", "-m", ...rest] } : { own: args, command: [] };
    }
    if (arg.startsWith("--module=")) {
      return { own, command: ["python", "-m", arg.slice(9), ...rest] };
    }
    if (arg === "-" || !arg.startsWith("-")) return { own, command: args.slice(at), named: true };
    if (takesNext(arg, valued)) at += 1;
  }
  return { own: args, command: [] };
}

/** Returns whether the next argument is the value of this option of `posy run`. */
export function takesNext(arg: string, valued = valuedOptions): boolean {
  if (arg.startsWith("--")) return valued.has(arg);
  // `-vr FILE` takes the next argument; `-rFILE` contains its value.
  const first = arg
    .slice(1)
    .split("")
    .findIndex((letter) => valued.has(`-${letter}`));
  return first >= 0 && first === arg.length - 2;
}
