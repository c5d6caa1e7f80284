import type { PackageName } from "../../../vocab/requirement/index.ts";
import type { IndexedFile } from "./describe-file.ts";

/** A project of the index. */
export interface IndexedProject {
  readonly name: PackageName;
  /** Oldest first, without duplicates. */
  readonly versions: readonly string[];
  /** Sorted by version, then by name. */
  readonly files: readonly IndexedFile[];
}

/** Marks pages that this command wrote, so that it may remove them. */
export const generator = "posy pybi index";

/** Formats the list of projects (PEP 503). */
export function rootHtml(projects: readonly IndexedProject[]): string {
  return page(
    "Simple index",
    projects.map(({ name }) => `<a href="${name}/">${name}</a>`),
  );
}

/** Formats the list of projects as JSON (PEP 691). */
export function rootJson(projects: readonly IndexedProject[]): string {
  return json({ meta, projects: projects.map(({ name }) => ({ name })) });
}

/** Formats the page of a project (PEP 503, 658, 714). The files are one folder above the page. */
export function projectHtml({ name, files }: IndexedProject): string {
  const links = files.map((file) => {
    const metadata = file.metadataSha256 === undefined ? undefined : `sha256=${file.metadataSha256}`;
    const attributes = [
      `href="${escaped(`${urlOf(file)}#sha256=${file.sha256}`)}"`,
      ...(file.requiresPython === undefined
        ? []
        : [`data-requires-python="${escaped(file.requiresPython)}"`]),
      ...(metadata === undefined
        ? []
        : [`data-dist-info-metadata="${metadata}"`, `data-core-metadata="${metadata}"`]),
    ];
    return `<a ${attributes.join(" ")}>${escaped(file.filename)}</a>`;
  });
  return page(`Links for ${name}`, links);
}

/** Formats the page of a project as JSON (PEP 691, 700, 714). */
export function projectJson({ name, versions, files }: IndexedProject): string {
  return json({
    meta,
    name,
    versions,
    files: files.map((file) => ({
      filename: file.filename,
      url: urlOf(file),
      hashes: { sha256: file.sha256 },
      size: file.size,
      // JSON has no `undefined`: the key is left out.
      "requires-python": file.requiresPython,
      "core-metadata": file.metadataSha256 && { sha256: file.metadataSha256 },
      "dist-info-metadata": file.metadataSha256 && { sha256: file.metadataSha256 },
    })),
  });
}

const meta = { "api-version": "1.1", _generator: generator };

function urlOf({ filename }: IndexedFile): string {
  return `../${encodeURIComponent(filename)}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

function page(title: string, links: readonly string[]): string {
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="generator" content="${generator}">
<meta name="pypi:repository-version" content="1.1">
<title>${title}</title>
</head>
<body>
${links.map((link) => `${link}<br>\n`).join("")}</body>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
