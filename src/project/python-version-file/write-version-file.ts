import { asPosyError, errnoOf, readNamedText, writeUserFile } from "../../system/fs/index.ts";

/** Writes one request into a version file. Comments stay where they are. A symbolic link is followed. */
export async function writeVersionFile(path: string, request: string): Promise<void> {
  const before = await readNamedText(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return "";
    throw asPosyError(error, `reading \`${path}\``);
  });
  await writeUserFile(path, withRequest(before, request));
}

function withRequest(before: string, request: string): string {
  const lines = before.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const isComment = (line: string) => /^\uFEFF?\s*(#|$)/.test(line);
  const first = lines.findIndex((line) => !isComment(line));
  const kept = lines.flatMap((line, index) => (index === first ? [request] : isComment(line) ? [line] : []));
  return [...kept, ...(first < 0 ? [request] : [])].map((line) => `${line}\n`).join("");
}
