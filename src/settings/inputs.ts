import {
  asPosyError,
  type CacheInput,
  fingerprintOrNone,
  largestText,
  readNamedFile,
  tooLarge,
  variableInput,
} from "../system/fs/index.ts";
import { type OperationContext, searchFolder } from "./context.ts";
import type { RequirementsReader } from "../project/index.ts";

/** Reads files for an operation, and records their fingerprints for the warm start. */
export interface Inputs extends RequirementsReader {
  /** The folder from which configuration files and version files are searched upwards. */
  readonly searchFolder: string;
  /** The files and variables that were read or noted, with the fingerprints that they had just before. */
  readonly seen: readonly CacheInput[];
  /** Records a file that other code will read. */
  note(path: string): void;
  /** Records an environment variable that other code will read. */
  noteVariable(name: string): void;
}

/** Opens a reader that records what it reads. A cached answer is valid until one of these files changes. */
export function openInputs(context: Pick<OperationContext, "environment" | "cwd" | "projectFolder">): Inputs {
  const { environment, cwd } = context;
  const seen = new Map<string, string>();
  let standardInput: Promise<Uint8Array> | undefined;
  const note = (path: string) => {
    if (!seen.has(path)) seen.set(path, fingerprintOrNone(path));
  };
  return {
    cwd,
    searchFolder: searchFolder(context),
    environment,
    note,
    noteVariable: (name) => void seen.set(...variableInput(name, environment)),
    get seen() {
      return [...seen];
    },
    async read(path) {
      // A socket cannot be opened by its path, and standard input is often a socket if another program starts Posy.
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
