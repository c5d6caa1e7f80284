import { readFileSync } from "node:fs";

/**
 * The replacement character, which decoding puts in place of bytes that are not UTF-8. A text with it may
 * have lost something.
 */
const lost = "\ufffd";

/**
 * Returns arguments with their original bytes, since older file names need not be UTF-8. The arguments of a
 * command are at the end of this process's command line. Works on Linux; elsewhere only the texts are
 * available.
 */
export function argumentBytes(argv: readonly string[]): readonly Uint8Array[] {
  const given = argv.some((text) => text.includes(lost)) ? inherited("cmdline") : [];
  return argv.map((text, index) => {
    const same = given.at(index - argv.length);
    return same?.toString() === text ? same : Buffer.from(text);
  });
}

/**
 * Returns `NAME=value` with its original bytes for each variable. If text was added to the front of a
 * variable (`PATH`), only the old part has its original bytes.
 */
export function variableBytes(environment: NodeJS.ProcessEnv): readonly Uint8Array[] {
  const entries = Object.entries(environment);
  const doubtful = entries.some(([name, value]) => name.includes(lost) || value?.includes(lost));
  const given = doubtful ? inherited("environ") : [];
  return entries.flatMap(([name, value]) => {
    if (name.includes(lost) || value?.includes(lost)) {
      const same = given.find((bytes) => bytes.toString().startsWith(`${name}=`));
      const start = (same?.indexOf("=") ?? 0) + 1;
      const old = same?.toString("utf8", start) ?? "";
      // Bun keeps names that are not UTF-8, but not their values.
      const added =
        value === undefined
          ? ""
          : value.endsWith(old)
            ? value.slice(0, value.length - old.length)
            : undefined;
      if (same && added !== undefined) {
        return [Buffer.concat([same.subarray(0, start), Buffer.from(added), same.subarray(start)])];
      }
    }
    return value === undefined ? [] : [Buffer.from(`${name}=${value}`)];
  });
}

function inherited(what: "cmdline" | "environ"): readonly Buffer[] {
  if (process.platform !== "linux") return [];
  const bytes = readFileSync(`/proc/self/${what}`);
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    if (end < 0) break;
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
