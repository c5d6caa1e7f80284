import { win32 } from "node:path";
import { crc32 } from "../../system/archives/index.ts";
import type { Launchers } from "./load-launchers.ts";

/**
 * Returns the program that runs `main`, the text of a `__main__.py`, with the Python in its own folder. `option` is an
 * option for Python.
 */
export function zipLauncher(launchers: Launchers, main: string, gui: boolean, option?: string): Buffer {
  return Buffer.concat([fileLauncher(launchers, gui, option), zipOf("__main__.py", Buffer.from(main))]);
}

/**
 * Returns the program that runs the script next to it with the Python in its own folder: `NAME.exe` runs
 * `NAME-script.py` or `NAME.py` (with `gui`: `.pyw`). A script that is a file of its own can be imported again by the
 * child processes of `multiprocessing`.
 */
export function fileLauncher(launchers: Launchers, gui: boolean, option?: string): Buffer {
  const python = `<launcher_dir>\\${gui ? "pythonw.exe" : "python.exe"}`;
  const line = `#!${python}${option === undefined ? "" : ` ${option}`}\r\n`;
  return Buffer.concat([gui ? launchers.gui : launchers.console, Buffer.from(line)]);
}

/** Returns the program that starts another one, by its absolute path. `args` are words before its own arguments. */
export function programLauncher(
  launchers: Launchers,
  program: string,
  gui: boolean,
  args: readonly string[] = [],
): Buffer {
  const line = [`#!"${program}"`, ...args].join(" ");
  return Buffer.concat([gui ? launchers.gui : launchers.console, Buffer.from(`${line}\r\n`)]);
}

/**
 * Returns the batch file in `folder` that starts another batch file. `cmd.exe` reads batch files in the code page of
 * the console, so the path is relative if both are on one drive: then it has no name of a user, which may have accents.
 */
export function batchLauncher(folder: string, program: string): Buffer {
  const way = win32.relative(folder, program);
  const start = win32.isAbsolute(way) ? "" : "%~dp0";
  return Buffer.from(`@"${start}${way.replaceAll("%", "%%")}" %*\r\n`);
}

/**
 * Returns the absolute path of the program that a launcher starts, by the content of its file: one of
 * `programLauncher` or `batchLauncher`. Undefined if it is another program.
 */
export function launcherTarget(folder: string, content: Buffer): string | undefined {
  // The longest path of Windows has 32,767 characters, each up to three bytes.
  const end = content.subarray(-100_000).toString("utf8");
  const program = /#!"([^"\r\n]+)"\r\n$/.exec(end)?.[1];
  if (program !== undefined) return program;
  const batch = /^@"([^"\r\n]+)" %\*\r\n$/.exec(end)?.[1];
  if (batch === undefined) return undefined;
  return win32.resolve(folder, batch.replace(/^%~dp0/, "").replaceAll("%%", "%"));
}

/** Returns a zip with one uncompressed file. Its date is 1980-01-01, the first one that a zip knows. */
function zipOf(name: string, content: Buffer): Buffer {
  const path = Buffer.from(name);
  // Version 2.0, no flags, not compressed, time, date, CRC, both sizes, length of the name, no extra field.
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(0x21, 8);
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(content.length, 14);
  facts.writeUInt32LE(content.length, 18);
  facts.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), facts, path, content]);
  // Made by version 2.0; after the facts: comment, disk, attributes and offset, which are all 0.
  const entry = Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), facts, Buffer.alloc(14), path]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
