import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { BriefRequirement } from "../../blueprint/brief.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { parseHashOption } from "../../vocab/hash.ts";
import { decodeText } from "./decode-text.ts";
import { parseTypedRequirement } from "./direct-requirement.ts";
import { type LogicalLine, logicalLines } from "./logical-lines.ts";
import { type LineOption, type ParsedLine, parseLine } from "./parse-line.ts";
import type { RequirementsFile } from "./requirements-file.ts";

/** What reading needs of the world. */
export interface RequirementsReader {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The bytes of a file by its absolute path, or of the standard input for `-`. Throws `PosyError`. */
  read(path: string): Promise<Uint8Array>;
}

interface Gathered {
  requirements: BriefRequirement[];
  constraints: BriefRequirement[];
  indexUrl?: string;
  extraIndexUrls: string[];
  findLinks: string[];
  trustedHosts: string[];
  noIndex: boolean;
  prerelease: boolean;
  requireHashes: boolean;
  warnings: string[];
}

/**
 * Reads files in pip's format (`-` is the standard input), and those that they name by `-r` and `-c`, which are seen
 * from the file's own folder. Throws `invalid-requirements-file` with file and line, `not-found`, …
 */
export async function readRequirementsFiles(
  requirements: readonly string[],
  constraints: readonly string[],
  reader: RequirementsReader,
): Promise<RequirementsFile> {
  const into: Gathered = {
    requirements: [],
    constraints: [],
    extraIndexUrls: [],
    findLinks: [],
    trustedHosts: [],
    noIndex: false,
    prerelease: false,
    requireHashes: false,
    warnings: [],
  };
  for (const file of requirements) await readFile(file, reader.cwd, false, [], into, reader);
  for (const file of constraints) await readFile(file, reader.cwd, true, [], into, reader);
  const { indexUrl, extraIndexUrls, findLinks, trustedHosts, noIndex, ...rest } = into;
  const index = { extraIndexUrls, findLinks, trustedHosts, noIndex, ...(indexUrl && { indexUrl }) };
  const requireHashes = rest.requireHashes || rest.requirements.some(({ hashes }) => hashes !== undefined);
  return { ...rest, index, requireHashes };
}

/** `above` are the files that led here: one that leads to itself again is named with the whole way. */
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
      `\`${file}\` is a URL: requirements files are read from this disk only`,
      {
        hint: "fetch it first, and name the file",
      },
    );
  }
  const path = file === "-" ? "-" : resolve(folder, file.replace(/^file:\/\//, ""));
  if (above.includes(path)) {
    throw new PosyError(
      "invalid-requirements-file",
      `\`${file}\` leads to itself: ${[...above, path].join(" → ")}`,
      {
        hint: "take one of the `-r` or `-c` lines out",
      },
    );
  }
  const name = file === "-" ? "<stdin>" : displayName(path, reader.cwd);
  const text = decodeText(await reader.read(path), name);
  const home = path === "-" ? reader.cwd : dirname(path);
  for (const line of logicalLines(text, reader.environment)) {
    const origin = `${name}:${line.number}`;
    const parsed = at(origin, line, () => parseLine(line.text));
    if (parsed.requirement !== "") {
      const requirement = at(origin, line, () => readRequirement(parsed, origin, home, reader.cwd));
      (asConstraints ? into.constraints : into.requirements).push(requirement);
    }
    for (const option of parsed.options) {
      if (option.name === "--requirement" || option.name === "--constraint") {
        const constraints = asConstraints || option.name === "--constraint";
        await readFile(option.value, home, constraints, [...above, path], into, reader);
      } else at(origin, line, () => applyOption(option, home, reader.cwd, origin, into));
    }
  }
}

function displayName(path: string, cwd: string): string {
  return path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}

/** Says the file and the line of whatever is wrong there. */
function at<T>(origin: string, line: LogicalLine, work: () => T): T {
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

function readRequirement(line: ParsedLine, origin: string, home: string, cwd: string): BriefRequirement {
  const hashes: Record<string, string[]> = {};
  for (const { name, value } of line.options) {
    if (name !== "--hash") continue;
    const { algorithm, digest } = parseHashOption(value);
    (hashes[algorithm] ??= []).push(digest);
  }
  // pip sees a path from the current folder; beside the file is what people mean.
  const [location = ""] = line.requirement.split(/\[|\s*;/, 1);
  const folder = existsSync(resolve(home, location)) ? home : cwd;
  return {
    requirement: parseTypedRequirement(line.requirement, folder),
    origin,
    ...(Object.keys(hashes).length > 0 ? { hashes } : {}),
  };
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
    case "--editable":
      throw new PosyError(
        "invalid-requirements-file",
        "an editable requirement has to be built, which Posy can't do yet",
        {
          hint: "build a wheel of it and name that",
        },
      );
    case "--no-binary":
      if (value !== ":none:")
        into.warnings.push(`${origin}: \`${name}\` is passed over: Posy can't build from source yet`);
      return;
    case "--config-settings":
    case "--global-option":
    case "--use-feature":
      into.warnings.push(`${origin}: \`${name}\` is passed over: it is about building, or pip's own`);
      return;
    default:
    // `--only-binary`, `--prefer-binary`: wheels are all that is used anyway.
  }
}
