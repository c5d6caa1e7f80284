import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import {
  readCertificates,
  readClientCertificate,
  warnOfIgnoredSwitch,
} from "../../../src/system/http/certificates.ts";
import { type HttpSettings, openHttpClient } from "../../../src/system/http/http-client.ts";
import { startIndex } from "../../support/index-server.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { otherAuthority, testCertificate } from "../../support/test-certificate.ts";

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

test("an untrusted certificate is refused without a retry, with a hint", async () => {
  await using index = await startIndex({ tls: testCertificate });
  await assert.rejects(get({}, index.url), isUntrusted);
});

function isUntrusted(error: unknown): true {
  assert.ok(error instanceof PosyError);
  assert.equal(error.code, "network");
  assert.match(`${error.message} ${error.hint}`, /certificate is not trusted.*SSL_CERT_FILE/s);
  return true;
}

for (const [title, settings] of Object.entries<Partial<HttpSettings>>({
  "the setting with a file": { certificates: bundle },
  "the setting with a folder": { certificates: folder },
  SSL_CERT_FILE: { environment: { SSL_CERT_FILE: bundle } },
  SSL_CERT_DIR: { environment: { SSL_CERT_DIR: folder } },
  REQUESTS_CA_BUNDLE: { environment: { REQUESTS_CA_BUNDLE: bundle } },
  CURL_CA_BUNDLE: { environment: { CURL_CA_BUNDLE: bundle } },
  PIP_CERT: { environment: { PIP_CERT: bundle } },
  "the setting that trusts the host": { trustedHosts: ["127.0.0.1"] },
})) {
  test(`certificates are trusted by ${title}`, async () => {
    const { text, warnings } = await get(settings);
    assert.deepEqual([text, warnings], ["secret bytes", []]);
  });
}

describe("the trusted authorities", () => {
  const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
  const write = async (name: string, text = pem(name)) => {
    const path = join(folder, "authorities", name);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  const read = (setting: string | undefined, environment: NodeJS.ProcessEnv = {}) => {
    const reporter = recordingReporter();
    return { found: readCertificates(setting, environment, reporter), warnings: reporter.warnings() };
  };

  test("are those of the runtime without a setting", () => {
    assert.deepEqual(read(undefined, { SSL_CERT_FILE: "" }), { found: undefined, warnings: [] });
  });

  test("are named by the setting, or else by the first of several variables", async () => {
    const names = ["POSY_CERT", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];
    const environment: NodeJS.ProcessEnv = {};
    for (const name of names.toReversed()) {
      environment[name] = await write(`${name}.pem`);
      assert.deepEqual(read(undefined, environment).found, [pem(`${name}.pem`)]);
    }
    assert.deepEqual(read(await write("setting.pem"), environment).found, [pem("setting.pem")]);
    const folderOf = join(await write("several/one.pem"), "..");
    assert.deepEqual(
      read(undefined, { SSL_CERT_DIR: folderOf, CURL_CA_BUNDLE: environment["CURL_CA_BUNDLE"] }).found,
      [pem("CURL_CA_BUNDLE.pem")],
    );
  });

  test("in a folder are in its PEM files, each once, without files of other kinds", async () => {
    await write("many/a.pem");
    await write("many/b.crt");
    await write("many/c.cer");
    await write("many/1234abcd.0", pem("a.pem"));
    await write("many/empty.pem", "");
    await write("many/backup.pem.old");
    await write("many/deeper/d.crt");
    const path = join(folder, "authorities", "many");
    const found = read(undefined, { SSL_CERT_DIR: path }).found ?? [];
    assert.deepEqual([...found].sort(), [
      pem("a.pem"),
      pem("many/a.pem"),
      pem("many/b.crt"),
      pem("many/c.cer"),
    ]);
    assert.throws(() => read(join(folder, "authorities", "many", "empty.pem")), {
      code: "invalid-configuration",
    });
  });

  test("are those of the runtime if it has already read the same file", {
    skip: process.platform === "win32",
  }, async () => {
    const path = await write("extra.pem");
    await symlink(path, join(folder, "link.pem"));
    const before = process.env["NODE_EXTRA_CA_CERTS"];
    try {
      process.env["NODE_EXTRA_CA_CERTS"] = path;
      for (const same of [path, join(folder, "link.pem")]) {
        assert.equal(read(same).found, undefined);
        assert.deepEqual(read(undefined, { SSL_CERT_FILE: same, CURL_CA_BUNDLE: bundle }), {
          found: undefined,
          warnings: [],
        });
      }
      assert.deepEqual(read(await write("other.pem")).found, [pem("other.pem")]);
      process.env["NODE_EXTRA_CA_CERTS"] = join(folder, "missing.pem");
      assert.deepEqual(read(path).found, [pem("extra.pem")]);
      assert.equal(read(join(folder, "missing.pem")).found, undefined);
    } finally {
      if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
      else process.env["NODE_EXTRA_CA_CERTS"] = before;
    }
  });

  test("cause a warning for each variable that names nothing useful", () => {
    const environment = { SSL_CERT_FILE: join(folder, "no.pem"), SSL_CERT_DIR: join(folder, "none") };
    const { found, warnings } = read(undefined, environment);
    assert.equal(found, undefined);
    assert.equal(warnings.length, 2);
  });
});

test("a client certificate has its key in the same file", () => {
  assert.deepEqual(readClientCertificate(bundle), { cert: testCertificate.cert, key: testCertificate.cert });
});

test("only the value 0 of NODE_TLS_REJECT_UNAUTHORIZED causes a warning", () => {
  for (const [value, count] of [
    ["0", 1],
    ["1", 0],
    ["", 0],
    [undefined, 0],
  ] as const) {
    const reporter = recordingReporter();
    warnOfIgnoredSwitch({ NODE_TLS_REJECT_UNAUTHORIZED: value }, reporter);
    assert.equal(reporter.warnings().length, count, value);
  }
});

test("a host is trusted by its name, with or without its port, and by no other", async () => {
  await using index = await startIndex({ tls: testCertificate });
  const { host, hostname } = new URL(index.origin);
  const get = (trusted: string) =>
    openHttpClient({
      environment: {},
      reporter: recordingReporter(),
      offline: false,
      trustedHosts: ["other", trusted],
    }).send({ url: index.url }, (response) => response.discard());
  await get(host);
  await get(hostname);
  await assert.rejects(get(`${hostname}:1`), isUntrusted);
  await assert.rejects(get("localhost"), isUntrusted);
});

test("the files with certificates are read once, with the first request", async () => {
  const path = join(folder, "once.pem");
  await writeFile(path, testCertificate.cert);
  const client = openHttpClient({
    environment: {},
    reporter: recordingReporter(),
    offline: false,
    certificates: path,
  });
  for (const host of ["127.0.0.1", "localhost"]) {
    await using index = await startIndex({ tls: testCertificate });
    await client.send({ url: index.url.replace("127.0.0.1", host) }, (response) => response.discard());
    await rm(path, { force: true });
  }
});

test("a variable with a missing file causes a warning, and the next variable is used", async () => {
  const environment = { SSL_CERT_FILE: join(folder, "no.pem"), CURL_CA_BUNDLE: bundle };
  const { text, warnings } = await get({ environment });
  assert.equal(text, "secret bytes");
  assert.match(warnings.join(), /no certificates could be read from `.*no.pem`/);
});

test("a setting with an unusable file is an error", async () => {
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

describe("NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  before(() => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  });
  after(() => {
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  });
  const environment = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const other = join(folder, "other.pem");

  for (const [title, settings] of Object.entries<Partial<HttpSettings>>({
    "without other settings": {},
    "with the certificates of another authority": { certificates: other },
  })) {
    test(`does not turn off the checks ${title}`, async () => {
      await writeFile(other, otherAuthority);
      await using index = await startIndex({ tls: testCertificate });
      await assert.rejects(get({ environment, ...settings }, index.url), isUntrusted);
    });
  }

  test("causes one warning that names the options to trust a certificate or a host", async () => {
    const reporter = recordingReporter();
    await using index = await startIndex({ tls: testCertificate, files: [] });
    const http = openHttpClient({ environment, reporter, offline: false, certificates: bundle });
    for (const url of [index.url, index.url]) {
      await http.send({ url }, (response) => response.discard());
    }
    const warnings = reporter.events.flatMap((event) => (event.kind === "warning" ? [event] : []));
    assert.equal(warnings.length, 1);
    assert.match(
      `${warnings[0]?.message} ${warnings[0]?.hint}`,
      /is ignored.*--cert.*SSL_CERT_FILE.*--trusted-host/,
    );
  });

  test("causes no warning if it has no effect", async () => {
    const { warnings } = await get({ environment, trustedHosts: ["127.0.0.1"] });
    await using plain = await startIndex({ files: [{ filename: "x.bin", bytes: Buffer.from("x") }] });
    const overHttp = await get({ environment }, plain.fileUrl("x.bin"));
    assert.deepEqual([...warnings, ...overHttp.warnings], []);
  });
});

/** Starts a proxy that opens tunnels and records the requested hosts. */
async function startProxy(tls?: { readonly key: string; readonly cert: string }) {
  const asked: (string | undefined)[] = [];
  const server = tls ? createTlsServer(tls) : createServer();
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push(request.url);
    const [host, port] = (request.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    socket.on("error", () => target.destroy());
    target.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

for (const [title, tls] of [
  ["http", undefined],
  ["https", testCertificate],
] as const) {
  test(`https requests are tunnelled through an ${title} proxy`, async () => {
    using proxy = await startProxy(tls);
    const { text, index } = await get({ certificates: bundle, environment: { HTTPS_PROXY: proxy.url } });
    assert.equal(text, "secret bytes");
    assert.deepEqual(proxy.asked, [new URL(index.origin).host]);
  });
}

test("an https proxy with an untrusted certificate is refused, even for a trusted host", async () => {
  using proxy = await startProxy(testCertificate);
  const environment = { HTTPS_PROXY: proxy.url.replace("127.0.0.1", "localhost") };
  await assert.rejects(get({ environment }), isUntrusted);
  await assert.rejects(get({ environment, trustedHosts: ["127.0.0.1"] }), isUntrusted);
  assert.deepEqual(proxy.asked, []);
});
