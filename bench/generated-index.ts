// An index on loopback with generated packages, which have no conflicts: `p0` to `p<N-1>`, each in three versions. Each
// needs up to three packages with higher numbers, so `p0` needs all of them. The pages have no Cache-Control, as those
// of servers for files. Run as a program, it prints its URL:
//
//     node_modules/.bin/bun bench/generated-index.ts N
import { createHash } from "node:crypto";

const count = Number(process.argv[2] ?? "100");
const versions = ["1.0", "1.1", "2.0"];

const metadataOf = (number: number, version: string) => {
  const needed = new Set([number + 1, 2 * number + 1, 2 * number + 2].filter((other) => other < count));
  const lines = [...needed].map((other) => `Requires-Dist: p${other}>=1.0\n`).join("");
  return `Metadata-Version: 2.1\nName: p${number}\nVersion: ${version}\nRequires-Python: >=3.8\n${lines}`;
};
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const pageOf = (number: number) =>
  versions
    .map((version) => {
      const name = `p${number}-${version}-py3-none-any.whl`;
      const hash = sha256(metadataOf(number, version));
      return `<a href="/files/${name}#sha256=${sha256(name)}" data-core-metadata="sha256=${hash}">${name}</a><br/>\n`;
    })
    .join("");

function answer(request: Request): Response {
  const path = decodeURIComponent(new URL(request.url).pathname);
  const project = /^\/simple\/p(\d+)\/$/.exec(path);
  const metadata = /^\/files\/p(\d+)-([\d.]+)-py3-none-any\.whl\.metadata$/.exec(path);
  const number = Number((project ?? metadata)?.[1]);
  if (!(number < count)) return new Response("not found", { status: 404 });
  const body = metadata
    ? metadataOf(number, metadata[2] ?? "")
    : `<!DOCTYPE html><html><body>${pageOf(number)}</body></html>`;
  const etag = `"${sha256(body).slice(0, 16)}"`;
  const headers = { etag, "content-type": metadata ? "text/plain" : "text/html" };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(body, { headers });
}

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
console.log(`http://127.0.0.1:${server.port}/simple/`);
