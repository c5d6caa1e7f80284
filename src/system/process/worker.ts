import { Worker } from "node:worker_threads";

/**
 * Starts the module `name` (a path in `src/`, without extension) in a new thread. Returns undefined if that
 * is not possible: Node does not run TypeScript, and a bundle has no such file. In the compiled binary, the
 * modules that `scripts/release/compile.ts` lists as entries are next to the main one. A thread of Bun starts in 5 ms.
 */
export function startWorker(name: string): Worker | undefined {
  if (typeof Bun === "undefined") return undefined;
  const here = import.meta.url;
  const compiled = here.includes("/$bunfs/") || here.includes("/~BUN/");
  if (!compiled && !here.endsWith("/src/system/process/worker.ts")) return undefined;
  const url = compiled ? new URL(`./${name}.js`, here) : new URL(`../../${name}.ts`, here);
  try {
    return new Worker(url);
  } catch {
    return undefined;
  }
}
