import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface FileServer extends AsyncDisposable {
  /** `http://127.0.0.1:…/`: below it are the files of the folder. */
  readonly url: string;
  /** The paths that were asked for, one for each request. */
  readonly requests: readonly string[];
}

/**
 * Serves the files of a folder over loopback and knows nothing of what they are, as any static host. After `most` requests
 * it answers none: what asks without end comes to one.
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
