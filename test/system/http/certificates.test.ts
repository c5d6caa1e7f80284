import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { type HttpSettings, openHttpClient } from "../../../src/system/http/http-client.ts";
import { startIndex } from "../../support/index-server.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { testCertificate } from "../../support/test-certificate.ts";

const folder = await mkdtemp(join(tmpdir(), "posy-certificates-"));
after(() => rm(folder, { recursive: true }));
const bundle = join(folder, "authority.pem");
await writeFile(bundle, testCertificate.cert);
await writeFile(join(folder, "readme"), "");

async function get(settings: Partial<HttpSettings>, origin?: string) {
  await using index = await startIndex({
    files: [{ filename: "x.bin", bytes: Buffer.from("secret bytes") }],
    tls: testCertificate,
  });
  const reporter = recordingReporter();
  const http = openHttpClient({ environment: {}, reporter, offline: false, retries: 1, ...settings });
  const url = origin ?? index.fileUrl("x.bin");
  const text = await http.send({ url }, async (response) =>
    Buffer.from(await response.bytes(100)).toString(),
  );
  return { text, warnings: reporter.warnings(), index };
}

test("a certificate that nobody vouches for is refused, once, with a hint", async () => {
  await using index = await startIndex({ tls: testCertificate });
  await assert.rejects(get({}, index.url), (error) => {
    assert.ok(error instanceof PosyError);
    assert.equal(error.code, "network");
    assert.match(`${error.message} ${error.hint}`, /certificate is not trusted.*SSL_CERT_FILE/s);
    return true;
  });
});

for (const [title, settings] of Object.entries<Partial<HttpSettings>>({
  "the setting, a file": { certificates: bundle },
  "the setting, a folder": { certificates: folder },
  SSL_CERT_FILE: { environment: { SSL_CERT_FILE: bundle } },
  SSL_CERT_DIR: { environment: { SSL_CERT_DIR: folder } },
  REQUESTS_CA_BUNDLE: { environment: { REQUESTS_CA_BUNDLE: bundle } },
  CURL_CA_BUNDLE: { environment: { CURL_CA_BUNDLE: bundle } },
  PIP_CERT: { environment: { PIP_CERT: bundle } },
  "a host that is trusted by setting": { trustedHosts: ["127.0.0.1"] },
})) {
  test(`trusted: ${title}`, async () => {
    const { text, warnings } = await get(settings);
    assert.deepEqual([text, warnings], ["secret bytes", []]);
  });
}

test("a variable that leads nowhere is told, and the next one tried", async () => {
  const environment = { SSL_CERT_FILE: join(folder, "no.pem"), CURL_CA_BUNDLE: bundle };
  const { text, warnings } = await get({ environment });
  assert.equal(text, "secret bytes");
  assert.match(warnings.join(), /no certificates could be read from `.*no.pem`/);
});

test("a setting that leads nowhere is an error", async () => {
  for (const setting of [
    { certificates: join(folder, "readme") },
    { clientCertificate: join(folder, "no.pem") },
  ]) {
    await assert.rejects(
      get(setting),
      (error) => error instanceof PosyError && error.code === "invalid-configuration",
    );
  }
});

test("a tunnel through a proxy", async () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url);
    const [host, port] = (request.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    socket.on("error", () => target.destroy());
    target.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { text, index } = await get({ certificates: bundle, environment: { HTTPS_PROXY: address } });
  assert.equal(text, "secret bytes");
  assert.deepEqual(asked, [new URL(index.origin).host]);
  proxy.closeAllConnections();
  proxy.close();
});
