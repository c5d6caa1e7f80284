import { group, option, repeated } from "./option.ts";

/** The options of `posy export` that write an application. */
export function applicationOptions() {
  return [
    ...group("Application:", [
      option("--dir <folder>", "Write a folder with interpreter, packages and launchers"),
      option("--tar <file>", "Write it as a tar archive (`.tar`, `.tar.gz`); `-` is standard output"),
      option("--zip <file>", "Write it as a zip"),
      repeated("--entry-point <name=module:function>", "Add a program (repeatable)"),
      option("--python-only", "Write only the interpreter, without packages"),
      option("--strip", "Remove tests, headers, static libraries and debug sections"),
      option("--compile", "Add bytecode of all modules"),
      option("--copy", "Copy the files of a folder (default)"),
      option("--hardlink", "Hard-link the files of a folder to those of the store"),
      option("--force", "Replace the folder of an earlier export"),
      option("--verify <folder>", "Compare an exported folder with its manifest"),
    ]),
  ];
}
