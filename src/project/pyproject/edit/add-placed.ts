import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PosyError } from "../../../errors/posy-error.ts";
import { parseSourceFragment, parseSourceReference, withoutCredentials } from "../../../vocab/urls/index.ts";
import { formatRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import { isTable, openDocument, type TomlDocument } from "../../../toml/index.ts";
import { withoutEgg } from "../../requirements-file/without-egg.ts";
import { addRequirement } from "./add-requirement.ts";
import { hasSource, setSource, type SourceFields } from "./edit-source.ts";
import type { RequirementPlace } from "./requirement-lists.ts";
import { workspaceOf } from "../uv/uv-workspace.ts";

/** A requirement with the place that its package comes from. */
export type PlacedRequirement = Requirement & {
  readonly url: string;
  /** It was written as an absolute path, and stays one. */
  readonly absolute: boolean;
};

/**
 * Adds a requirement that names a place. A repository or an address is written as the standard has it, `name @ URL` (PEP 508), so
 * that all tools take the same; what lies on this disk can only be named from the project's folder by `[tool.posy.sources]`, and
 * goes there. So does a place of a package that has a source already, and one in a list that the build backend reads and that
 * may have none. Throws as `addRequirement` does.
 */
export async function addPlaced(
  text: string,
  path: string,
  place: RequirementPlace,
  requirement: PlacedRequirement,
): Promise<string> {
  const { url, name } = requirement;
  refuseCredentials(url);
  const document = await openDocument(text, path);
  if (!/^file:/i.test(url) && !hasSource(document, name) && !refusesPlaces(document, place)) {
    const written = { ...requirement, url: withoutEgg(url) };
    return (await addRequirement(text, path, place, textOf(written))).text;
  }
  const { url: _, ...bare } = requirement;
  const listed = await addRequirement(text, path, place, textOf(bare), { elsewhere: true });
  const fields = fieldsOf(requirement, dirname(path));
  const live = "path" in fields && (await isMember(url, document));
  return setSource(listed.text, path, name, live ? { ...fields, editable: true } : fields);
}

/** Members of a workspace ask for each other as they are in their folders, as in uv. */
async function isMember(url: string, document: TomlDocument): Promise<boolean> {
  const reference = parseSourceReference(url);
  if (reference?.kind !== "folder" || reference.subdirectory !== undefined) return false;
  const workspace = await workspaceOf(dirname(document.path), document);
  return (
    workspace !== undefined && [workspace.folder, ...workspace.folders].includes(resolve(reference.path))
  );
}

/** As people write it in a list of texts between double quotation marks. */
function textOf(requirement: Requirement): string {
  const text = formatRequirement(requirement);
  return text.includes("'") ? text : text.replaceAll('"', "'");
}

/** Throws `usage` where an address has a login, which is no business of a file that is handed on. */
export function refuseCredentials(url: string): void {
  const plain = withoutCredentials(url);
  if (plain === url) return;
  throw new PosyError(
    "usage",
    `the address of \`${plain}\` has a login, which \`pyproject.toml\` must not have`,
    {
      hint: "leave it out, and put it where git or Posy look for it: git's credential helper, `~/.netrc`",
    },
  );
}

/** hatchling takes no `name @ URL` into a project's own lists unless it is told to; of groups it knows nothing. */
function refusesPlaces({ value }: TomlDocument, { kind }: RequirementPlace): boolean {
  if (kind === "group") return false;
  const backend = at(value, ["build-system", "build-backend"]);
  const allowed = at(value, ["tool", "hatch", "metadata", "allow-direct-references"]);
  return typeof backend === "string" && /^hatchling\b/.test(backend) && allowed !== true;
}

function at(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  return isTable(value) ? at(value[step], rest) : undefined;
}

/** In the words of `[tool.posy.sources]`. */
function fieldsOf({ url, absolute }: PlacedRequirement, folder: string): SourceFields {
  const reference = parseSourceReference(url);
  const hash = url.indexOf("#");
  const { subdirectory } = parseSourceFragment(hash === -1 ? "" : url.slice(hash + 1));
  const inside = subdirectory === undefined ? {} : { subdirectory };
  if (reference?.kind === "git") {
    const { repository, revision } = reference;
    return { git: repository, ...(revision === undefined ? {} : { rev: revision }), ...inside };
  }
  if (!/^file:/i.test(url)) return { url: withoutSubdirectory(withoutEgg(url)), ...inside };
  const target = fileURLToPath(url.replace(/#.*$/s, ""));
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
