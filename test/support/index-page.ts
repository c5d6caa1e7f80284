import { createHash } from "node:crypto";
import type { IndexFile } from "./index-server.ts";

export type PageFormat = "html" | "json";

/** Normalises a name (PEP 503). Not shared with the sources, so that tests compare two implementations. */
export function normalizedTestName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** Returns the page of a project with everything that a modern index writes. Links are relative (`../../files/…`). */
export function projectPage(format: PageFormat, project: string, files: readonly IndexFile[]): string {
  return format === "json" ? jsonPage(project, files) : htmlPage(project, files);
}

function jsonPage(project: string, files: readonly IndexFile[]): string {
  return JSON.stringify({
    meta: { "api-version": "1.1" },
    name: project,
    files: files.map((file) => ({
      filename: file.filename,
      url: link(file),
      hashes: hashesOf(file),
      ...(file.size === false ? {} : { size: file.size ?? file.bytes.length }),
      ...(file.requiresPython === undefined ? {} : { "requires-python": file.requiresPython }),
      ...(file.yanked === undefined ? {} : { yanked: file.yanked }),
      ...(file.uploadTime === undefined ? {} : { "upload-time": file.uploadTime }),
      ...(file.metadata === undefined ? {} : { "core-metadata": { sha256: sha256(file.metadata) } }),
    })),
  });
}

function htmlPage(project: string, files: readonly IndexFile[]): string {
  const anchors = files.map((file) => {
    const hash = Object.entries(hashesOf(file))[0];
    const attributes: [string, string | undefined][] = [
      ["href", `${link(file)}${hash ? `#${hash[0]}=${hash[1]}` : ""}`],
      ["data-requires-python", file.requiresPython],
      ["data-yanked", file.yanked === true ? "" : file.yanked],
      ["data-upload-time", file.uploadTime],
      ["data-core-metadata", file.metadata === undefined ? undefined : `sha256=${sha256(file.metadata)}`],
    ];
    const written = attributes.flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}="${escaped(value)}"`],
    );
    return `    <a ${written.join(" ")}>${escaped(file.filename)}</a><br/>\n`;
  });
  return `<!DOCTYPE html>
<html>
  <head><meta name="pypi:repository-version" content="1.1"><title>Links for ${project}</title></head>
  <body>
    <h1>Links for ${project}</h1>
${anchors.join("")}  </body>
</html>
`;
}

const link = (file: IndexFile) => `../../files/${encodeURIComponent(file.filename)}`;
const hashesOf = (file: IndexFile) => file.hashes ?? { sha256: sha256(file.bytes) };
const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const escaped = (text: string) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
