import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  formatRequirement,
  type PackageName,
  parsePackageName,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { anyVersion } from "../../vocab/version/index.ts";
import {
  type LineOption,
  logicalLines,
  parseLine,
  parseProject,
  parseTypedRequirement,
  type SourceFields,
  withoutEgg,
} from "../../project/index.ts";
import { readNamedText } from "../../system/fs/index.ts";

/** The contents of a requirements file, as they go into a `pyproject.toml`. */
export interface TakenRequirements {
  /** Requirements (PEP 508), in the order written, each once. */
  readonly requirements: readonly string[];
  /** Sources of the packages that are given by a folder. */
  readonly sources: ReadonlyMap<PackageName, SourceFields>;
  /** Absolute paths of the files that it names with `-r`. */
  readonly includes: readonly string[];
  /** Absolute paths of the files that it names with `-c`. */
  readonly constraints: readonly string[];
  readonly indexes: readonly TakenIndex[];
  /** True if it has `--pre`. */
  readonly prerelease: boolean;
  /** A sentence, with file and line, for each line that `pyproject.toml` cannot express. */
  readonly left: readonly string[];
}

export interface TakenIndex {
  readonly url: string;
  readonly default: boolean;
}

/** The location of a requirements file. */
interface FileLocation {
  /** Its path for messages. */
  readonly file: string;
  /** The absolute folder that its relative paths start from. */
  readonly home: string;
  /** The absolute folder of the project. */
  readonly project: string;
}

/**
 * Reads a requirements file to move its contents into a `pyproject.toml`. Variables (`${NAME}`) are not replaced.
 * Throws `invalid-requirements-file` with the line.
 */
export async function takeRequirements(
  text: string,
  { file, home, project }: FileLocation,
): Promise<TakenRequirements> {
  const requirements = new Set<string>();
  const sources = new Map<PackageName, SourceFields>();
  const includes: string[] = [];
  const constraints: string[] = [];
  const indexes: TakenIndex[] = [];
  const left: string[] = [];
  let prerelease = false;
  for (const line of logicalLines(text, {})) {
    const leave = (why: string) => left.push(`${file}:${line.number}: ${quote(line.text)} ${why}`);
    const take = async (written: string, editable: boolean) => {
      const typed = parseTypedRequirement(written, home, editable);
      const url = typed.kind === "source" ? typed.source.url : (typed.requirement.url ?? "");
      if (url.startsWith("file:") && pathOf(url) === project) {
        leave("is the project itself, which is always there");
        return;
      }
      const requirement =
        typed.kind === "requirement" ? typed.requirement : await requirementOfFolder(typed.source);
      if (requirement === undefined) {
        leave("is left: a name is needed, as in `name @ URL`");
      } else if (requirement.url?.startsWith("file:")) {
        const path = relative(project, pathOf(requirement.url)).replaceAll("\\", "/");
        sources.set(requirement.name, { path, ...(editable && { editable: true }) });
        const { url: _, ...bare } = requirement;
        requirements.add(formatRequirement(bare));
      } else if (requirement.url === undefined) requirements.add(requirement.text);
      else requirements.add(formatRequirement({ ...requirement, url: withoutEgg(requirement.url) }));
    };
    try {
      const parsed = parseLine(line.text);
      if (parsed.requirement !== "") await take(parsed.requirement, false);
      for (const option of parsed.options) {
        if (option.name === "--editable") await take(option.value, true);
        else takeOption(option, leave);
      }
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      throw new PosyError("invalid-requirements-file", `${file}:${line.number}: ${error.message}`, {
        hint: error.hint,
        cause: error,
        span: error.span,
      });
    }
  }
  return { requirements: [...requirements], sources, includes, constraints, indexes, prerelease, left };

  function takeOption({ name, value }: LineOption, leave: (why: string) => void): void {
    switch (name) {
      case "--requirement":
        includes.push(resolve(home, value));
        return;
      case "--constraint":
        constraints.push(resolve(home, value));
        return;
      case "--pre":
        prerelease = true;
        return;
      case "--index-url":
      case "--extra-index-url":
        if (/:\/\/[^/]*@/.test(value)) leave("is left: it has a password, which belongs in `~/.netrc`");
        else indexes.push({ url: value, default: name === "--index-url" });
        return;
      // The lock has every hash.
      case "--hash":
        return;
      default:
        leave("is left: only pip has this option");
    }
  }
}

function pathOf(url: string): string {
  return fileURLToPath(url.replace(/#.*$/s, "")).replace(/(?<=.)[\\/]$/, "");
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
