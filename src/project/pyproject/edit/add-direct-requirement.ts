import { dirname, relative, resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { localPath } from "../../../packages/index.ts";
import { parseSourceFragment, parseSourceReference, withoutCredentials } from "../../../vocab/urls/index.ts";
import { formatRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import { isTable, openDocument, type TomlDocument } from "../../../toml/index.ts";
import { withoutEgg } from "../../requirements-file/without-egg.ts";
import { addRequirement } from "./add-requirement.ts";
import { hasSource, setSource, type SourceFields } from "./edit-source.ts";
import type { RequirementList } from "./requirement-lists.ts";
import { workspaceOf } from "../uv/uv-workspace.ts";

/** A requirement with the URL that its package comes from. */
export type DirectRequirement = Requirement & {
  readonly url: string;
  /** True if it was given by an absolute path, which is kept. */
  readonly absolute: boolean;
};

/**
 * Adds a requirement with a URL, and returns the new text. A repository or a web address is written as `name @ URL`
 * (PEP 508), so that all tools understand it. A path on this disk goes into `[tool.posy.sources]`, because only there
 * it can be relative to the project's folder. A URL goes there, too, if the package has a source already, or if the
 * build backend refuses URLs in the list. Throws what `addRequirement` throws.
 */
export async function addDirectRequirement(
  text: string,
  path: string,
  list: RequirementList,
  requirement: DirectRequirement,
): Promise<string> {
  const { url, name } = requirement;
  refuseCredentials(url);
  const document = await openDocument(text, path);
  if (!/^file:/i.test(url) && !hasSource(document, name) && !refusesUrls(document, list)) {
    const written = { ...requirement, url: withoutEgg(url) };
    return (await addRequirement(text, path, list, textOf(written))).text;
  }
  const { url: _, ...bare } = requirement;
  const listed = await addRequirement(text, path, list, textOf(bare), { replacesUrl: true });
  const fields = sourceFieldsOf(requirement, dirname(path));
  const live = "path" in fields && (await isMember(url, document));
  return setSource(listed.text, path, name, live ? { ...fields, editable: true } : fields);
}

/** Whether a URL is the folder of a member of the same workspace. As in uv, such a member is used as editable. */
async function isMember(url: string, document: TomlDocument): Promise<boolean> {
  const reference = parseSourceReference(url);
  if (reference?.kind !== "folder" || reference.subdirectory !== undefined) return false;
  const workspace = await workspaceOf(dirname(document.path), document);
  return (
    workspace !== undefined && [workspace.folder, ...workspace.folders].includes(resolve(reference.path))
  );
}

/** Formats a requirement for a TOML string: with single quotation marks, as people write it. */
function textOf(requirement: Requirement): string {
  const text = formatRequirement(requirement);
  return text.includes("'") ? text : text.replaceAll('"', "'");
}

/** Throws `usage` if a URL has a login: the file is shared with others. */
export function refuseCredentials(url: string): void {
  const plain = withoutCredentials(url);
  if (plain === url) return;
  throw new PosyError(
    "usage",
    `the address of \`${plain}\` has a login, which \`pyproject.toml\` must not have`,
    {
      hint: "leave it out, and put it into git's credential helper or `~/.netrc`",
    },
  );
}

/**
 * Whether the build backend refuses `name @ URL` in a list: Hatchling does, unless it is allowed. It does not read
 * groups.
 */
export function refusesUrls({ value }: TomlDocument, { kind }: RequirementList): boolean {
  if (kind === "group") return false;
  const backend = valueAt(value, ["build-system", "build-backend"]);
  const allowed = valueAt(value, ["tool", "hatch", "metadata", "allow-direct-references"]);
  return typeof backend === "string" && /^hatchling\b/.test(backend) && allowed !== true;
}

function valueAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  return isTable(value) ? valueAt(value[step], rest) : undefined;
}

/** Returns the source of a requirement, as the fields of `[tool.posy.sources]`. A path is relative to `folder`. */
export function sourceFieldsOf(
  { url, absolute }: Pick<DirectRequirement, "url" | "absolute">,
  folder: string,
): SourceFields {
  const reference = parseSourceReference(url);
  const hash = url.indexOf("#");
  const { subdirectory } = parseSourceFragment(hash === -1 ? "" : url.slice(hash + 1));
  const inside = subdirectory === undefined ? {} : { subdirectory };
  if (reference?.kind === "git") {
    const { repository, revision } = reference;
    return { git: repository, ...(revision === undefined ? {} : { rev: revision }), ...inside };
  }
  if (!/^file:/i.test(url)) return { url: withoutSubdirectory(withoutEgg(url)), ...inside };
  const target = localPath(url) ?? "";
  const plain = target.replace(/(?<=.)[\\/]+$/, "");
  const path = absolute ? plain : (relative(folder, plain) || ".").replaceAll("\\", "/");
  const editable = reference?.kind === "folder" && reference.editable;
  return { path, ...(editable && { editable }), ...inside };
}

function withoutSubdirectory(url: string): string {
  const [location = "", fragment = ""] = url.split("#", 2);
  const rest = fragment.split("&").filter((part) => part !== "" && !part.startsWith("subdirectory="));
  return rest.length === 0 ? location : `${location}#${rest.join("&")}`;
}
