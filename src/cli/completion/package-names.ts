import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/** More pages are not read: each one is a file that is opened, and a completion must be fast. */
const mostPages = 3000;

/** The URL is the first thing in the second line of a cached page (`page-cache.ts`). */
const headLength = 400;

/** Returns the names of the packages of which the cache has an index page. `http` is that bucket of the cache. */
export function cachedPackageNames(http: string): readonly string[] {
  const head = Buffer.alloc(headLength);
  const names = readdirSync(http)
    .filter((file) => file.endsWith(".page"))
    .slice(0, mostPages)
    .flatMap((file) => {
      const descriptor = openSync(join(http, file), "r");
      try {
        const text = head.toString("latin1", 0, readSync(descriptor, head, 0, headLength, 0));
        const [, url, found] = /^[^\n]*\n\{"url":"([^"]*)","found":(\w+)/.exec(text) ?? [];
        const name = url?.replace(/\/$/, "").split("/").at(-1);
        return found === "true" && name !== undefined && /^[a-z0-9-]+$/.test(name) ? [name] : [];
      } finally {
        closeSync(descriptor);
      }
    });
  return [...new Set(names)].sort();
}
