import { PosyError } from "../../errors/posy-error.ts";

export function invalidWheel(filename: string, why: string, cause?: unknown): PosyError {
  return new PosyError("invalid-wheel", `\`${filename}\` is not a wheel that can be installed: ${why}`, {
    hint: "tell those who published it",
    cause,
  });
}
