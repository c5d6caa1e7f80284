import type { Brief } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";

type Asked = Pick<Brief, "python" | "pythonOrigin">;

/** `3.13` as a person reads it, with who said so where nobody typed it: "`3.13` (`/work/.python-version`)". */
export function requestedPython({ python, pythonOrigin }: Asked): string {
  return `\`${python ?? ""}\`${pythonOrigin === undefined ? "" : ` (\`${pythonOrigin}\`)`}`;
}

/** Says for `-v` who asks, where nobody typed it. */
export function reportRequestOrigin({ python, pythonOrigin }: Asked, reporter: Reporter): void {
  if (python === undefined || pythonOrigin === undefined) return;
  reporter.report({ kind: "debug", message: `\`${pythonOrigin}\` asks for Python \`${python}\`` });
}

/** The same error, with who asked for this Python where it was not the command line. */
export function withRequestOrigin(error: unknown, { python, pythonOrigin }: Asked): unknown {
  if (!(error instanceof PosyError) || python === undefined || pythonOrigin === undefined) return error;
  const { code, message, hint, span } = error;
  return new PosyError(code, `${message} (\`${pythonOrigin}\` asks for \`${python}\`)`, {
    hint,
    span,
    cause: error,
  });
}
