import type { Brief } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";

type PythonRequestOrigin = Pick<Brief, "python" | "pythonOrigin">;

/** Returns a Python request for a message, with its origin if nobody typed it: "`3.13` (`/work/.python-version`)". */
export function requestedPython({ python, pythonOrigin }: PythonRequestOrigin): string {
  return `\`${python ?? ""}\`${pythonOrigin === undefined ? "" : ` (\`${pythonOrigin}\`)`}`;
}

/** Reports for `-v` where a Python request comes from, if nobody typed it. */
export function reportRequestOrigin({ python, pythonOrigin }: PythonRequestOrigin, reporter: Reporter): void {
  if (python === undefined || pythonOrigin === undefined) return;
  reporter.report({ kind: "debug", message: `\`${pythonOrigin}\` asks for Python \`${python}\`` });
}

/** Returns the error with the origin of the Python request, if it did not come from the command line. */
export function withRequestOrigin(error: unknown, { python, pythonOrigin }: PythonRequestOrigin): unknown {
  if (!(error instanceof PosyError) || python === undefined || pythonOrigin === undefined) return error;
  const { code, message, hint, span } = error;
  return new PosyError(code, `${message} (\`${pythonOrigin}\` asks for \`${python}\`)`, {
    hint,
    span,
    cause: error,
  });
}
