import { wheelMetadataText } from "../packages/index.ts";
import { fileReader } from "../system/archives/index.ts";
import { parseWheelFilename } from "../vocab/filenames/index.ts";

/** The text of the METADATA of a wheel that was built. Throws `invalid-wheel`, `invalid-filename`. */
export async function wheelMetadata(path: string, filename: string): Promise<string> {
  const wheel = parseWheelFilename(filename);
  await using reader = await fileReader(path);
  return await wheelMetadataText(reader, {
    kind: "wheel",
    filename,
    name: wheel.name,
    version: wheel.version,
    wheel,
    url: "",
    hashes: {},
    yanked: false,
  });
}
