import { PosyError } from "../../../errors/posy-error.ts";
import { compareBuildTags, type PybiFilename } from "../../../vocab/filenames/index.ts";
import {
  parseHeaders,
  parsePybiFile,
  parsePybiMetadata,
  type PybiMetadata,
  unfold,
} from "../../../vocab/metadata/index.ts";
import { markerVariables } from "../../../vocab/requirement/index.ts";
import { quote } from "../../../text/index.ts";
import { describeInterpreter, platformsOfTags } from "../../compatibility/index.ts";
import { type Finding, finding, type Rule } from "./rules.ts";

const forbidden = ["Requires-Dist", "Provides-Extra", "Requires-Python"];

/** The rule for an error about METADATA, by a part of the error's message. */
const fields: readonly (readonly [string, Rule])[] = [
  ["is forbidden", "metadata-forbidden"],
  ["Pybi-Environment-Marker-Variables", "markers"],
  ["Pybi-Paths", "paths"],
  ["Pybi-Wheel-Tag", "wheel-tags"],
];

/** Checks METADATA against PEP 711 and the file name. Returns the parsed metadata, too, if they can be parsed. */
export function checkMetadata(
  text: string,
  name: PybiFilename | undefined,
): { readonly metadata: PybiMetadata | undefined; readonly findings: readonly Finding[] } {
  const path = "pybi-info/METADATA";
  const headers = parseHeaders(text);
  const findings = forbidden
    .filter((field) => headers.all(field).length > 0)
    .map((field) => finding("metadata-forbidden", `\`${field}\` is forbidden in a pybi`, path));
  const version = unfold(headers.get("Metadata-Version") ?? "");
  if (!/^2\.([2-9]|\d\d)$/.test(version)) {
    findings.push(
      finding("metadata-version", `\`Metadata-Version\` is ${quote(version)}, not 2.2 or newer`, path),
    );
  }
  let metadata: PybiMetadata | undefined;
  try {
    metadata = parsePybiMetadata(text);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const { message } = error;
    const rule = fields.find(([part]) => message.includes(part))?.[1] ?? "metadata";
    if (rule !== "metadata-forbidden") findings.push(finding(rule, message, path));
    return { metadata, findings };
  }
  if (name !== undefined && (metadata.name !== name.name || metadata.version.key !== name.version.key)) {
    const described = `${metadata.name} ${metadata.version.text}`;
    findings.push(
      finding("name-differs", `METADATA is for \`${described}\`, but the file name is not`, path),
    );
  }
  findings.push(
    ...checkMarkers(metadata, name, unfold(headers.get("Pybi-Environment-Marker-Variables") ?? "")),
  );
  return { metadata, findings };
}

function checkMarkers(
  metadata: PybiMetadata,
  name: PybiFilename | undefined,
  text: string,
): readonly Finding[] {
  const universal = name?.platformTags.some((tag) => tag.endsWith("_universal2")) ?? false;
  const open = new Set<string>([
    "platform_release",
    "platform_version",
    ...(universal ? ["platform_machine"] : []),
  ]);
  const path = "pybi-info/METADATA";
  const given = Object.keys(JSON.parse(text) as object);
  const findings = given.flatMap((variable) =>
    open.has(variable)
      ? [finding("markers", `\`${variable}\` is not the same on every machine`, path)]
      : (markerVariables as readonly string[]).includes(variable)
        ? []
        : [finding("markers-open", `${quote(variable)} is not a variable of PEP 508`, path)],
  );
  const missing = markerVariables.filter((variable) => !open.has(variable) && !given.includes(variable));
  if (missing.length > 0) {
    findings.push(finding("markers-open", `the marker variables lack ${missing.join(", ")}`, path));
  }
  return [...findings, ...checkUsual(metadata, name, path)];
}

/**
 * Compares with the usual metadata of a CPython, which follow from version and platform. Differences may be mistakes.
 */
function checkUsual(
  metadata: PybiMetadata,
  name: PybiFilename | undefined,
  path: string,
): readonly Finding[] {
  const { markers, wheelTags } = metadata;
  const [platform] = platformsOfTags(name?.platformTags ?? []);
  if (platform === undefined || markers.implementation_name !== "cpython") return [];
  const freeThreaded = wheelTags.some((tag) => /^cp\d+-cp\d+t-/.test(tag));
  const usual = describeInterpreter(metadata.version, platform, { freeThreaded });
  const findings = markerVariables
    .filter((variable) => markers[variable] !== undefined && markers[variable] !== usual.markers[variable])
    .map((variable) => {
      const difference = `\`${variable}\` is ${quote(markers[variable] ?? "")}, not ${quote(usual.markers[variable] ?? "")}`;
      return finding("unusual-metadata", `${difference} as in other builds of this version`, path);
    });
  if (wheelTags.join() !== usual.wheelTags.join()) {
    findings.push(
      finding("unusual-metadata", "the wheel tags are not those of other builds of this version", path),
    );
  }
  return findings;
}

/** Checks PYBI against PEP 711 and the file name. */
export function checkPybiFile(text: string, name: PybiFilename | undefined): readonly Finding[] {
  const path = "pybi-info/PYBI";
  try {
    const { tags, build } = parsePybiFile(text);
    const findings: Finding[] = [];
    if (tags.length === 0) findings.push(finding("pybi", "pybi-info/PYBI: there is no `Tag`", path));
    if (name === undefined) return findings;
    if ([...tags].sort().join(".") !== [...name.platformTags].sort().join(".")) {
      const listed = quote(tags.join("."));
      findings.push(finding("tag-differs", `\`Tag\` is ${listed}, but the file name has other tags`, path));
    }
    if (compareBuildTags(build, name.build) !== 0) {
      findings.push(finding("build-differs", "`Build` and the file's name disagree", path));
    }
    return findings;
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    return [finding("pybi", error.message, path)];
  }
}
