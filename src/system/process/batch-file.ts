import { win32 } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { variableOf } from "./variables.ts";

/** Whether Windows runs a program by `cmd.exe`. */
export function isBatchFile(file: string): boolean {
  return /\.(cmd|bat)$/i.test(file);
}

/**
 * Returns the command line with which `cmd.exe` runs a batch file. Every argument arrives as it is, and none is run as
 * a command or replaced by a variable (CVE-2024-24576, CVE-2024-27980): quotation marks are doubled, and `%` is broken
 * up by a variable that has no characters. It is the quoting of Rust's standard library. Pass it with
 * `windowsVerbatimArguments`. Throws `command-not-executable` for characters that `cmd.exe` cannot be told.
 */
export function batchCommand(
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): { readonly file: string; readonly args: readonly string[] } {
  const root = variableOf(environment, "SystemRoot", "win32") ?? "C:\\Windows";
  const wrong = args.find((arg) => /[\0\r\n]/.test(arg));
  if (wrong !== undefined || /["%]/.test(file)) {
    const what = wrong === undefined ? "its path" : `the argument ${JSON.stringify(wrong)}`;
    throw new PosyError("command-not-executable", `\`${file}\` can't be started: ${what} can't be quoted`, {
      hint: "batch files get no line breaks in arguments; start the program that the batch file starts",
    });
  }
  const line = [`"${win32.normalize(file)}"`, ...args.map(quoted)].join(" ");
  return {
    file: win32.join(root, "System32", "cmd.exe"),
    args: ["/e:ON", "/v:OFF", "/d", "/c", `"${line}"`],
  };
}

function quoted(arg: string): string {
  const isPlain =
    arg !== "" && !arg.endsWith("\\") && !/[^A-Za-z0-9#$*+\-./:?@\\_\u0080-\u{10ffff}]/u.test(arg);
  const text = arg.replace(/(\\*)("|$)/g, (_, slashes: string, end: string) => {
    if (end === '"') return `${slashes}${slashes}""`;
    return isPlain ? slashes : slashes + slashes;
  });
  const unexpanded = text.replaceAll("%", "%%cd:~,%");
  return isPlain ? unexpanded : `"${unexpanded}"`;
}
