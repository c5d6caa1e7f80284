import { PosyError } from "../../errors/posy-error.ts";
import { type ByteReader, openZip } from "../../system/archives/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import type { WheelArtifact } from "../../model/index.ts";

/** No METADATA comes near this. */
const largestMetadata = 32 << 20;

/** The text of `*.dist-info/METADATA` in a wheel. Throws `invalid-archive`, `invalid-wheel`. */
export async function wheelMetadataText(reader: ByteReader, artifact: WheelArtifact): Promise<string> {
  const { filename, name } = artifact;
  const zip = await openZip(reader, { label: filename, only: "METADATA" });
  const entries = zip.entries.filter((entry) => {
    const [folder = "", member, ...deeper] = entry.path.split("/");
    if (member !== "METADATA" || deeper.length > 0 || !folder.endsWith(".dist-info")) return false;
    return normalizeName(folder.slice(0, folder.indexOf("-"))) === name;
  });
  const [entry, ...others] = entries;
  if (!entry || others.length > 0) {
    const found = entry ? "more than one" : "no";
    throw new PosyError("invalid-wheel", `\`${filename}\` has ${found} \`METADATA\` of \`${name}\``, {
      hint: "the wheel is broken: another version may do",
    });
  }
  return new TextDecoder().decode(await zip.read(entry, largestMetadata));
}
