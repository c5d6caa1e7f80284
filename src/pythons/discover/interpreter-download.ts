import type { Download } from "../../packages/index.ts";
import { archiveUrl } from "../catalogue/index.ts";
import type { Interpreter } from "../../model/index.ts";
import type { StandalonePythons } from "../standalone/index.ts";

/** Returns the archive to fetch before `extractInterpreter`; undefined for an interpreter that needs none. */
export async function interpreterDownload(
  { source }: Interpreter,
  standalone?: StandalonePythons,
): Promise<Download | undefined> {
  switch (source.kind) {
    case "catalogue": {
      const { purl, filename, size, hashes } = source;
      return { url: await archiveUrl(purl), filename, size, hashes };
    }
    case "standalone":
    case "pybi": {
      const { filename, size, hashes } = source;
      const url = source.kind === "pybi" ? source.url : ((await standalone?.locate(source)) ?? source.url);
      return { url, filename, hashes, ...(size === undefined ? {} : { size }) };
    }
    default:
      return undefined;
  }
}
