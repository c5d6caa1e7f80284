import { PosyError, type PosyErrorOptions } from "../../errors/posy-error.ts";

/** The backend failed, or a tool that it runs. */
export class BuildFailure extends PosyError {
  /** The same build may succeed later without any change: memory, disk or network failed, or someone ended it. */
  readonly transient: boolean;

  constructor(message: string, options: PosyErrorOptions & { readonly transient?: boolean }) {
    super("build-failed", message, options);
    this.transient = options.transient ?? false;
  }
}
