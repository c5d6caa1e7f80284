import { realpath } from "node:fs/promises";
import { asPosyError, errnoOf, readNamedText, writeAtomic } from "../../system/fs/index.ts";

/** Makes a version file say this one request. Comments stay where they are; a link is followed. */
export async function writeVersionFile(path: string, request: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const before = await readNamedText(target).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return "";
    throw asPosyError(error, `reading \`${path}\``);
  });
  await writeAtomic(target, withRequest(before, request));
}

function withRequest(before: string, request: string): string {
  const lines = before.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const saysNothing = (line: string) => /^\uFEFF?\s*(#|$)/.test(line);
  const first = lines.findIndex((line) => !saysNothing(line));
  const kept = lines.flatMap((line, at) => (at === first ? [request] : saysNothing(line) ? [line] : []));
  return [...kept, ...(first < 0 ? [request] : [])].map((line) => `${line}\n`).join("");
}
