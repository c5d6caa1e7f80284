import type { RemovedPython } from "../commands/python/uninstall.ts";
import { columns } from "./columns.ts";
import { pythonName } from "./render-pythons.ts";

/** A line for each interpreter that is gone: what it was, where, and what rests on it. */
export function renderRemoved(removed: readonly RemovedPython[]): string {
  return columns(
    removed.map(({ interpreter, root, envs }) => [
      interpreter === undefined ? "a damaged one" : pythonName(interpreter),
      "removed",
      root,
      envs.length === 0 ? "" : `${environments(envs.length)} when used again`,
    ]),
  );
}

function environments(count: number): string {
  return count === 1 ? "1 environment grows anew" : `${count} environments grow anew`;
}
