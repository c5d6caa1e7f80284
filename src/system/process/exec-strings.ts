import { readFileSync } from "node:fs";

/** What stands where bytes were no UTF-8: a text that has it may have lost something. */
const lost = "\ufffd";

/**
 * Arguments as the bytes that they were given as: file names of older systems need not be UTF-8. What a command is
 * given stands at the end of this process's own command line. Linux; elsewhere texts are all there is.
 */
export function argumentBytes(argv: readonly string[]): readonly Uint8Array[] {
  const given = argv.some((text) => text.includes(lost)) ? inherited("cmdline") : [];
  return argv.map((text, at) => {
    const same = given.at(at - argv.length);
    return same?.toString() === text ? same : Buffer.from(text);
  });
}

/** `NAME=value` for each variable that is set, likewise; of one that was added to (`PATH`), the old part. */
export function variableBytes(environment: NodeJS.ProcessEnv): readonly Uint8Array[] {
  const entries = Object.entries(environment);
  const doubtful = entries.some(([name, value]) => name.includes(lost) || value?.includes(lost));
  const given = doubtful ? inherited("environ") : [];
  return entries.flatMap(([name, value]) => {
    if (name.includes(lost) || value?.includes(lost)) {
      const same = given.find((bytes) => bytes.toString().startsWith(`${name}=`));
      const start = (same?.indexOf("=") ?? 0) + 1;
      const old = same?.toString("utf8", start) ?? "";
      // Bun has the names that are no UTF-8, but not their values.
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
