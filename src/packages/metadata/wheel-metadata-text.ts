import { PosyError } from "../../errors/posy-error.ts";
import { type ByteReader, openZip } from "../../system/archives/index.ts";
import { isDistInfoOf } from "../../vocab/filenames/index.ts";
import type { WheelArtifact } from "../../model/index.ts";

/** No real METADATA is nearly this large. */
const largestMetadata = 32 << 20;

/** Returns the text of `*.dist-info/METADATA` in a wheel. Throws `invalid-archive`, `invalid-wheel`. */
export async function wheelMetadataText(
  reader: ByteReader,
  { filename, name }: Pick<WheelArtifact, "filename" | "name">,
): Promise<string> {
  const zip = await openZip(reader, { label: filename, only: "METADATA" });
  const entries = zip.entries.filter((entry) => {
    const [folder = "", member, ...deeper] = entry.path.split("/");
    return member === "METADATA" && deeper.length === 0 && isDistInfoOf(folder, name);
  });
  const [entry, ...others] = entries;
  if (!entry || others.length > 0) {
    const count = entry ? "more than one" : "no";
    throw new PosyError("invalid-wheel", `\`${filename}\` has ${count} \`METADATA\` of \`${name}\``, {
      hint: "the wheel is broken: another version may work",
    });
  }
  return new TextDecoder().decode(await zip.read(entry, largestMetadata));
}
