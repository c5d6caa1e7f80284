import { optionalModules } from "./optional-modules.ts";
import type { Interpreter } from "../model/index.ts";

/** Modules of the catalogue's Linux interpreters that need a library of the system: the library and its packages. */
const systemLibraries: Readonly<Record<string, readonly [library: string, packages: string]>> = {
  _sqlite3: [
    "libsqlite3.so.0",
    "Debian and Ubuntu: `libsqlite3-0`; Fedora: `sqlite-libs`; SUSE: `libsqlite3-0`",
  ],
  readline: [
    "libreadline.so.8",
    "Debian and Ubuntu: `libreadline8`; Fedora: `readline`; SUSE: `libreadline8`",
  ],
  _curses: [
    "libncursesw.so.6",
    "Debian and Ubuntu: `libncursesw6`; Fedora: `ncurses-libs`; SUSE: `libncurses6`",
  ],
  _curses_panel: [
    "libpanelw.so.6",
    "Debian and Ubuntu: `libncursesw6`; Fedora: `ncurses-libs`; SUSE: `libncurses6`",
  ],
};

/**
 * Returns why an interpreter can't import a module of the standard library, and what to do; undefined if no reason is
 * known. `moduleName` is the imported module (`sqlite3`, `curses.panel`) or the extension module (`_sqlite3`).
 */
export function missingModuleHint(interpreter: Interpreter, moduleName: string): string | undefined {
  const module = optionalModules.find(({ name, gives }) => name === moduleName || gives.includes(moduleName));
  if (module === undefined) return undefined;
  if (interpreter.lacks.includes(module.name)) {
    return `Python ${interpreter.version} of Posy's catalogue was built without it; ${remedy(module.name)}`;
  }
  const library = systemLibraries[module.name];
  if (interpreter.source.kind !== "catalogue" || !interpreter.platform.startsWith("linux-") || !library) {
    return undefined;
  }
  return `it needs \`${library[0]}\` of the system (${library[1]})`;
}

function remedy(name: string): string {
  return ["_tkinter", "_dbm", "_gdbm"].includes(name)
    ? "ask for a Python of this machine by its path"
    : "ask for `>=3.12`, or for a Python of this machine by its path";
}
