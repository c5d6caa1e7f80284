import type { Reporter } from "./reporter.ts";

/**
 * A kind of work whose time `--timings` shows. Work may be a part of other work: a request is a part of loading an
 * index page, which is a part of solving for a platform.
 */
export type Phase =
  /** From the start of the process until Posy knows that it has to measure. */
  | "start"
  /** Reads the code that most commands need. */
  | "load program"
  /** Looks for a cached answer, and gives it if there is one. */
  | "cached answer"
  /** Loads and makes the parser of the command line. */
  | "make parser"
  | "read project"
  | "settings"
  /** Looks at the machine, the indexes and the stores, and opens them. */
  | "open store"
  /** Reads a lock, and resolves if it is not up to date. */
  | "lock"
  /** Makes the text of a lock from what was resolved. */
  | "make lock"
  | "write lock"
  | "find Pythons"
  /** Resolves with the packages of the lock only. */
  | "resolve from lock"
  | "resolve"
  /** Solves for one interpreter on one platform. */
  | "solve"
  | "index page"
  | "metadata"
  /** One request with its response, once it has a free connection. */
  | "request"
  | "environment"
  | "install Python"
  | "install wheel"
  | "verify wheel"
  | "fetch file"
  | "unpack"
  | "write environment"
  /** Runs a build backend. */
  | "build"
  /** Fetches a repository and checks out a commit. */
  | "git"
  | "verify store"
  | "clean store"
  /** Writes the files of an application: a folder, an archive, an executable. */
  | "write application"
  /** A program of a project's command that Posy waits for. */
  | "program";

/** Something that is counted, with the sum of its occurrences. */
export type Counted =
  | "index pages from the cache"
  | "metadata from the cache"
  | "files from the cache"
  | "versions tried"
  | "conflicts"
  /** Bytes of the bodies of responses, as they were read. */
  | "bytes received"
  /** Milliseconds for which requests waited for a free connection, all together. */
  | "milliseconds waited for a connection";

/** More about a piece of work, which is known when it is done: `status`, `bytes`. */
export type TimingNotes = Record<string, string | number>;

/** Measures where the time goes. */
export interface Timings {
  /**
   * Does `work` and records how long it takes. `subject` is what is worked on: a package, a platform, a file name. It
   * contains no path of this machine and no login. `work` may add notes.
   */
  measure<T>(phase: Phase, subject: string | undefined, work: (notes: TimingNotes) => Promise<T>): Promise<T>;
  count(what: Counted, number?: number): void;
}

/** Does `work`, and measures it if the reporter has timings. */
export function timed<T>(
  { timings }: Pick<Reporter, "timings">,
  phase: Phase,
  subject: string | undefined,
  work: (notes: TimingNotes) => Promise<T>,
): Promise<T> {
  return timings === undefined ? work({}) : timings.measure(phase, subject, work);
}
