import { PosyError } from "../../errors/posy-error.ts";
import { compareBuildTags, type PybiFilename } from "../../vocab/filenames/index.ts";
import { parsePybiFile, parsePybiMetadata } from "../../vocab/metadata/index.ts";

/** The files METADATA and PYBI of a pybi (PEP 711). */
export interface PybiTexts {
  readonly metadata: string;
  readonly pybi: string;
}

/** Throws `invalid-pybi` if a pybi's file name, by which it was chosen, contradicts its metadata. */
export function checkPybiFilename(texts: PybiTexts, file: PybiFilename): void {
  const { name, version } = parsePybiMetadata(texts.metadata);
  if (name !== file.name || version.key !== file.version.key) {
    throw differs(file, `its METADATA is for \`${name} ${version.text}\``);
  }
  const { tags, build } = parsePybiFile(texts.pybi);
  if ([...tags].sort().join(".") !== [...file.platformTags].sort().join(".")) {
    throw differs(file, `its PYBI is for \`${tags.join(".")}\``);
  }
  if (compareBuildTags(build, file.build) !== 0) {
    throw differs(file, `its PYBI is for build \`${build?.text ?? ""}\``);
  }
}

function differs({ filename }: PybiFilename, why: string): PosyError {
  return new PosyError("invalid-pybi", `\`${filename}\` contradicts its file name: ${why}`, {
    hint: "give the file the name that its metadata have, or choose another pybi",
  });
}
