import {
  asPosyError,
  type FileFingerprint,
  fingerprintOrNone,
  largestText,
  readNamedFile,
  tooLarge,
} from "../system/fs/index.ts";
import type { RequirementsReader } from "../project/index.ts";

export interface Inputs extends RequirementsReader {
  /** What was read, and what it was like just before. */
  readonly seen: readonly FileFingerprint[];
  /** A file that somebody else will read. */
  note(path: string): void;
}

/** Reads files, and keeps what they were like: an answer that rests on them holds until they change. */
export function openInputs(environment: NodeJS.ProcessEnv, cwd: string): Inputs {
  const seen = new Map<string, string>();
  let standardInput: Promise<Uint8Array> | undefined;
  const note = (path: string) => {
    if (!seen.has(path)) seen.set(path, fingerprintOrNone(path));
  };
  return {
    cwd,
    environment,
    note,
    get seen() {
      return [...seen];
    },
    async read(path) {
      // Opened by its path, standard input could be no socket, which it often is below another program.
      if (path === "-" || path === "/dev/stdin") return (standardInput ??= readAll());
      note(path);
      try {
        return await readNamedFile(path);
      } catch (error) {
        throw asPosyError(error, `reading \`${path}\``);
      }
    },
  };
}

async function readAll(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > largestText) throw tooLarge("<stdin>", largestText);
  }
  return Buffer.concat(chunks);
}
