// A mirror of the index on loopback. It fetches each page and file once and keeps it, so both tools get the same
// content at the same speed. "Cold" then means that only the caches of the tools are empty. Run as a program, it prints
// its URL:
//
//     node_modules/.bin/bun bench/mirror.ts FOLDER
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultIndexUrl } from "../src/packages/default-index-url.ts";

/** Serves kept HTML pages and files like the index that it mirrors, with ranges and ETags. */
export async function startMirror(folder: string): Promise<{ readonly url: string; stop(): void }> {
  const indexUrl = await defaultIndexUrl();
  /** The pages in the form in which they are served: rewriting a page took longer than the work of the tools. */
  const pages = new Map<string, Body>();
  const underWay = new Map<string, Promise<string>>();

  /** Returns the path of the kept copy of `url`. The first request fetches it. */
  const kept = (path: string, url: () => Promise<string>): Promise<string> => {
    if (fileSize(path) !== undefined) return Promise.resolve(path);
    const running = underWay.get(path) ?? fetchInto(path, url).finally(() => underWay.delete(path));
    underWay.set(path, running);
    return running;
  };
  const page = (project: string) =>
    kept(join(folder, "simple", `${project}.html`), () =>
      Promise.resolve(new URL(`${project}/`, indexUrl).href),
    );
  const file = (project: string, name: string) =>
    kept(join(folder, "files", name), async () => {
      const pageUrl = new URL(`${project}/`, indexUrl).href;
      for (const link of linksOf(readFileSync(await page(project), "utf8"), pageUrl)) {
        if (link.filename === name) return link.url;
      }
      throw new NotFound(name);
    });

  const answer = async (request: Request): Promise<Response> => {
    const [, bucket, project = "", name = ""] = new URL(request.url).pathname.split("/");
    if (bucket === "simple") {
      const path = await page(project);
      let body = pages.get(path);
      if (body === undefined) pages.set(path, (body = ownPage(path, project, indexUrl)));
      return send(request, body, "text/html; charset=utf-8", "max-age=600, public");
    }
    if (bucket === "files") {
      const path = await file(project, decodeURIComponent(name));
      const content = Bun.file(path);
      return send(
        request,
        { content, size: content.size, etag: `"${content.size}"` },
        "application/octet-stream",
        "max-age=365000000, immutable, public",
      );
    }
    throw new NotFound(request.url);
  };

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 255,
    fetch: (request) =>
      answer(request).catch((error: unknown) => {
        if (error instanceof NotFound) return new Response("not found", { status: 404 });
        return new Response(String(error), { status: 502 });
      }),
  });
  return { url: `http://127.0.0.1:${server.port}/simple/`, stop: () => void server.stop(true) };
}

class NotFound extends Error {}

/** A response and its ETag. */
interface Body {
  readonly content: Bun.BlobPart & { slice(a: number, b: number): Bun.BlobPart };
  readonly size: number;
  readonly etag: string;
}

/** Returns a page of the index with links to this mirror. */
function ownPage(path: string, project: string, indexUrl: string): Body {
  const pageUrl = new URL(`${project}/`, indexUrl).href;
  const html = readFileSync(path, "utf8").replace(/href="([^"]*)"/g, (_whole, href: string) => {
    const { filename, fragment } = splitLink(href, pageUrl);
    return `href="/files/${project}/${encodeURIComponent(filename)}${fragment}"`;
  });
  const content = Buffer.from(html);
  return { content, size: content.length, etag: `"${Bun.hash(content).toString(16)}"` };
}

async function fetchInto(path: string, url: () => Promise<string>): Promise<string> {
  const response = await fetch(await url(), { headers: { accept: "text/html, */*;q=0.1" } });
  if (response.status === 404) throw new NotFound(path);
  if (!response.ok) throw new Error(`${response.status} from ${response.url}`);
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.part`;
  writeFileSync(partial, new Uint8Array(await response.arrayBuffer()));
  renameSync(partial, path);
  return path;
}

function linksOf(html: string, pageUrl: string): { url: string; filename: string }[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map((match) => splitLink(match[1] ?? "", pageUrl));
}

function splitLink(href: string, pageUrl: string): { url: string; filename: string; fragment: string } {
  const url = new URL(href.replaceAll("&amp;", "&"), pageUrl);
  const fragment = url.hash;
  url.hash = "";
  return { url: url.href, filename: decodeURIComponent(url.pathname.split("/").at(-1) ?? ""), fragment };
}

/** Answers as RFC 9110 demands: one range, conditional requests by ETag, HEAD. */
function send(request: Request, { content, size, etag }: Body, type: string, cacheControl: string): Response {
  const headers = { "content-type": type, "cache-control": cacheControl, "accept-ranges": "bytes", etag };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  if (request.method === "HEAD") {
    return new Response(null, { headers: { ...headers, "content-length": String(size) } });
  }
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range || (range[1] === "" && range[2] === "")) return new Response(content, { headers });
  const first = range[1] === "" ? Math.max(0, size - Number(range[2])) : Number(range[1]);
  const last = range[1] === "" || range[2] === "" ? size - 1 : Math.min(Number(range[2]), size - 1);
  if (first > last) {
    return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
  }
  return new Response(content.slice(first, last + 1), {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${first}-${last}/${size}` },
  });
}

function fileSize(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

if (import.meta.main) {
  const { url } = await startMirror(process.argv[2] ?? "mirror");
  console.log(url);
}
