import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { type PackageName, parsePackageName } from "../../vocab/name.ts";
import { formatRequirement } from "../../vocab/requirement.ts";
import { quote } from "../../vocab/quote.ts";
import { parseTypedRequirement } from "../requirements-file/direct-requirement.ts";
import { logicalLines } from "../requirements-file/logical-lines.ts";
import { type LineOption, parseLine } from "../requirements-file/parse-line.ts";
import type { SourceFields } from "../pyproject/edit-source.ts";

/** What a requirements file comes to in a `pyproject.toml`. */
export interface TakenRequirements {
  /** PEP 508, in the order written, each once. */
  readonly requirements: readonly string[];
  /** Of packages that are had by their folders. */
  readonly sources: ReadonlyMap<PackageName, SourceFields>;
  /** Files that it names by `-r` and `-c`, absolute. */
  readonly includes: readonly string[];
  readonly constraints: readonly string[];
  readonly indexes: readonly TakenIndex[];
  /** A sentence for each line that says something no `pyproject.toml` can: with the line's number. */
  readonly left: readonly string[];
}

export interface TakenIndex {
  readonly url: string;
  readonly default: boolean;
}

/** Reads a requirements file for good: variables stay as they are written. `home` is its folder. Throws `invalid-requirements-file` with the line. */
export function takeRequirements(
  text: string,
  { file, home, project }: { readonly file: string; readonly home: string; readonly project: string },
): TakenRequirements {
  const requirements = new Set<string>();
  const sources = new Map<PackageName, SourceFields>();
  const includes: string[] = [];
  const constraints: string[] = [];
  const indexes: TakenIndex[] = [];
  const left: string[] = [];
  for (const line of logicalLines(text, {})) {
    const leave = (why: string) => left.push(`${file}:${line.number}: ${quote(line.text)} ${why}`);
    const take = (written: string, editable: boolean) => {
      const typed = parseTypedRequirement(written, home, editable);
      if (typed.kind === "source") {
        const isSelf = typed.source.url.startsWith("file:") && pathOf(typed.source.url) === project;
        leave(
          isSelf
            ? "is the project itself, which is always there"
            : "is left: a name is needed, as in `name @ URL`",
        );
        return;
      }
      const { requirement } = typed;
      if (requirement.url?.startsWith("file:")) {
        const path = relative(project, pathOf(requirement.url)).replaceAll("\\", "/");
        sources.set(requirement.name, { path: path || ".", ...(editable && { editable: true }) });
        const { url: _, ...bare } = requirement;
        requirements.add(formatRequirement(bare));
      } else
        requirements.add(requirement.url === undefined ? requirement.text : formatRequirement(requirement));
    };
    try {
      const parsed = parseLine(line.text);
      if (parsed.requirement !== "") take(parsed.requirement, false);
      for (const option of parsed.options) takeOption(option, take, leave);
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      throw new PosyError("invalid-requirements-file", `${file}:${line.number}: ${error.message}`, {
        hint: error.hint,
        cause: error,
        span: error.span,
      });
    }
  }
  return { requirements: [...requirements], sources, includes, constraints, indexes, left };

  function takeOption(
    { name, value }: LineOption,
    take: (written: string, editable: boolean) => void,
    leave: (why: string) => void,
  ): void {
    switch (name) {
      case "--requirement":
        includes.push(resolve(home, value));
        return;
      case "--constraint":
        constraints.push(resolve(home, value));
        return;
      case "--editable":
        take(value, true);
        return;
      case "--index-url":
      case "--extra-index-url":
        if (/:\/\/[^/]*@/.test(value)) leave("is left: it has a password, which belongs into `~/.netrc`");
        else indexes.push({ url: value, default: name === "--index-url" });
        return;
      // The lock has every hash.
      case "--hash":
        return;
      default:
        leave("is left: it is pip's own");
    }
  }
}

function pathOf(url: string): string {
  return fileURLToPath(url.replace(/#.*$/s, "")).replace(/(?<=.)[\\/]$/, "");
}

/** The folder's name as a project can have it. Throws `invalid-name`. */
export function nameFor(folder: string): PackageName {
  return parsePackageName(folder.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, ""));
}
