import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { requiresPython } from "../../project/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { parseVersion, satisfies, minorOf } from "../../vocab/version/index.ts";

/**
 * Checks an interpreter against the `requires-python` of the project that a folder is in. Throws `unsatisfiable` with
 * a Python that would fit.
 */
export async function checkRequiresPython(
  request: string,
  interpreter: Interpreter,
  cwd: string,
  posy: Posy,
): Promise<void> {
  const wanted = await requiresPython(cwd);
  if (wanted === undefined || satisfies(wanted.specifier, parseVersion(interpreter.version))) return;
  const text = wanted.specifier.text;
  // Only the hint needs it, so errors are ignored.
  const [fitting] = await posy.interpreters(`cpython${text}`, posy.machine.platform).catch(() => []);
  const minor = fitting && minorOf(fitting.version);
  throw new PosyError(
    "unsatisfiable",
    `\`${request}\` comes to Python ${interpreter.version}, and \`${wanted.path}\` requires \`${text}\``,
    {
      hint: `${minor === undefined ? "" : `\`${minor}\` would fit; `}\`--no-project\` pins it nevertheless`,
    },
  );
}
