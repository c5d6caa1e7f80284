import type { RemovedPython } from "../../operations/pythons/uninstall-pythons.ts";
import { columns } from "./columns.ts";
import { pythonName } from "./render-pythons.ts";

/** One line per removed interpreter: its name, its path, and how many Envs used it. */
export function renderRemoved(removed: readonly RemovedPython[]): string {
  return columns(
    removed.map(({ interpreter, root, envs }) => [
      interpreter === undefined ? "a damaged Python" : pythonName(interpreter),
      "removed",
      root,
      envs.length === 0 ? "" : `${environments(envs.length)} created again when needed`,
    ]),
  );
}

function environments(count: number): string {
  return count === 1 ? "1 environment is" : `${count} environments are`;
}
