import { PosyError } from "../errors/posy-error.ts";

interface KeyErrorOptions {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** The key itself is wrong, and not its value. */
  readonly isKeyWrong?: true;
}

/**
 * A key or value of a TOML file that is not valid. It does not know the file. For `pyproject.toml`, `withLine` adds the
 * path and the line. A reader of another file makes an error with its own code of it.
 */
export class KeyError extends PosyError {
  /** `project.dependencies[2]`. `""` is the whole document. */
  readonly key: string;
  /** What is wrong: "must be a string". */
  readonly reason: string;
  readonly isKeyWrong: boolean;

  constructor(key: string, reason: string, options: KeyErrorOptions) {
    super("invalid-project", `\`${key}\` in \`pyproject.toml\` ${reason}`, options);
    this.key = key;
    this.reason = reason;
    this.isKeyWrong = options.isKeyWrong ?? false;
  }
}

/** Returns the error for a value of a TOML file. `key` says where the value is: `project.dependencies[2]`. */
export function refuseKey(key: string, reason: string, options: KeyErrorOptions = {}): KeyError {
  return new KeyError(key, reason, options);
}
