/** What `posy run` was given, taken apart: its own options, and the command with everything that belongs to it. */
export interface RunArguments {
  /** As typed, before the command. */
  readonly own: readonly string[];
  /** The program and its arguments; empty for a bare `posy run`. */
  readonly command: readonly string[];
  /** Its first word was typed where a project's command may be meant: neither after `--` nor for `-m`. */
  readonly named?: true;
}

/** Options of `posy run` that take a value (but for `-m`, which begins the command). A test holds them against the real ones. */
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
 * Finds where the command begins: at the first argument that is no option and no option's value, after `--`, or at
 * `-m MODULE`, which stands for `python -m MODULE`. What comes after is the command's, whatever it looks like.
 */
export function splitRunArguments(args: readonly string[]): RunArguments {
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
    if (takesNext(arg)) at += 1;
  }
  return { own: args, command: [] };
}

function takesNext(arg: string): boolean {
  if (arg.startsWith("--")) return valuedOptions.has(arg);
  // `-vr FILE` takes the next one, `-rFILE` has its value in itself.
  const valued = arg
    .slice(1)
    .split("")
    .findIndex((letter) => valuedOptions.has(`-${letter}`));
  return valued >= 0 && valued === arg.length - 2;
}
