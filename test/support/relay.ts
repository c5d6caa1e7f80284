import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Starts a proxy on loopback. It sends each request to the server that `target` returns then (`http://127.0.0.1:…/`).
 */
export async function startRelay(target: () => string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const passed = ask(new URL(request.url ?? "", target()), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
