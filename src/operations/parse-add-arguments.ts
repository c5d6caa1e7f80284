import { dirname, resolve } from "node:path";
import { makeBrief, type SourceRequirement } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import {
  decodeText,
  type LineOption,
  logicalLines,
  parseLine,
  parseTypedRequirement,
  refuseCredentials,
} from "../project/index.ts";
import { parseSourceReference, withoutCredentials } from "../vocab/urls/index.ts";
import { quote } from "../text/index.ts";
import type { Requirement } from "../vocab/requirement/index.ts";
import { type OperationContext, warn } from "../settings/index.ts";
import type { ProjectSession } from "./project-session.ts";

/** What `posy add` is told of requirements. */
export interface AddArgumentOptions {
  readonly editable?: true | undefined;
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly rev?: string | undefined;
  readonly marker?: string | undefined;
  readonly requirements?: readonly string[] | undefined;
}

/** A requirement to be written. */
export interface AddArgument {
  readonly requirement: Requirement;
  /** Its place was written as an absolute path. */
  readonly absolute: boolean;
}

interface Typed {
  readonly text: string;
  readonly editable: boolean;
  /** Relative paths are seen from here. */
  readonly folder: string;
  /** `requirements.txt:3`, or nothing for what was typed. */
  readonly origin: string;
}

/**
 * Reads what is to be added: what was typed, what requirements files have, and the names of what is named by its place
 * alone. Throws `invalid-requirement`, `invalid-requirements-file`, `usage`, and whatever looking at a place throws.
 */
export async function parseAddArguments(
  texts: readonly string[],
  { editable, branch, tag, rev, marker, requirements = [] }: AddArgumentOptions,
  session: ProjectSession,
): Promise<readonly AddArgument[]> {
  const { cwd } = session.context;
  const typed = texts.map((text): Typed => ({ text, editable: editable ?? false, folder: cwd, origin: "" }));
  for (const file of requirements) typed.push(...(await linesOf(resolve(cwd, file), file, [], session)));
  if (typed.length === 0) {
    throw new PosyError("usage", "nothing is said to be added", {
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
    // Before anybody is asked with it.
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
  // A `;` right behind a URL would be a part of it.
  const [, head = text, own] = /^(.*?)(?:(?:(?<=[\])\w*])|\s);\s*(.*))?$/s.exec(text.trim()) ?? [];
  return own === undefined || own === ""
    ? `${head.trim()} ; ${marker}`
    : `${head.trim()} ; (${own}) and (${marker})`;
}

function revisionOf(
  said: Readonly<Record<"branch" | "tag" | "rev", string | undefined>>,
): string | undefined {
  const [first, second] = Object.entries(said).filter(([, value]) => value !== undefined);
  if (second === undefined) return first?.[1];
  throw new PosyError("usage", `\`--${first?.[0]}\` and \`--${second[0]}\` can't both be said`, {
    hint: "a branch, a tag or a commit: one of them names what is meant",
  });
}

/** `git+https://…#subdirectory=x` → `git+https://…@v1#subdirectory=x`. */
function withRevision(url: string, revision: string | undefined): string {
  if (revision === undefined) return url;
  const reference = url === "" ? undefined : parseSourceReference(url);
  if (reference?.kind !== "git") {
    throw new PosyError(
      "usage",
      "a branch, a tag or a commit is of a repository, and what is to be added is none",
      {
        hint: "write it as `git+https://…`",
      },
    );
  }
  if (reference.revision !== undefined) {
    throw new PosyError("usage", `\`@${reference.revision}\` and \`${revision}\` are both said`, {
      hint: "leave one of them out",
    });
  }
  const [location = "", fragment] = url.split("#", 2);
  const encoded = encodeURIComponent(revision).replaceAll("%2F", "/");
  return `${location.replace(/\/$/, "")}@${encoded}${fragment === undefined ? "" : `#${fragment}`}`;
}

/** The requirements of a file and of those that it names by `-r`; what only pip can do is told. */
async function linesOf(
  path: string,
  shown: string,
  above: readonly string[],
  session: ProjectSession,
): Promise<readonly Typed[]> {
  if (above.includes(path)) {
    throw new PosyError(
      "invalid-requirements-file",
      `\`${shown}\` leads to itself: ${[...above, path].join(" → ")}`,
      {
        hint: "take one of the `-r` lines out",
      },
    );
  }
  const { context, inputs } = session;
  const text = decodeText(await inputs.read(shown === "-" ? "-" : path), shown);
  const folder = shown === "-" ? context.cwd : dirname(path);
  const found: Typed[] = [];
  // Variables stay as they are written: what they hold may be a secret, and is of this machine.
  for (const line of logicalLines(text, {})) {
    const origin = `${shown}:${line.number}`;
    const { requirement, options } = atLine(origin, () => parseLine(line.text));
    if (requirement !== "") found.push({ text: requirement, editable: false, folder, origin });
    for (const option of options) {
      if (option.name === "--editable") found.push({ text: option.value, editable: true, folder, origin });
      else if (option.name === "--requirement") {
        const more = resolve(folder, option.value);
        found.push(...(await linesOf(more, option.value, [...above, path], session)));
      } else tellLeft(option, origin, context);
    }
  }
  return found;
}

/** What is wrong in a file is told with its line. */
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

function tellLeft({ name, value }: LineOption, origin: string, context: OperationContext): void {
  // The lock has every hash.
  if (name === "--hash") return;
  const written = value === "" ? name : `${name} ${withoutCredentials(value)}`;
  warn(context, `${origin}: ${quote(written)} is left: it is no requirement`);
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
