import { PosyError } from "../../../errors/posy-error.ts";

/**
 * Throws `usage` if one of the options was given. The message consists of the first that was given and `reason`.
 * Options are named as they are typed.
 */
export function refuseOptions(
  options: Readonly<Record<string, unknown>>,
  reason: string,
  hint: string,
): void {
  const typed = Object.entries(options).find(([, value]) => value !== undefined);
  if (typed !== undefined) throw new PosyError("usage", `\`${typed[0]}\` ${reason}`, { hint });
}
