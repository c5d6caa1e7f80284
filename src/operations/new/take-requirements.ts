import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { localPath } from "../../packages/index.ts";
import {
  formatRequirement,
  type PackageName,
  parsePackageName,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import { replaceProjectRoot, withoutCredentials } from "../../vocab/urls/index.ts";
import { quote } from "../../text/index.ts";
import { anyVersion } from "../../vocab/version/index.ts";
import {
  type LineOption,
  logicalLines,
  parseLine,
  parseProject,
  parseTypedRequirement,
  requirementFolder,
  type SourceFields,
  sourceFieldsOf,
  withoutEgg,
} from "../../project/index.ts";
import { readNamedText } from "../../system/fs/index.ts";

/** The contents of a requirements file, as they go into a `pyproject.toml`. */
export interface TakenRequirements {
  /** The requirements, in the order written. */
  readonly requirements: readonly TakenRequirement[];
  /** The files that it names with `-r`. */
  readonly includes: readonly IncludedFile[];
  /** The files that it names with `-c`. */
  readonly constraints: readonly IncludedFile[];
  readonly indexes: readonly TakenIndex[];
  /** True if it has `--pre`. */
  readonly prerelease: boolean;
  /** Values of `--no-binary` and `--only-binary`. */
  readonly noBinary: readonly string[];
  readonly onlyBinary: readonly string[];
  /** A sentence, with file and line, for each line that was not added, or was changed. */
  readonly left: readonly string[];
}

/** A requirement of a list in `pyproject.toml`. */
export interface TakenRequirement {
  readonly name: PackageName;
  /** The requirement (PEP 508), without a URL if it has a source. */
  readonly text: string;
  /** The source of a package that has a path or a URL. */
  readonly source?: SourceFields;
  /** The requirement with its URL. It needs no source in a list that may have URLs. */
  readonly textWithUrl?: string;
  /** True if it asks for extras. */
  readonly hasExtras: boolean;
  /** A sentence that says that the line was not added, up to the reason. */
  readonly leave: (reason: string) => string;
}

/** A file that a requirements file names with `-r` or `-c`. */
export interface IncludedFile {
  /** The absolute path, or a URL. */
  readonly path: string;
  /** A sentence that says that the line was not added, up to the reason. */
  readonly leave: (reason: string) => string;
}

export interface TakenIndex {
  readonly url: string;
  readonly default: boolean;
}

/** The location of a requirements file. */
export interface FileLocation {
  /** Its path for messages. */
  readonly file: string;
  /** The absolute folder of the file. */
  readonly home: string;
  /** The absolute folder of the project. */
  readonly project: string;
}

/**
 * Reads a requirements file to move its contents into a `pyproject.toml`. Variables (`${NAME}`) are not replaced. A
 * line that cannot be added is left out, with a sentence in `left`.
 */
export async function takeRequirements(
  text: string,
  { file, home, project }: FileLocation,
): Promise<TakenRequirements> {
  const requirements = new Map<string, TakenRequirement>();
  const includes: IncludedFile[] = [];
  const constraints: IncludedFile[] = [];
  const indexes: TakenIndex[] = [];
  const noBinary: string[] = [];
  const onlyBinary: string[] = [];
  const left: string[] = [];
  let prerelease = false;
  for (const line of logicalLines(text, {})) {
    const position = `${file}:${line.number}: ${quote(safeLine(line.text))}`;
    const leaving = (reason: string) => `${position} is left: ${reason}`;
    const leave = (reason: string) => left.push(leaving(reason));
    const take = async (text: string, isEditable: boolean) => {
      const written = replaceProjectRoot(text, pathToFileURL(project).href);
      const isRepository = /^([\w.-]+\s*(\[[^\]]*\])?\s*@\s*)?(git|hg|svn|bzr)\+/i.test(written.trim());
      const editable = isEditable && !isRepository;
      const typed = parseTypedRequirement(written, requirementFolder(written, project, home), editable);
      const url = typed.kind === "source" ? typed.source.url : (typed.requirement.url ?? "");
      if (withoutCredentials(url) !== url) {
        leave("it has a password, which belongs in git's credential helper or in `~/.netrc`");
        return;
      }
      if (/\$\{[A-Z0-9_]+\}|\$%7B[A-Z0-9_]+%7D/i.test(url)) {
        leave("it has a variable, and `pyproject.toml` has none");
        return;
      }
      if (url.startsWith("file:") && pathOf(url) === project) {
        const extras = typed.kind === "source" ? typed.source.extras : typed.requirement.extras;
        if (extras.length === 0) left.push(`${position} is the project itself, which is always there`);
        else {
          const list = extras.map((extra) => `"${extra}"`).join(", ");
          leave(
            `the project is always there; \`extras = [${list}]\` in \`[tool.posy.envs.default]\` adds its extras`,
          );
        }
        return;
      }
      const requirement =
        typed.kind === "requirement" ? typed.requirement : await requirementOfFolder(typed.source);
      if (requirement === undefined) {
        const isMissing = url.startsWith("file:") && !existsSync(pathOf(url));
        leave(isMissing ? "there is no such file or folder" : "a name is needed, as in `name @ URL`");
        return;
      }
      if (isEditable && isRepository) {
        left.push(`${position} is added without \`-e\`: only a folder can be editable`);
      }
      const taken = takenRequirement(requirement, project, leaving);
      if (!requirements.has(taken.textWithUrl ?? taken.text)) {
        requirements.set(taken.textWithUrl ?? taken.text, taken);
      }
    };
    const takeOption = ({ name, value }: LineOption): void => {
      const included = { path: isUrl(value) ? value : resolve(home, value), leave: leaving };
      switch (name) {
        case "--requirement":
          includes.push(included);
          return;
        case "--constraint":
          constraints.push(included);
          return;
        case "--pre":
          prerelease = true;
          return;
        case "--no-binary":
          noBinary.push(value);
          return;
        case "--only-binary":
          onlyBinary.push(value);
          return;
        case "--index-url":
        case "--extra-index-url":
          if (/:\/\/[^/]*@/.test(value)) leave("it has a password, which belongs in `~/.netrc`");
          else indexes.push({ url: value, default: name === "--index-url" });
          return;
        case "--find-links":
          leave(
            "`[tool.posy]` has no such key; `find-links` of `[tool.uv]` and `PIP_FIND_LINKS` have an effect",
          );
          return;
        // The lock has every hash.
        case "--hash":
        case "--require-hashes":
          return;
        default:
          leave(`\`${name}\` is an option of pip, and \`pyproject.toml\` cannot have it`);
      }
    };
    try {
      const parsed = parseLine(line.text);
      if (parsed.requirement !== "") await take(parsed.requirement, false);
      for (const option of parsed.options) {
        if (option.name === "--editable") await take(option.value, true);
        else takeOption(option);
      }
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      leave(error.hint === undefined ? error.message : `${error.message} (${error.hint})`);
    }
  }
  return {
    requirements: [...requirements.values()],
    includes,
    constraints,
    indexes,
    prerelease,
    noBinary,
    onlyBinary,
    left,
  };
}

function takenRequirement(
  requirement: Requirement,
  project: string,
  leave: TakenRequirement["leave"],
): TakenRequirement {
  const { url, ...bare } = requirement;
  const common = { name: requirement.name, hasExtras: requirement.extras.length > 0, leave };
  if (url === undefined) return { ...common, text: requirement.text };
  const withSource = {
    ...common,
    text: formatRequirement(bare),
    source: sourceFieldsOf({ url, absolute: false }, project),
  };
  if (url.startsWith("file:")) return withSource;
  return { ...withSource, textWithUrl: formatRequirement({ ...requirement, url: withoutEgg(url) }) };
}

function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/** Removes credentials of URLs from a line, so that a message can show it. */
function safeLine(line: string): string {
  return line.replace(/([a-z][a-z0-9+.-]*:\/\/)(?!git@)[^/?#\s]*@/gi, "$1");
}

function pathOf(url: string): string {
  return (localPath(url) ?? "").replace(/(?<=.)[\\/]$/, "");
}

/** Returns a folder as a requirement with the name in its `pyproject.toml`; undefined if there is no name. */
async function requirementOfFolder(
  source: Omit<SourceRequirement, "origin">,
): Promise<Requirement | undefined> {
  if (!source.url.startsWith("file:")) return undefined;
  const path = join(pathOf(source.url), "pyproject.toml");
  const text = await readNamedText(path).catch(() => "");
  const { name } = await parseProject(text, path).catch(() => ({ name: undefined }));
  const { url, extras, marker } = source;
  return name && { name, extras, specifier: anyVersion, url, text: name, ...(marker && { marker }) };
}

/** Returns the name of a folder as a valid name of a project. Throws `invalid-name`. */
export function nameFor(folder: string): PackageName {
  return parsePackageName(folder.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, ""));
}
