import { PosyError } from "../../errors/posy-error.ts";
import { parsePythonRequest } from "../../model/index.ts";
import { quote } from "../../text/index.ts";
import { minorOf } from "../../vocab/version/index.ts";

/** The Pythons that a new project is for. */
export interface PythonChoice {
  /** The value of `requires-python`. */
  readonly requires: string;
  /** The text of `.python-version`, if one version was asked for. */
  readonly pin?: string;
}

/** The oldest minor version that still gets security fixes (those of 3.10 ended in October 2026). */
const oldest = ">=3.11";

/**
 * Returns what a request such as `3.12` or `>=3.10,<3.14` means for a new project. As in uv, a version is pinned, and
 * `requires-python` allows it and all later ones. It does not look which Pythons exist. Throws `usage`.
 */
export function choosePython(request: string | undefined): PythonChoice {
  if (request === undefined) return { requires: oldest };
  const read = parsePythonRequest(request);
  if (read.kind === "version") {
    const [first, second] = read.specifier.specifiers;
    if (first === undefined) return { requires: oldest, pin: read.text };
    if (!/==/.test(read.text) && second === undefined && first.operator === "==") {
      const minor = minorOf(first.versionText);
      return { requires: `>=${minor}`, pin: read.text };
    }
    return { requires: read.specifier.text };
  }
  throw new PosyError("usage", `${quote(request)} does not say which versions a project is for`, {
    hint: "ask for a version, `3.13`, or for several, `>=3.10,<3.14`",
  });
}
