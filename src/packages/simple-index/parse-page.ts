import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "../../system/http/index.ts";
import { latin1Text } from "./latin1-text.ts";
import { outlineOf, type PageOutline } from "./outline.ts";
import { parseHtmlPage } from "./parse-html-page.ts";
import { parseJsonPage } from "./parse-json-page.ts";
import { readHtmlPageFast } from "./fast-html.ts";

/**
 * JSON is preferred, because it has more data; then HTML under its two names (PEP 691, "Version + Format
 * Selection").
 */
export const acceptedPages =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/**
 * Parses a project's page according to its content type. Throws `invalid-index-page` if it is not an index
 * page, or has a major version of the simple API other than 1 (PEP 629).
 */
export async function parsePage(bytes: Uint8Array, contentType: string, url: string): Promise<PageOutline> {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const page = isJson(type) ? parseJson(bytes, url) : isHtml(type) ? await parseHtml(bytes, url) : undefined;
  if (!page) {
    throw new PosyError(
      "invalid-index-page",
      `\`${safeUrl(url)}\` is not a page of a package index (it came as \`${type || "no type"}\`)`,
      { hint: "check the index's URL: it usually ends in `/simple/`" },
    );
  }
  const { version } = page.about;
  if (version !== undefined && !/^1\.\d+$/.test(version)) {
    throw new PosyError(
      "invalid-index-page",
      `\`${safeUrl(url)}\` uses version ${version} of the simple API, but Posy supports only version 1`,
      { hint: "check whether there is a newer Posy" },
    );
  }
  return page;
}

function parseJson(bytes: Uint8Array, url: string): PageOutline | undefined {
  const page = parseJsonPage(new TextDecoder().decode(bytes), url);
  return page && outlineOf(page);
}

/**
 * Parses an HTML page. Rejects a login page or a start page, which is HTML as well: none of its links is a
 * file, and it has tags that no index writes.
 */
async function parseHtml(bytes: Uint8Array, url: string): Promise<PageOutline | undefined> {
  const page =
    readHtmlPageFast(bytes, url) ?? outlineOf(await parseHtmlPage(new TextDecoder().decode(bytes), url));
  const hasNoFiles = !page.names.some((name) => /\.(whl|pybi|zip|tar\.\w+|tgz|egg|exe)$/.test(name));
  return hasNoFiles && /<(?:form|script|iframe)[\s>]/i.test(latin1Text(bytes)) ? undefined : page;
}

const isJson = (type: string) =>
  type === "application/json" || /^application\/vnd\.pypi\.simple\.\w+\+json$/.test(type);
const isHtml = (type: string) =>
  type === "text/html" ||
  type === "application/xhtml+xml" ||
  /^application\/vnd\.pypi\.simple\.\w+\+html$/.test(type);
