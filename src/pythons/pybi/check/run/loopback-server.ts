import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { throwAwayCertificate } from "./throw-away-certificate.ts";

export interface LoopbackServer extends AsyncDisposable {
  readonly url: string;
  /** PEM. A client that trusts it can fetch `url`. */
  readonly certificate: string;
}

/** The body of every response. */
export const greeting = "hello from posy pybi check";

/** Starts an HTTPS server on loopback, which needs no network. No client trusts its new certificate. */
export async function loopbackServer(): Promise<LoopbackServer> {
  const { certificate, key } = throwAwayCertificate();
  const server = createServer({ cert: certificate, key }, (_request, response) => {
    response.setHeader("Connection", "close");
    response.end(greeting);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    certificate,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
