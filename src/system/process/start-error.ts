import { constants } from "node:os";
import { PosyError } from "../../errors/posy-error.ts";

const { ENOENT, EACCES, ENOEXEC, E2BIG } = constants.errno;

/** Returns the error for a program that the system refused to start, from the system's error number. */
export function startError(file: string, errno: number, platform = process.platform): PosyError {
  const reasons: Readonly<Record<number, readonly [string, string]>> = {
    [ENOENT]: ["the interpreter or loader that it names does not exist", "look at its `#!` line"],
    [EACCES]: ["permission was denied", "check its permissions, and that its disk is not mounted `noexec`"],
    [ENOEXEC]: ["it is not a program for this machine", "check whether it is for another platform"],
    [E2BIG]: ["the arguments and the environment are too long", "pass fewer arguments"],
  };
  // The runtime starts no program with a longer path, whatever the settings of Windows.
  if (platform === "win32" && file.length >= 260) {
    return new PosyError("command-not-executable", `\`${file}\` can't be started: its path is too long`, {
      hint: "Windows starts programs whose path has up to 259 characters: choose a shorter folder, such as for `POSY_HOME`",
    });
  }
  const [what, hint] = reasons[errno] ?? [`the system refused it (error ${errno})`, "check the file"];
  return new PosyError("command-not-executable", `\`${file}\` can't be started: ${what}`, { hint });
}
