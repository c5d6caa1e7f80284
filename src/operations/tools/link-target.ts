import { PosyError } from "../../errors/posy-error.ts";
import { acceptedPages, parsePage } from "../../packages/index.ts";
import { type IndexOptions, openInputs, type OperationContext, readSettings } from "../../settings/index.ts";
import { type HttpClient, openHttpClient, safeUrl, statusError } from "../../system/http/index.ts";
import { parseSdistFilename, parseWheelFilename, sdistExtensions } from "../../vocab/filenames/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { parseUrl } from "../../vocab/urls/index.ts";
import { tryParseVersion } from "../../vocab/version/index.ts";

/** What a link leads to, as arguments of `installTool`. */
export interface LinkTarget {
  /** A requirement: `black==26.1`, `git+https://…`, or the URL of a file. */
  readonly requirement: string;
  /** The index that has the package, as `NAME=URL`, if it is not the default index. */
  readonly index?: string;
}

/** Whether a text is a link, and not a name or a path. */
export function isLink(text: string): boolean {
  return /^(git\+)?[a-z][a-z0-9.-]*:\/\//i.test(text);
}

/**
 * Finds out what a link leads to: a wheel, a source distribution, a page of a project in an index (for people or for
 * programs), or a page of a git repository. Files and the pages of the default index are recognised by the URL; for
 * others, the server is asked. Throws `usage` if it is none of these, and `network`, `authentication`, `offline`, … if
 * the server does not answer.
 */
export async function readLink(
  link: string,
  options: IndexOptions,
  context: OperationContext,
): Promise<LinkTarget> {
  if (/^(git\+|file:)/i.test(link)) return { requirement: link };
  const url = parseUrl(link);
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw noTool(link);
  if (isFile(url)) return { requirement: link };
  const { index } = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  const page = projectOfPath(url);
  const isDefault = index.indexes.some((each) => parseUrl(each.url)?.host === url.host);
  if (page !== undefined && isDefault) return { requirement: page.requirement };

  const { environment, reporter } = context;
  const http = openHttpClient({ ...index, environment, reporter });
  http.learnCredentials(link);
  for (const simple of simplePages(url, page?.name)) {
    const found = await projectOfPage(simple, http);
    if (found === undefined) continue;
    const parent = new URL("../", simple);
    Object.assign(parent, { username: url.username, password: url.password });
    const known = index.indexes.some((each) => each.url.replace(/\/?$/, "/") === parent.href);
    const requirement = page?.requirement ?? found;
    return known ? { requirement } : { requirement, index: `${url.hostname}=${parent.href}` };
  }
  for (const repository of repositories(url)) {
    if (await isRepository(repository.url, http)) return { requirement: `git+${repository.reference}` };
  }
  throw noTool(link);
}

function isFile({ pathname }: URL): boolean {
  return pathname.endsWith(".whl") || sdistExtensions.some((extension) => pathname.endsWith(extension));
}

/** Whether a part of a path may be the name of a project. */
function isPackageName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(text);
}

/** Reads the path of a page for people, `/project/NAME/` or `/project/NAME/VERSION/`, as Warehouse has them. */
function projectOfPath({
  pathname,
}: URL): { readonly name: string; readonly requirement: string } | undefined {
  const [, name = "", version] = /^\/project\/([^/]+)(?:\/([^/]+))?\/?$/.exec(pathname) ?? [];
  if (!isPackageName(name)) return undefined;
  const isVersion = version !== undefined && tryParseVersion(version) !== undefined;
  return { name, requirement: isVersion ? `${name}==${version}` : name };
}

/** Returns the URLs that may be the page for programs: that of the name in the path, or the link itself. */
function simplePages({ origin, pathname }: URL, name: string | undefined): readonly string[] {
  if (name !== undefined) return [`${origin}/simple/${normalizeName(name)}/`];
  return isPackageName(pathname.replace(/\/$/, "").split("/").at(-1) ?? "")
    ? [`${origin}${pathname.replace(/\/?$/, "/")}`]
    : [];
}

/** The maximum size of a page that a link leads to, in bytes. */
const largestPage = 64 * 2 ** 20;

/** Returns the name of the project if a URL is its page in an index: its last part names the files on the page. */
async function projectOfPage(url: string, http: HttpClient): Promise<string | undefined> {
  const last = new URL(url).pathname.split("/").at(-2) ?? "";
  const headers = { accept: acceptedPages };
  const names = await http.send({ url, headers }, async (response) => {
    if (response.status === 200) {
      const bytes = await response.bytes(largestPage);
      const type = response.headers.get("content-type") ?? "";
      return parsePage(bytes, type, response.url).then(
        (page) => page.names,
        () => [],
      );
    }
    await response.discard();
    // Only a repository may still be there.
    if (response.status < 500 && response.status !== 401) return [];
    throw statusError(response.url, response.status);
  });
  return names.some((filename) => projectOfFile(filename) === normalizeName(last)) ? last : undefined;
}

function projectOfFile(filename: string): string | undefined {
  try {
    return (filename.endsWith(".whl") ? parseWheelFilename(filename) : parseSdistFilename(filename)).name;
  } catch {
    return undefined;
  }
}

/** A repository that may be meant by a link. */
interface Repository {
  readonly url: string;
  /** The URL with a revision and a subfolder, as a requirement has them. */
  readonly reference: string;
}

/**
 * The parts of a path after the repository, in GitHub (`/tree/REVISION/FOLDER`), GitLab (`/-/tree/…`) and Forgejo
 * (`/src/branch/…`).
 */
const pageOfRevision =
  /^(.+?)(?:\/-)?\/(tree|blob|commit|tags|releases(?:\/tag)?|src\/(?:branch|tag|commit))\/([^/]+)(\/.*)?$/;

/** Returns the repositories that a link may lead to: a page of a revision, or a page somewhere in the repository. */
function repositories({ origin, pathname }: URL): readonly Repository[] {
  const path = pathname.replace(/\/+$/, "");
  const [, before, kind = "", revision = "", folder = ""] = pageOfRevision.exec(path) ?? [];
  if (before !== undefined) {
    const url = `${origin}${before}`;
    // A file is no folder that can be built: its repository is.
    const fragment = folder === "" || kind === "blob" ? "" : `#subdirectory=${folder.slice(1)}`;
    return [{ url, reference: `${url}@${revision}${fragment}` }];
  }
  const parts = path
    .replace(/\/-\/.*$/, "")
    .split("/")
    .slice(1);
  return parts
    .map((_, at) => `${origin}/${parts.slice(0, parts.length - at).join("/")}`)
    .slice(0, 4)
    .map((url) => ({ url, reference: url }));
}

/** Whether git's smart protocol answers at a URL (gitprotocol-http, "Smart Server Response"). */
async function isRepository(url: string, http: HttpClient): Promise<boolean> {
  return http.send({ url: `${url}/info/refs?service=git-upload-pack` }, async (response) => {
    await response.discard();
    if (response.status >= 500) throw statusError(response.url, response.status);
    const type = response.headers.get("content-type") ?? "";
    return response.status === 200 && type.startsWith("application/x-git-upload-pack-advertisement");
  });
}

function noTool(link: string): PosyError {
  const message = `\`${safeUrl(link)}\` is neither a page of a project in an index, nor a git repository, a wheel or a source distribution`;
  const isScript = /^https?:.*\.(pyw?|ipynb)$/i.test(link);
  return new PosyError("usage", message, {
    hint: isScript
      ? `\`posy run ${safeUrl(link)}\` runs a script`
      : "check the link; `posy tool install NAME` installs a package by its name, and `git+ssh://…` a private repository",
  });
}
