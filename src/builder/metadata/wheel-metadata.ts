import { wheelMetadataText } from "../../packages/index.ts";
import { fileReader } from "../../system/archives/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";

/** Returns the text of the METADATA of a built wheel. Throws `invalid-wheel`, `invalid-filename`. */
export async function wheelMetadata(path: string, filename: string): Promise<string> {
  const { name } = parseWheelFilename(filename);
  await using reader = await fileReader(path);
  return await wheelMetadataText(reader, { filename, name });
}
