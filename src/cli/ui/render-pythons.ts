import type { Interpreter } from "../../model/index.ts";
import type { ListedPython } from "../../pythons/discover/index.ts";
import { columns } from "./columns.ts";
import { formatSize } from "./format-size.ts";

const stateNames = {
  "in-forest": "in the store",
  available: "available",
  system: "on this machine",
} as const;

/** One line per interpreter, in columns: name, platform, state, path or size, and what it lacks. */
export function renderPythons(pythons: readonly ListedPython[]): string {
  if (pythons.length === 0) return "";
  const rows = pythons.map(({ interpreter, state, sharedStore, runsHere }) => [
    pythonName(interpreter),
    interpreter.platform,
    sharedStore === undefined ? stateNames[state] : "in a shared store",
    sharedStore ?? pathOrSize(interpreter, state),
    [
      ...(runsHere ? [] : ["not for this machine"]),
      ...(interpreter.lacks.length > 0 ? [`without ${interpreter.lacks.join(", ")}`] : []),
    ].join("; "),
  ]);
  return columns(rows);
}

/** `cpython 3.13.5`, `cpython 3.13.5t`. */
export function pythonName({
  implementation,
  version,
  freeThreaded,
}: Pick<Interpreter, "implementation" | "version" | "freeThreaded">): string {
  return `${implementation} ${version}${freeThreaded ? "t" : ""}`;
}

function pathOrSize({ source }: Interpreter, state: ListedPython["state"]): string {
  if (source.kind === "adopted") return source.executable;
  return state === "available" && "size" in source && source.size !== undefined
    ? formatSize(source.size)
    : "";
}
