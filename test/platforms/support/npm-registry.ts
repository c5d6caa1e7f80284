import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A package as it is published: its manifest, and the file of `npm pack`. */
export interface PublishedPackage {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly tarball: string;
}

/** A registry of npm on loopback. It knows these packages and answers 404 for all others. */
export interface NpmRegistry extends Disposable {
  readonly url: string;
}

/** Starts a registry. Programs that use it must be started without blocking this process. */
export async function startNpmRegistry(packages: readonly PublishedPackage[]): Promise<NpmRegistry> {
  const server = createServer((request, response) => {
    const [, name = "", file] = decodeURIComponent(request.url ?? "").split("/");
    const found = packages.find(({ manifest }) => manifest.name === name);
    if (found === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
      return;
    }
    const bytes = readFileSync(found.tarball);
    if (file !== undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(bytes);
      return;
    }
    const { manifest } = found;
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    const dist = { tarball: `${url}/${name}/package.tgz`, integrity };
    const versions = { [manifest.version]: { ...manifest, dist } };
    const text = JSON.stringify({ name, "dist-tags": { latest: manifest.version }, versions });
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
