import type { Download } from "../packages/package-db.ts";
import { archiveUrl } from "./catalogue/archive-url.ts";
import type { Interpreter } from "./interpreter.ts";

/** What has to be fetched before `placeInterpreter`; undefined for an interpreter that needs no archive. */
export async function interpreterDownload({ source }: Interpreter): Promise<Download | undefined> {
  switch (source.kind) {
    case "catalogue": {
      const { purl, filename, size, hashes } = source;
      return { url: await archiveUrl(purl), filename, size, hashes };
    }
    case "pybi": {
      const { url, filename, size, hashes } = source;
      return { url, filename, hashes, ...(size === undefined ? {} : { size }) };
    }
    default:
      return undefined;
  }
}
