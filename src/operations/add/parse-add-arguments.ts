import { dirname, resolve } from "node:path";
import { makeBrief, type SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  decodeText,
  type LineOption,
  logicalLines,
  parseLine,
  parseTypedRequirement,
  refuseCredentials,
} from "../../project/index.ts";
import { parseSourceReference, withoutCredentials } from "../../vocab/urls/index.ts";
import { quote } from "../../text/index.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import { type OperationContext, warn } from "../../settings/index.ts";
import type { ProjectSession } from "../session/project-session.ts";

/** Options of `posy add` that apply to the requirements. */
export interface AddArgumentOptions {
  /** Add folders as editable. */
  readonly editable?: true | undefined;
  /** A branch of the git repository that is added. At most one of `branch`, `tag` and `rev` may be given. */
  readonly branch?: string | undefined;
  /** A tag of the git repository. */
  readonly tag?: string | undefined;
  /** A commit, a tag or a branch of the git repository. */
  readonly rev?: string | undefined;
  /** A marker (PEP 508) for all requirements that are added. */
  readonly marker?: string | undefined;
  /** Requirements files to add the requirements of; `-` is standard input. */
  readonly requirements?: readonly string[] | undefined;
}

/** A requirement to be written. */
export interface AddArgument {
  readonly requirement: Requirement;
  /** True if it was given by an absolute path. */
  readonly absolute: boolean;
}

interface Typed {
  readonly text: string;
  readonly editable: boolean;
  /** The absolute folder that relative paths start from. */
  readonly folder: string;
  /** The file and line: `requirements.txt:3`; empty for a command-line argument. */
  readonly origin: string;
}

/**
 * Reads the requirements to add, typed ones and those of requirements files. A package that is given only by a URL or
 * a folder gets its name from there. Throws `invalid-requirement`, `invalid-requirements-file`, `usage`, and the
 * errors of fetching or building a source.
 */
export async function parseAddArguments(
  texts: readonly string[],
  { editable, branch, tag, rev, marker, requirements = [] }: AddArgumentOptions,
  session: ProjectSession,
): Promise<readonly AddArgument[]> {
  const { cwd } = session.context;
  const typed = texts.map((text): Typed => ({ text, editable: editable ?? false, folder: cwd, origin: "" }));
  for (const file of requirements) typed.push(...(await readFile(resolve(cwd, file), file, [], session)));
  if (typed.length === 0) {
    throw new PosyError("usage", "there is nothing to add", {
      hint: "`posy add NAME…`, `posy add ./folder`, `posy add -r requirements.txt`",
    });
  }
  const revision = revisionOf({ branch, tag, rev });
  const read = typed.map((each) => atLine(each.origin, () => readTyped(each, revision, marker)));
  const unnamed = read.flatMap((each) => (each.kind === "source" ? [each.source] : []));
  const named = unnamed.length === 0 ? [] : await nameAll(unnamed, session);
  return read.map((each): AddArgument => {
    const { absolute } = each;
    if (each.kind === "requirement") return { requirement: each.requirement, absolute };
    const requirement = named[unnamed.indexOf(each.source)];
    if (requirement === undefined) throw new Error(`\`${each.source.url}\` was not named`);
    return { requirement, absolute };
  });
}

type ReadTyped = { readonly absolute: boolean } & (
  | { readonly kind: "requirement"; readonly requirement: Requirement }
  | { readonly kind: "source"; readonly source: SourceRequirement }
);

function readTyped(
  { text, editable, folder, origin }: Typed,
  revision: string | undefined,
  marker: string | undefined,
): ReadTyped {
  const whole = withMarker(text, marker);
  const read = parseTypedRequirement(whole, folder, editable);
  const absolute = /^(.*@\s*)?(file:|[\\/]|[a-z]:[\\/])/i.test(text.trim());
  if (read.kind === "source") {
    const url = withRevision(read.source.url, revision);
    // Checked before a server sees the URL.
    refuseCredentials(url);
    return { kind: "source", absolute, source: { ...read.source, url, origin: origin || text } };
  }
  const { requirement } = read;
  const url = requirement.url ?? (revision === undefined ? undefined : "");
  if (url === undefined) return { kind: "requirement", absolute, requirement };
  return { kind: "requirement", absolute, requirement: { ...requirement, url: withRevision(url, revision) } };
}

function withMarker(text: string, marker: string | undefined): string {
  if (marker === undefined) return text;
  // A `;` directly after a URL would be a part of the URL (PEP 508).
  const [, head = text, existing] = /^(.*?)(?:(?:(?<=[\])\w*])|\s);\s*(.*))?$/s.exec(text.trim()) ?? [];
  return existing === undefined || existing === ""
    ? `${head.trim()} ; ${marker}`
    : `${head.trim()} ; (${existing}) and (${marker})`;
}

function revisionOf(
  options: Readonly<Record<"branch" | "tag" | "rev", string | undefined>>,
): string | undefined {
  const [first, second] = Object.entries(options).filter(([, value]) => value !== undefined);
  if (second === undefined) return first?.[1];
  throw new PosyError("usage", `\`--${first?.[0]}\` and \`--${second[0]}\` can't be combined`, {
    hint: "name a branch, a tag or a commit",
  });
}

/**
 * Adds a revision to the URL of a git repository: `git+https://…#subdirectory=x` → `git+https://…@v1#subdirectory=x`.
 */
function withRevision(url: string, revision: string | undefined): string {
  if (revision === undefined) return url;
  const reference = url === "" ? undefined : parseSourceReference(url);
  if (reference?.kind !== "git") {
    throw new PosyError("usage", "`--branch`, `--tag` and `--rev` need a git repository", {
      hint: "write the package as `git+https://…`",
    });
  }
  if (reference.revision !== undefined) {
    throw new PosyError("usage", `\`@${reference.revision}\` and \`${revision}\` are both given`, {
      hint: "leave one of them out",
    });
  }
  const [location = "", fragment] = url.split("#", 2);
  const encoded = encodeURIComponent(revision).replaceAll("%2F", "/");
  return `${location.replace(/\/$/, "")}@${encoded}${fragment === undefined ? "" : `#${fragment}`}`;
}

/** Reads the requirements of a file and of the files that it includes with `-r`. Warns of options that only pip has. */
async function readFile(
  path: string,
  shown: string,
  above: readonly string[],
  session: ProjectSession,
): Promise<readonly Typed[]> {
  if (above.includes(path)) {
    throw new PosyError(
      "invalid-requirements-file",
      `\`${shown}\` includes itself: ${[...above, path].join(" → ")}`,
      {
        hint: "remove one of the `-r` lines",
      },
    );
  }
  const { context, inputs } = session;
  const text = decodeText(await inputs.read(shown === "-" ? "-" : path), shown);
  const folder = shown === "-" ? context.cwd : dirname(path);
  const found: Typed[] = [];
  // Variables (`${NAME}`) are not replaced: a value may be a secret, and holds only on this machine.
  for (const line of logicalLines(text, {})) {
    const origin = `${shown}:${line.number}`;
    const { requirement, options } = atLine(origin, () => parseLine(line.text));
    if (requirement !== "") found.push({ text: requirement, editable: false, folder, origin });
    for (const option of options) {
      if (option.name === "--editable") found.push({ text: option.value, editable: true, folder, origin });
      else if (option.name === "--requirement") {
        const more = resolve(folder, option.value);
        found.push(...(await readFile(more, option.value, [...above, path], session)));
      } else warnIgnored(option, origin, context);
    }
  }
  return found;
}

/** Adds the file and line to an error. */
function atLine<Value>(origin: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PosyError) || origin === "") throw error;
    const { hint, span } = error;
    throw new PosyError("invalid-requirements-file", `${origin}: ${error.message}`, {
      hint,
      cause: error,
      span,
    });
  }
}

function warnIgnored({ name, value }: LineOption, origin: string, context: OperationContext): void {
  // Hashes go into the lock anyway.
  if (name === "--hash") return;
  const written = value === "" ? name : `${name} ${withoutCredentials(value)}`;
  warn(context, `${origin}: ${quote(written)} is ignored: it is not a requirement`);
}

/** Reads the names of packages that are given by their URL or folder alone. */
async function nameAll(
  sources: readonly SourceRequirement[],
  session: ProjectSession,
): Promise<readonly Requirement[]> {
  const settings = await session.settings();
  const posy = await session.posy(settings);
  const { python, builds } = settings.locked;
  const { requirements } = await posy.named(makeBrief({ python, builds, sources }));
  return requirements.map(({ requirement }) => requirement);
}
