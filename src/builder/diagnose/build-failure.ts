import { PosyError, type PosyErrorOptions } from "../../errors/posy-error.ts";

/** A backend, or what it works with, failed. */
export class BuildFailure extends PosyError {
  /** The same may succeed without any change: memory, disk or network gave out, or somebody ended it. */
  readonly passing: boolean;

  constructor(message: string, options: PosyErrorOptions & { readonly passing?: boolean }) {
    super("build-failed", message, options);
    this.passing = options.passing ?? false;
  }
}
