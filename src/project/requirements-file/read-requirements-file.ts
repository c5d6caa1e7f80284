import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BriefRequirement, SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "../../system/http/index.ts";
import { parseHashOption } from "../../vocab/hash.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { parseSourceReference, replaceProjectRoot } from "../../vocab/urls/index.ts";
import { decodeText } from "./decode-text.ts";
import { parseTypedRequirement } from "./direct-requirement.ts";
import { type LogicalLine, logicalLines } from "./logical-lines.ts";
import { type LineOption, type ParsedLine, parseLine } from "./parse-line.ts";
import { requirementFolder } from "./requirement-folder.ts";
import type { RequirementsFile } from "./requirements-file.ts";

/** How files are read, and the folder and variables that they are read with. */
export interface RequirementsReader {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Returns the bytes of the file at an absolute path, or of the standard input for `-`. Throws `PosyError`. */
  read(path: string): Promise<Uint8Array>;
}

/** The contents of the files that were read so far. */
interface Gathered {
  requirements: BriefRequirement[];
  constraints: BriefRequirement[];
  sources: SourceRequirement[];
  indexUrl?: string;
  extraIndexUrls: string[];
  findLinks: string[];
  trustedHosts: string[];
  noIndex: boolean;
  prerelease: boolean;
  requireHashes: boolean;
  noBinary: string[];
  onlyBinary: string[];
  settings: [name: PackageName, setting: string][];
  warnings: string[];
  /** The last `--index-url` of each file that was read, by option and path: `-r /project/requirements.txt`. */
  readonly read: Map<string, string | undefined>;
}

/**
 * Reads requirements files in pip's format (`-` is the standard input), and the files that they include with `-r` and
 * `-c`. Paths of included files start from the folder of the including file. Throws `invalid-requirements-file` with
 * file and line, `not-found`, …
 */
export async function readRequirementsFiles(
  requirements: readonly string[],
  constraints: readonly string[],
  reader: RequirementsReader,
): Promise<RequirementsFile> {
  const into: Gathered = {
    requirements: [],
    constraints: [],
    sources: [],
    extraIndexUrls: [],
    findLinks: [],
    trustedHosts: [],
    noIndex: false,
    prerelease: false,
    requireHashes: false,
    noBinary: [],
    onlyBinary: [],
    settings: [],
    warnings: [],
    read: new Map(),
  };
  for (const file of requirements) await readFile(file, reader.cwd, false, [], into, reader);
  for (const file of constraints) await readFile(file, reader.cwd, true, [], into, reader);
  const { indexUrl, extraIndexUrls, findLinks, trustedHosts, noIndex, read: _, ...others } = into;
  const { noBinary, onlyBinary, settings, ...rest } = others;
  const index = { extraIndexUrls, findLinks, trustedHosts, noIndex, ...(indexUrl && { indexUrl }) };
  const requireHashes =
    rest.requireHashes ||
    [...rest.requirements, ...rest.constraints].some(({ hashes }) => hashes !== undefined);
  return { ...rest, index, requireHashes, builds: { noBinary, onlyBinary, settings } };
}

/** Reads one file. `above` are the paths of the files that include it, outermost first; they show a cycle. */
async function readFile(
  file: string,
  folder: string,
  asConstraints: boolean,
  above: readonly string[],
  into: Gathered,
  reader: RequirementsReader,
): Promise<void> {
  if (/^https?:\/\//i.test(file)) {
    throw new PosyError(
      "invalid-requirements-file",
      `\`${file}\` is a URL: requirements files are read from this machine only`,
      {
        hint: "download it, and name the file",
      },
    );
  }
  const path = file === "-" ? "-" : resolve(folder, file.replace(/^file:\/\//, ""));
  if (above.includes(path)) {
    throw new PosyError(
      "invalid-requirements-file",
      `\`${file}\` includes itself: ${[...above, path].join(" → ")}`,
      {
        hint: "remove one of the `-r` or `-c` lines",
      },
    );
  }
  const key = `${asConstraints ? "-c" : "-r"} ${path}`;
  const { indexUrl } = into;
  if (into.read.has(key)) {
    // Reading it again adds nothing, but the last `--index-url` counts.
    const again = into.read.get(key) ?? indexUrl;
    if (again !== undefined) into.indexUrl = again;
    return;
  }
  delete into.indexUrl;
  await readLines(file, path, asConstraints, above, into, reader);
  into.read.set(key, into.indexUrl);
  if (into.indexUrl === undefined && indexUrl !== undefined) into.indexUrl = indexUrl;
}

async function readLines(
  file: string,
  path: string,
  asConstraints: boolean,
  above: readonly string[],
  into: Gathered,
  reader: RequirementsReader,
): Promise<void> {
  const name = file === "-" ? "<stdin>" : displayName(path, reader.cwd);
  const text = decodeText(await reader.read(path), name);
  const home = path === "-" ? reader.cwd : dirname(path);
  for (const line of logicalLines(text, reader.environment)) {
    const origin = `${name}:${line.number}`;
    const parsed = withPosition(origin, line, () => parseLine(line.text));
    const position = { origin, home, cwd: reader.cwd };
    if (parsed.requirement !== "") {
      withPosition(origin, line, () =>
        takeRequirement(parsed.requirement, false, parsed, asConstraints, position, into),
      );
    }
    for (const option of parsed.options) {
      if (option.name === "--requirement" || option.name === "--constraint") {
        const constraints = asConstraints || option.name === "--constraint";
        await readFile(option.value, home, constraints, [...above, path], into, reader);
      } else if (option.name === "--editable") {
        withPosition(origin, line, () =>
          takeRequirement(option.value, true, parsed, asConstraints, position, into),
        );
      } else withPosition(origin, line, () => applyOption(option, home, reader.cwd, origin, into));
    }
  }
}

function displayName(path: string, cwd: string): string {
  return path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}

/** Adds the file and the line to errors of `work`. */
function withPosition<T>(origin: string, line: LogicalLine, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const { hint, span } = error;
    throw new PosyError("invalid-requirements-file", `${origin}: ${error.message}`, {
      hint,
      cause: error,
      span: span ?? { text: line.text, start: 0, end: line.text.length },
    });
  }
}

/** The position of a line, and the folders that its relative paths may start from. */
interface LinePosition {
  readonly origin: string;
  readonly home: string;
  readonly cwd: string;
}

function takeRequirement(
  text: string,
  editable: boolean,
  line: ParsedLine,
  asConstraint: boolean,
  { origin, home, cwd }: LinePosition,
  into: Gathered,
): void {
  const hashes: Record<string, string[]> = {};
  for (const { name, value } of line.options) {
    if (name !== "--hash") continue;
    const { algorithm, digest } = parseHashOption(value);
    (hashes[algorithm] ??= []).push(digest);
  }
  const whole = replaceProjectRoot(text, pathToFileURL(cwd).href);
  const typed = parseTypedRequirement(whole, requirementFolder(whole, cwd, home), editable);
  if (asConstraint && (editable || typed.kind === "source")) {
    throw new PosyError(
      "invalid-requirements-file",
      `\`${safeUrl(text)}\` can't be a constraint: it has no name`,
      {
        hint: "write it as `name @ URL`, or as a requirement",
      },
    );
  }
  const settings = line.options.filter(({ name }) => name === "--config-settings");
  if (typed.kind === "source") {
    if (settings.length > 0) {
      throw new PosyError("invalid-requirements-file", "`--config-settings` needs the name of the package", {
        hint: "write the line as `name @ URL`",
      });
    }
    into.sources.push({ ...typed.source, url: withHash(typed.source.url, hashes), origin });
    return;
  }
  const { requirement } = typed;
  for (const { value } of settings) into.settings.push([requirement.name, value]);
  (asConstraint ? into.constraints : into.requirements).push({
    requirement,
    origin,
    ...(Object.keys(hashes).length > 0 ? { hashes } : {}),
  });
}

/** Adds the hash of `--hash` to a URL. A URL has one content, so several hashes of one kind are an error. */
function withHash(url: string, hashes: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(hashes).map(([algorithm, digests]) => {
    if (digests.length > 1) {
      throw new PosyError(
        "invalid-requirements-file",
        `\`${safeUrl(url)}\` has several hashes of the same kind`,
        {
          hint: "keep the right one",
        },
      );
    }
    return `${algorithm}=${digests[0]}`;
  });
  if (parts.length === 0) return url;
  if (parseSourceReference(url)?.kind !== "archive") {
    throw new PosyError("invalid-requirements-file", "a folder or a repository can't have a hash", {
      hint: "to pin a repository, write a commit after `@`",
    });
  }
  return `${url}${url.includes("#") ? "&" : "#"}${parts.join("&")}`;
}

function applyOption(
  { name, value }: LineOption,
  home: string,
  cwd: string,
  origin: string,
  into: Gathered,
): void {
  const location = () =>
    /^[a-z][a-z0-9+.-]+:/i.test(value)
      ? value
      : resolve(existsSync(resolve(home, value)) ? home : cwd, value);
  switch (name) {
    case "--index-url":
      into.indexUrl = location();
      return;
    case "--extra-index-url":
      into.extraIndexUrls.push(location());
      return;
    case "--find-links":
      into.findLinks.push(location());
      return;
    case "--trusted-host":
      into.trustedHosts.push(value);
      return;
    case "--no-index":
      into.noIndex = true;
      return;
    case "--pre":
      into.prerelease = true;
      return;
    case "--require-hashes":
      into.requireHashes = true;
      return;
    case "--no-binary":
      into.noBinary.push(value);
      return;
    case "--only-binary":
      into.onlyBinary.push(value);
      return;
    case "--prefer-binary":
    case "--global-option":
    case "--use-feature":
      into.warnings.push(`${origin}: \`${name}\` is ignored: only pip has this option`);
      return;
    default:
  }
}
