import { PosyError } from "../../errors/posy-error.ts";
import { parsePythonRequest } from "../../model/index.ts";
import { quote } from "../../text/index.ts";

/** Which Pythons a new project is for. */
export interface PythonChoice {
  /** As `requires-python` has it. */
  readonly requires: string;
  /** What a `.python-version` is to say, where one version was asked for. */
  readonly pin?: string;
}

/** The oldest minor version that still has fixes of security (3.10's ended in October 2026). */
const oldest = ">=3.11";

/**
 * What a request such as `3.12` or `>=3.10,<3.14` means for a new project: a version is pinned, and it and all later ones are
 * required, as uv does. Nobody is asked which Pythons there are. Throws `usage`.
 */
export function choosePython(request: string | undefined): PythonChoice {
  if (request === undefined) return { requires: oldest };
  const read = parsePythonRequest(request);
  if (read.kind === "version") {
    const [first, second] = read.specifier.specifiers;
    if (first === undefined) return { requires: oldest, pin: read.text };
    if (!/==/.test(read.text) && second === undefined && first.operator === "==") {
      const minor = first.versionText.split(".").slice(0, 2).join(".");
      return { requires: `>=${minor}`, pin: read.text };
    }
    return { requires: read.specifier.text };
  }
  throw new PosyError("usage", `${quote(request)} does not say which versions a project is for`, {
    hint: "ask for a version, `3.13`, or for several, `>=3.10,<3.14`",
  });
}
