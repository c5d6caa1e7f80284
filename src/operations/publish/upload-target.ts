import { PosyError } from "../../errors/posy-error.ts";
import {
  defaultIndexUrl,
  namedCredentials,
  readConfigurationFiles,
  splitLocation,
  type UvTable,
} from "../../packages/index.ts";
import { defaultUploadUrl, type PypircRepository, readPypirc } from "../../packages/upload/index.ts";
import { findProject, parseProject } from "../../project/index.ts";
import { type OperationContext, searchFolder } from "../../settings/index.ts";
import { type Credentials, splitCredentials } from "../../system/http/index.ts";
import { isTable } from "../../toml/index.ts";

/** The options that say where files are published, and who publishes them. */
export interface TargetOptions {
  /** The upload URL. */
  readonly publishUrl?: string | undefined;
  /** The name of an index with `publish-url`, or of a section of `~/.pypirc`. */
  readonly index?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** An API token, instead of name and password. */
  readonly token?: string | undefined;
  /** The URL of the index's pages, where existing files are looked up. */
  readonly checkUrl?: string | undefined;
}

/** Where files are published. URLs have no credentials. */
export interface UploadTarget {
  readonly url: string;
  /** The URL of the index's pages. */
  readonly checkUrl: string | undefined;
  /** The credentials of options, variables and files; the first that are complete. */
  readonly credentials: Credentials | undefined;
  /** A user name without a password, which the keyring may have. */
  readonly username: string | undefined;
  /** Further credentials for the pages of the index. */
  readonly checkCredentials: Credentials | undefined;
  /** True if it is the public index. */
  readonly isDefault: boolean;
  /** uv's setting `trusted-publishing`. */
  readonly trustedPublishing: string | undefined;
}

/** An index that a setting names. */
interface NamedIndex {
  readonly name?: string;
  readonly publishUrl?: string | undefined;
  /** The URL of its pages. */
  readonly url?: string | undefined;
  readonly pypirc?: PypircRepository;
}

/** The name of the public index, as in `~/.pypirc` and for twine. */
const publicName = "pypi";

/** A token is the password of this user name. */
const tokenUser = "__token__";

/**
 * Finds out where to publish and with which credentials. Options come first, then the variables of Posy, uv and twine,
 * then the settings of the project and of uv. Without any, it is the public index. Throws `usage` for options that
 * exclude each other, for an unknown index, and if only another index than the public one is configured.
 */
export async function uploadTarget(options: TargetOptions, context: OperationContext): Promise<UploadTarget> {
  const { environment, cwd } = context;
  refuseMixtures(options);
  const variable = (name: string, twine?: string) =>
    environment[`POSY_PUBLISH_${name}`] ||
    environment[`UV_PUBLISH_${name}`] ||
    (twine === undefined ? undefined : environment[`TWINE_${twine}`] || undefined);
  const files = await readConfigurationFiles({ environment, cwd: searchFolder(context) });
  const uvTables = [...(files.project ? [files.project] : []), ...files.users];
  const typedName = options.publishUrl === undefined ? options.index : undefined;
  const typedUrl =
    options.publishUrl ?? (typedName === undefined ? variable("URL", "REPOSITORY_URL") : undefined);
  const name = typedName ?? (typedUrl === undefined ? variable("INDEX", "REPOSITORY") : undefined);
  const pypirc = await readPypirc(environment);
  const index = name === undefined ? undefined : await namedIndex(name, uvTables, pypirc, context);
  const written =
    typedUrl ?? index?.publishUrl ?? (index === undefined ? settingOf(uvTables, "publish-url") : undefined);
  const publicUrl = await defaultUploadUrl();
  if (written === undefined && index === undefined) refuseOtherDefault(context, uvTables);
  const { url, credentials: inUrl } = splitCredentials(checkedUrl(written ?? publicUrl));
  const isDefault = url === publicUrl;
  const section = index?.pypirc ?? sectionFor(url, isDefault, pypirc);
  const [ofIndex] =
    index?.name === undefined ? [] : namedCredentials([{ name: index.name, url }], environment);
  const variables = {
    token: variable("TOKEN"),
    username: variable("USERNAME", "USERNAME"),
    password: variable("PASSWORD", "PASSWORD"),
  };
  const sources = [options, inUrl, variables, ofIndex?.credentials, section].map(partsOf);
  const credentials = completed(sources);
  const typedCheck = options.checkUrl ?? variable("CHECK_URL") ?? index?.url;
  const check =
    typedCheck ?? settingOf(uvTables, "check-url") ?? (isDefault ? await defaultIndexUrl() : undefined);
  const split = check === undefined ? undefined : splitLocation(check, cwd);
  return {
    url,
    checkUrl: split?.url,
    checkCredentials: split?.credentials,
    credentials,
    username: sources.find(({ username }) => username)?.username,
    isDefault,
    trustedPublishing: settingOf(uvTables, "trusted-publishing"),
  };
}

interface LoginParts {
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

function partsOf(source: LoginParts | undefined): { readonly username?: string; readonly password?: string } {
  const { token, username, password } = source ?? {};
  if (token) return { username: tokenUser, password: token };
  return { ...(username && { username }), ...(password && { password }) };
}

/** Returns the first password, with the user name of its source, or the first user name, or that of a token. */
function completed(
  sources: readonly { readonly username?: string; readonly password?: string }[],
): Credentials | undefined {
  const source = sources.find(({ password }) => password !== undefined);
  if (source?.password === undefined) return undefined;
  const username =
    source.username ?? sources.find((each) => each.username !== undefined)?.username ?? tokenUser;
  return { username, password: source.password };
}

function refuseMixtures({ publishUrl, index, token, username, password }: TargetOptions): void {
  const refuse = (one: string, other: string): never => {
    throw new PosyError("usage", `\`${one}\` and \`${other}\` can't be combined`, {
      hint: "leave one of them out",
    });
  };
  if (publishUrl !== undefined && index !== undefined) refuse("--publish-url", "--index");
  if (token !== undefined && username !== undefined) refuse("--token", "--username");
  if (token !== undefined && password !== undefined) refuse("--token", "--password");
}

/** Finds an index by its name: in the project, in the settings of uv, or in `~/.pypirc`. */
async function namedIndex(
  name: string,
  uvTables: readonly UvTable[],
  pypirc: ReadonlyMap<string, PypircRepository>,
  context: OperationContext,
): Promise<NamedIndex> {
  const file = await findProject(searchFolder(context));
  const project = file && (await parseProject(file.text, file.path));
  const indexes: readonly NamedIndex[] = [
    ...(project?.settings.indexes ?? []),
    ...uvTables.flatMap(indexesOf),
  ];
  const found = indexes.find((index) => index.name === name && index.publishUrl !== undefined);
  if (found !== undefined) return found;
  const section = pypirc.get(name);
  if (section?.repository !== undefined || name === publicName) {
    return { name, publishUrl: section?.repository, ...(section && { pypirc: section }) };
  }
  if (section !== undefined) {
    throw new PosyError("usage", `the section \`${name}\` of \`~/.pypirc\` has no \`repository\``, {
      hint: "add `repository: https://…`, the upload URL of the index",
    });
  }
  if (indexes.some((index) => index.name === name)) {
    throw new PosyError("usage", `the index \`${name}\` has no \`publish-url\``, {
      hint: `add \`publish-url = "https://…"\` to it, or use \`--publish-url\``,
    });
  }
  const names = [
    ...new Set([
      ...indexes.flatMap((index) => (index.publishUrl ? (index.name ?? []) : [])),
      ...pypirc.keys(),
    ]),
  ];
  throw new PosyError("usage", `no index has the name \`${name}\``, {
    hint: `add it to \`[[tool.posy.indexes]]\` with \`publish-url\`; ${names.length === 0 ? "there is none yet" : `there are: ${names.join(", ")}`}`,
  });
}

function indexesOf({ table }: UvTable): readonly NamedIndex[] {
  const list = Array.isArray(table["index"]) ? (table["index"] as unknown[]) : [];
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return list.filter(isTable).map((index) => {
    const name = text(index["name"]);
    return { ...(name && { name }), url: text(index["url"]), publishUrl: text(index["publish-url"]) };
  });
}

function settingOf(tables: readonly UvTable[], key: string): string | undefined {
  const value = tables.map(({ table }) => table[key]).find((each) => each !== undefined);
  return typeof value === "string" ? value : undefined;
}

/** Returns the section of `~/.pypirc` for an upload URL. `[pypi]` is the public index, unless it says otherwise. */
function sectionFor(
  url: string,
  isDefault: boolean,
  pypirc: ReadonlyMap<string, PypircRepository>,
): PypircRepository | undefined {
  const plain = (text: string) => text.replace(/\/$/, "");
  const named = [...pypirc.values()].find(
    ({ repository }) => repository !== undefined && plain(repository) === plain(url),
  );
  if (named !== undefined || !isDefault) return named;
  const section = pypirc.get("pypi");
  return section?.repository === undefined ? section : undefined;
}

/**
 * Refuses the public index if the settings replace it: who installs from a private index hardly wants to publish to the
 * public one.
 */
function refuseOtherDefault({ environment }: OperationContext, uvTables: readonly UvTable[]): void {
  const replaced =
    ["POSY_DEFAULT_INDEX", "POSY_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"].find(
      (name) => environment[name],
    ) ?? uvTables.find(({ table }) => table["index-url"] !== undefined || hasDefault(table["index"]))?.path;
  if (replaced === undefined) return;
  throw new PosyError(
    "usage",
    `\`${replaced}\` replaces the public index, so it is not clear where to publish`,
    {
      hint: "name the upload URL of the index with `--publish-url`, or with `publish-url` in `[[tool.posy.indexes]]` and `--index`; `--index pypi` is the public index",
    },
  );
}

function hasDefault(list: unknown): boolean {
  return (
    Array.isArray(list) && (list as unknown[]).some((index) => isTable(index) && index["default"] === true)
  );
}

function checkedUrl(text: string): string {
  if (/^https?:\/\//i.test(text)) return text;
  throw new PosyError("invalid-url", "the upload URL is not an `http:` or `https:` URL", {
    hint: "write it as `https://…`; an index that is a folder takes copies of the files, without any upload",
  });
}
