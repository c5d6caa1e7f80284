import { openZipFile } from "../../src/system/archives/zip/open-zip-file.ts";
import type { Built } from "./tree-backend.ts";

/** Returns what the backend of `treeFiles` recorded when it built this wheel. */
export function readBuilt(wheel: string): Built {
  const zip = openZipFile(wheel);
  try {
    const entry = zip.entries.find(({ path }) => path.endsWith("/built.json"));
    if (entry === undefined) throw new Error(`${wheel} was not made by tree-backend`);
    return JSON.parse(Buffer.from(zip.readSync(entry)).toString("utf8")) as Built;
  } finally {
    zip.close();
  }
}
