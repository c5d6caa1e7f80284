import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Connection, proxyTlsOptions, tlsOptions } from "../../../src/system/http/connection.ts";
import { bunFetchSupports, nodeFetchSupports } from "../../../src/system/http/transport.ts";

const clientCertificate = { cert: "the certificate", key: "the key" };
const proxyAt = (url: string) => ({ proxy: { url, source: "proxy" } });

describe("the TLS options of a connection", () => {
  const cases: readonly (readonly [string, Connection, object, object])[] = [
    ["without settings check certificates", {}, { rejectUnauthorized: true }, { rejectUnauthorized: true }],
    [
      "with authorities have them for the host and the proxy",
      { ca: ["one", "two"] },
      { ca: ["one", "two"], rejectUnauthorized: true },
      { ca: ["one", "two"], rejectUnauthorized: true },
    ],
    [
      "with a client certificate show it to the host, not to the proxy",
      { clientCertificate },
      { ...clientCertificate, rejectUnauthorized: true },
      { rejectUnauthorized: true },
    ],
    [
      "of a trusted host check nothing but the certificate of the proxy",
      { insecure: true },
      { rejectUnauthorized: false },
      { rejectUnauthorized: true },
    ],
    [
      "of a host that is not trusted check its certificate",
      { insecure: false },
      { rejectUnauthorized: true },
      { rejectUnauthorized: true },
    ],
  ];
  for (const [title, connection, host, proxy] of cases) {
    test(title, () => {
      assert.deepEqual(tlsOptions(connection), host);
      assert.deepEqual(proxyTlsOptions(connection), proxy);
    });
  }
});

test("Node's `fetch` is used only for connections without settings that it lacks", () => {
  const [https, http] = ["https://index.example/", "http://index.example/"];
  const off = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const cases: readonly (readonly [string, Connection, NodeJS.ProcessEnv, boolean])[] = [
    [https, {}, {}, true],
    [https, { insecure: false }, {}, true],
    [https, { ca: [] }, {}, false],
    [https, { clientCertificate }, {}, false],
    [https, { insecure: true }, {}, false],
    [https, proxyAt("http://proxy.example/"), {}, false],
    // It obeys this variable, which Posy ignores.
    [https, {}, off, false],
    [http, {}, off, true],
    [https, {}, { NODE_TLS_REJECT_UNAUTHORIZED: "1" }, true],
  ];
  for (const [url, connection, environment, expected] of cases) {
    const title = JSON.stringify([url, connection, environment]);
    assert.equal(nodeFetchSupports(url, connection, environment), expected, title);
  }
});

test("Bun's `fetch` is not used for a trusted host behind an https proxy, whose certificate is checked", () => {
  const cases: readonly (readonly [Connection, boolean])[] = [
    [{}, true],
    [{ insecure: true }, true],
    [{ insecure: true, ...proxyAt("http://proxy.example/") }, true],
    [{ insecure: true, ...proxyAt("https://proxy.example/") }, false],
    [proxyAt("https://proxy.example/"), true],
  ];
  for (const [connection, expected] of cases) {
    assert.equal(bunFetchSupports(connection), expected, JSON.stringify(connection));
  }
});
