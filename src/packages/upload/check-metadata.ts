import { PosyError } from "../../errors/posy-error.ts";
import { formatList, quote } from "../../text/index.ts";
import { type CoreMetadata, unfold } from "../../vocab/metadata/index.ts";
import { parseRequirement } from "../../vocab/requirement/index.ts";
import { parseSpecifierSet } from "../../vocab/version/index.ts";

/** The versions of core metadata whose fields Posy can send. */
const versions = ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5"];

/** The content types of a description (core metadata, `Description-Content-Type`). */
const contentTypes = ["text/plain", "text/x-rst", "text/markdown"];
const markdownVariants = ["GFM", "CommonMark"];

/** The longest summary that the public index takes. */
const longestSummary = 512;

/** Whether a path of an archive is the `PKG-INFO` of a source distribution. */
export function isPkgInfo(path: string): boolean {
  return /^[^/]+\/PKG-INFO$/.test(path);
}

/**
 * Checks the metadata of a file as an index and `twine check` do, except that no README is rendered. Returns warnings.
 * Throws `invalid-metadata`, and `private-package` if a classifier forbids to upload the file.
 */
export function checkUploadMetadata(metadata: CoreMetadata): readonly string[] {
  refusePrivate(metadata);
  const { metadataVersion } = metadata;
  if (!versions.includes(metadataVersion)) {
    throw invalid(`Posy does not know \`Metadata-Version: ${metadataVersion}\``, "a newer Posy may know it");
  }
  const [problem] = metadata.warnings;
  if (problem !== undefined) throw invalid(problem);
  // Installers read old requirements leniently. An index refuses them.
  for (const text of metadata.field("Requires-Dist")) parseRequirement(unfold(text));
  for (const text of metadata.field("Requires-Python")) parseSpecifierSet(unfold(text));
  checkLicense(metadata);
  for (const field of metadata.dynamic) {
    if (["metadata-version", "name", "version"].includes(field))
      throw invalid(`\`${field}\` can't be dynamic`);
  }
  return [...checkDescription(metadata), ...doubtsAbout(metadata)];
}

function refusePrivate(metadata: CoreMetadata): void {
  const classifier = metadata
    .field("Classifier")
    .map(unfold)
    .find((each) => /^private\s*::/i.test(each));
  if (classifier === undefined) return;
  throw new PosyError("private-package", `the classifier ${quote(classifier)} forbids to upload it`, {
    hint: "remove the classifier from the project and build it again, if it should be published",
  });
}

function checkLicense(metadata: CoreMetadata): void {
  const [expression] = metadata.field("License-Expression");
  const { metadataVersion } = metadata;
  if (expression === undefined) return;
  if (["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3"].includes(metadataVersion)) {
    throw invalid(`\`License-Expression\` needs metadata 2.4, and the file says ${metadataVersion}`);
  }
  if (metadata.field("License").length > 0)
    throw invalid("`License` and `License-Expression` exclude each other");
}

function checkDescription(metadata: CoreMetadata): readonly string[] {
  const text = metadata.description().trim();
  const isMissing = text === "" || text === "UNKNOWN";
  const [type] = metadata.field("Description-Content-Type");
  if (type !== undefined) checkContentType(unfold(type));
  if (isMissing) return ["it has no description: name a README in `[project] readme`"];
  return type === undefined
    ? ["its description has no content type, so indexes read it as reStructuredText"]
    : [];
}

function checkContentType(written: string): void {
  const { type, parameters } = parseContentType(written);
  if (!contentTypes.includes(type)) {
    throw invalid(
      `${quote(`Description-Content-Type: ${written}`)} is none that an index renders`,
      `an index renders ${formatList(contentTypes.map((each) => `\`${each}\``))}`,
    );
  }
  const charset = parameters.get("charset");
  if (charset !== undefined && charset.toUpperCase() !== "UTF-8") {
    throw invalid(`the charset of the description is ${quote(charset)}`, "it must be `UTF-8`");
  }
  const variant = parameters.get("variant");
  if (type === "text/markdown" && variant !== undefined && !markdownVariants.includes(variant)) {
    throw invalid(
      `${quote(variant)} is no variant of Markdown that an index renders`,
      "use `GFM` or `CommonMark`",
    );
  }
}

/** Parses `text/markdown; charset=UTF-8; variant=GFM` (RFC 2045, section 5.1). */
export function parseContentType(text: string) {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = "", value = ""] = part.split("=", 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")] as const;
    }),
  );
  return { type: type.toLowerCase(), parameters };
}

/** Returns what the public index refuses and other indexes may take. */
function doubtsAbout(metadata: CoreMetadata): readonly string[] {
  const { version, summary = "", requiresDist } = metadata;
  const direct = requiresDist.find(({ url }) => url !== undefined);
  const [firstSummary = ""] = metadata.field("Summary");
  return [
    ...(version.local === undefined
      ? []
      : [`its version \`${version.text}\` is local: the public index refuses it`]),
    ...(direct === undefined
      ? []
      : [`it requires \`${direct.name}\` from a URL: the public index refuses that`]),
    ...(firstSummary.includes("\n") ? ["its summary has several lines: the public index refuses that"] : []),
    ...(summary.length > longestSummary
      ? [`its summary has more than ${longestSummary} characters: the public index refuses that`]
      : []),
  ];
}

function invalid(message: string, hint = "correct the project and build it again"): PosyError {
  return new PosyError("invalid-metadata", message, { hint });
}
