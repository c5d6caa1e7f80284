import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface FileServer extends AsyncDisposable {
  /** `http://127.0.0.1:…/`, the URL of the folder. */
  readonly url: string;
  /** The requested paths, one for each request. */
  readonly requests: readonly string[];
}

/**
 * Serves the files of a folder over loopback, as a static host does. After `most` requests it answers 503, so that a
 * client in an endless loop ends.
 */
export async function startFileServer(root: string, most = 500): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    requests.push(pathname);
    if (requests.length > most) {
      response.writeHead(503).end();
      return;
    }
    readFile(join(root, decodeURIComponent(pathname))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
