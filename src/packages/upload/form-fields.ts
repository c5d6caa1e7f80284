import { unfold } from "../../vocab/metadata/index.ts";
import type { Distribution } from "./distribution.ts";

/** A field of the upload form: name and value. A field may occur several times. */
export type FormField = readonly [name: string, value: string];

/**
 * Fields of core metadata 1.0 to 2.5 → their names in the form, in the order of the specification. They are those of
 * twine and of the index's own parser, which are not always the plural or the singular.
 */
const singleFields: Readonly<Record<string, string>> = {
  "Metadata-Version": "metadata_version",
  Summary: "summary",
  "Description-Content-Type": "description_content_type",
  "Home-page": "home_page",
  "Download-URL": "download_url",
  Author: "author",
  "Author-email": "author_email",
  Maintainer: "maintainer",
  "Maintainer-email": "maintainer_email",
  License: "license",
  "License-Expression": "license_expression",
};
const repeatedFields: Readonly<Record<string, string>> = {
  Dynamic: "dynamic",
  Platform: "platform",
  "Supported-Platform": "supported_platform",
  "License-File": "license_file",
  Classifier: "classifiers",
  Requires: "requires",
  Provides: "provides",
  Obsoletes: "obsoletes",
  "Requires-Dist": "requires_dist",
  "Provides-Dist": "provides_dist",
  "Obsoletes-Dist": "obsoletes_dist",
  "Requires-External": "requires_external",
  "Project-URL": "project_urls",
  "Provides-Extra": "provides_extra",
  "Import-Name": "import_names",
  "Import-Namespace": "import_namespaces",
};

/**
 * Returns the fields of the upload form (packaging.python.org, "Upload API"), all but the content of the file.
 * `digests` are hexadecimal, `attestations` JSON texts (PEP 740).
 */
export function formFields(
  { metadata, kind, pyversion }: Distribution,
  digests: { readonly sha256: string; readonly blake2b256?: string | undefined },
  attestations: readonly string[],
): readonly FormField[] {
  const [name = metadata.name] = metadata.field("Name").map(unfold);
  const fields: FormField[] = [
    [":action", "file_upload"],
    ["protocol_version", "1"],
    // As twine writes it. Some indexes compare it with the file name.
    ["name", name.replace(/[^A-Za-z0-9.]+/g, "-")],
    ["version", metadata.version.text],
    ["filetype", kind === "wheel" ? "bdist_wheel" : "sdist"],
    ["pyversion", pyversion],
    ["sha256_digest", digests.sha256],
    ...(digests.blake2b256 === undefined ? [] : [["blake2_256_digest", digests.blake2b256] as const]),
  ];
  for (const [field, formName] of Object.entries(singleFields)) {
    const [value] = metadata.field(field);
    if (value !== undefined) fields.push([formName, field === "License" ? value : unfold(value)]);
  }
  const description = metadata.description();
  if (description !== "") fields.push(["description", description]);
  const [keywords] = metadata.field("Keywords");
  if (keywords !== undefined) fields.push(["keywords", keywordsIn(unfold(keywords))]);
  // GitLab refuses a form without it.
  fields.push(["requires_python", unfold(metadata.field("Requires-Python")[0] ?? "")]);
  for (const [field, formName] of Object.entries(repeatedFields)) {
    // setuptools wrote it before metadata 2.4 had it, and indexes refuse it there.
    if (field === "License-File" && /^(1|2\.[0-3]$)/.test(metadata.metadataVersion)) continue;
    for (const value of metadata.field(field)) fields.push([formName, unfold(value)]);
  }
  if (attestations.length > 0) fields.push(["attestations", `[${attestations.join(",")}]`]);
  return fields;
}

function keywordsIn(text: string): string {
  return text
    .split(",")
    .map((keyword) => keyword.trim())
    .join(", ");
}
