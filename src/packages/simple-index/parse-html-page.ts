import type { Hashes } from "../../vocab/hash.ts";
import { hashesOfFragment } from "./hash-claims.ts";
import type { HtmlTag } from "./html-tag.ts";
import type { IndexPage, PageFile } from "./index-page.ts";
import { linkTarget } from "./link-target.ts";
import { parseHtmlTags } from "./parse-html-tags.ts";
import { scanHtmlTags } from "./scan-html-tags.ts";
import { parseUrl } from "../../vocab/urls/index.ts";

/**
 * Parses a project's page in HTML (PEP 503, 592, 629, 658, 714, 708, 792, and `data-upload-time`). Links that
 * do not lead to a file are left out.
 */
export async function parseHtmlPage(text: string, url: string): Promise<IndexPage> {
  return pageOfTags(scanHtmlTags(text) ?? (await parseHtmlTags(text)), url);
}

function pageOfTags(tags: readonly HtmlTag[], url: string): IndexPage {
  return { files: linksOf(tags, baseOf(tags, url)), ...aboutOf(tags) };
}

/** Returns the files that the `a` tags link to. */
export function linksOf(tags: readonly HtmlTag[], base: string): readonly PageFile[] {
  const files: PageFile[] = [];
  for (const { name, attributes } of tags) {
    const file = name === "a" ? fileOf(attributes, base) : undefined;
    if (file) files.push(file);
  }
  return files;
}

/** Returns the data in the `meta` tags. */
export function aboutOf(tags: readonly HtmlTag[]): Omit<IndexPage, "files"> {
  const meta = new Map<string, string[]>();
  for (const { name, attributes } of tags) {
    const key = name === "meta" ? (attributes.get("name")?.toLowerCase() ?? "") : "";
    if (key.startsWith("pypi:")) meta.set(key, [...(meta.get(key) ?? []), attributes.get("content") ?? ""]);
  }
  const status = meta.get("pypi:project-status")?.[0];
  const reason = meta.get("pypi:project-status-reason")?.[0];
  const version = meta.get("pypi:repository-version")?.[0];
  return {
    alternateLocations: meta.get("pypi:alternate-locations") ?? [],
    tracks: meta.get("pypi:tracks") ?? [],
    ...(version === undefined ? {} : { version }),
    ...(status === undefined || status === "active"
      ? {}
      : { status: { status, ...(reason === undefined ? {} : { reason }) } }),
  };
}

/**
 * Returns the base URL of a page: the first `<base href>` (HTML, section 4.2.3), resolved against the page's
 * URL, otherwise that URL.
 */
export function baseOf(tags: readonly HtmlTag[], url: string): string {
  const href = tags.find((tag) => tag.name === "base" && tag.attributes.has("href"))?.attributes.get("href");
  return (href === undefined ? undefined : parseUrl(href, url)?.href) ?? url;
}

function fileOf(attributes: ReadonlyMap<string, string>, base: string): PageFile | undefined {
  const href = attributes.get("href")?.trim();
  const target = href === undefined ? undefined : linkTarget(href, base);
  if (!target) return undefined;
  const requiresPython = attributes.get("data-requires-python");
  const uploadTime = attributes.get("data-upload-time");
  const metadata = metadataClaim(
    attributes.get("data-core-metadata") ?? attributes.get("data-dist-info-metadata"),
  );
  // Optional fields are assigned and not spread: spreading costs a tenth of reading a large page.
  const file: Mutable<PageFile> = {
    filename: target.filename,
    url: target.url,
    hashes: hashesOfFragment(target.fragment),
    yanked: attributes.get("data-yanked") ?? false,
  };
  if (requiresPython !== undefined && requiresPython !== "") file.requiresPython = requiresPython;
  if (uploadTime !== undefined) file.uploadTime = uploadTime;
  if (metadata !== undefined) file.coreMetadata = metadata;
  return file;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Parses the announcement of a `.metadata` file: `true` or `sha256=…`. Some indexes write `false`, which
 * means there is none.
 */
function metadataClaim(value: string | undefined): Hashes | true | undefined {
  if (value === undefined || value === "false") return undefined;
  const hashes = hashesOfFragment(value);
  return Object.keys(hashes).length > 0 ? hashes : true;
}
