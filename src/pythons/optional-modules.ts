import type { Interpreter } from "../model/index.ts";

/** A part of the standard library that CPython builds only if the library that it needs is installed. */
export interface OptionalModule {
  /** The extension module. */
  readonly name: string;
  /** The public modules that need it. */
  readonly gives: readonly string[];
  /** The first minor version of Python 3 that has it. */
  readonly since?: number;
  readonly only?: "unix";
  /**
   * Most programs do not need it, and Linux distributions package it separately too. An interpreter that lacks only
   * such modules counts as whole.
   */
  readonly spare?: true;
}

export const optionalModules: readonly OptionalModule[] = [
  { name: "_bz2", gives: ["bz2"] },
  { name: "_ctypes", gives: ["ctypes"] },
  { name: "_curses", gives: ["curses"], only: "unix" },
  { name: "_curses_panel", gives: ["curses.panel"], only: "unix", spare: true },
  { name: "_dbm", gives: ["dbm.ndbm"], only: "unix", spare: true },
  { name: "_gdbm", gives: ["dbm.gnu"], only: "unix", spare: true },
  { name: "_hashlib", gives: ["hashlib"] },
  { name: "_lzma", gives: ["lzma"] },
  { name: "_sqlite3", gives: ["sqlite3"] },
  { name: "_ssl", gives: ["ssl"] },
  { name: "_tkinter", gives: ["tkinter", "turtle"], spare: true },
  { name: "_uuid", gives: [], spare: true },
  { name: "_zstd", gives: ["compression.zstd"], since: 14 },
  { name: "readline", gives: ["readline"], only: "unix" },
  { name: "zlib", gives: ["zlib"] },
];

/** Returns the optional modules that exist for this version and operating system. */
export function optionalModulesOf({ version, platform }: Pick<Interpreter, "version" | "platform">) {
  const minor = Number(version.split(".")[1] ?? 0);
  const windows = platform.startsWith("windows-");
  return optionalModules.filter(({ since = 0, only }) => minor >= since && !(windows && only === "unix"));
}

const spare: ReadonlySet<string> = new Set(
  optionalModules.filter((module) => module.spare).map(({ name }) => name),
);

/** Whether the interpreter has all modules that programs rely on. */
export function isWhole(interpreter: Interpreter): boolean {
  return interpreter.lacks.every((name) => spare.has(name));
}
