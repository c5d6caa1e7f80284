import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Starts a relay on loopback that passes connections on to a port of this machine, and cuts the first ones: each after
 * as many bytes from the client as `cuts` says.
 */
export async function startCuttingRelay(
  port: number,
  cuts: readonly number[],
): Promise<AsyncDisposable & { readonly origin: string; readonly connections: number }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const most = cuts[connections] ?? Number.POSITIVE_INFINITY;
    connections += 1;
    const target = connect(port, "127.0.0.1");
    let received = 0;
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    const end = () => {
      client.destroy();
      target.destroy();
    };
    client.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received >= most) end();
      else target.write(chunk);
    });
    target.on("data", (chunk: Buffer) => client.write(chunk));
    client.on("close", end);
    target.on("close", end);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
