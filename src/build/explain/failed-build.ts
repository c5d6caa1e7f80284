import { PosyError } from "../../errors/posy-error.ts";

/** In one sentence what failed to be built here, which it may not elsewhere: another machine may have the library that is missing. Undefined for other errors. */
export function failedBuild(error: unknown): string | undefined {
  return error instanceof PosyError && error.code === "build-failed"
    ? error.message.split("\n", 1)[0]
    : undefined;
}
