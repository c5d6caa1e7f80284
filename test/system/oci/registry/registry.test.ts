import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, describe, test } from "node:test";
import { openHttpClient } from "../../../../src/system/http/index.ts";
import {
  type BlobSource,
  digestOf,
  emptyConfig,
  type ImageManifest,
  mediaTypes,
  openRegistry,
} from "../../../../src/system/oci/index.ts";
import { recordingReporter } from "../../../support/recording-reporter.ts";
import {
  type RegistryServer,
  type RegistryServerOptions,
  startRegistry,
} from "../../../support/registry-server.ts";
import { testCertificate } from "../../../support/test-certificate.ts";

const scratch = mkdtempSync(join(tmpdir(), "posy-oci-"));
after(() => rmSync(scratch, { recursive: true }));
let count = 0;
const newFolder = () => {
  const folder = join(scratch, `${(count += 1)}`);
  mkdirSync(folder);
  return folder;
};

interface OpenOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly retries?: number;
  readonly timeout?: number;
  readonly pieceSize?: number;
  readonly name?: string;
  readonly certificates?: string;
  readonly offline?: boolean;
}

function open({ host }: Pick<RegistryServer, "host">, { environment = {}, ...options }: OpenOptions = {}) {
  const reporter = recordingReporter();
  const home = newFolder();
  const full = { HOME: home, PATH: process.env["PATH"], ...environment };
  const { name = "team/app", certificates, offline = false, ...rest } = options;
  const http = openHttpClient({
    environment: full,
    reporter,
    offline,
    ...(certificates && { certificates }),
  });
  const registry = openRegistry(
    { registry: host, name },
    { http, reporter, environment: full, retries: 2, ...rest },
  );
  return Object.assign(registry, { warnings: () => reporter.warnings() });
}

const blobOf = (bytes: Uint8Array): BlobSource => ({
  digest: digestOf(bytes),
  size: bytes.length,
  content: { bytes },
});
const hello = Buffer.from("hello");

function manifestOf(...layers: readonly Uint8Array[]): ImageManifest {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: "application/vnd.example.test",
    config: emptyConfig.descriptor,
    layers: layers.map((bytes) => ({
      mediaType: "application/octet-stream",
      digest: digestOf(bytes),
      size: bytes.length,
    })),
  };
}

const withServer = async (options: RegistryServerOptions, use: (server: RegistryServer) => Promise<void>) => {
  await using server = await startRegistry(options);
  await use(server);
};

describe("a registry", () => {
  test("stores blobs, manifests and tags, and returns the same bytes", () =>
    withServer({ tagsPerPage: 2 }, async (server) => {
      const registry = open(server);
      assert.equal(await registry.readManifest("1.0"), undefined);
      assert.equal(await registry.hasManifest("1.0"), false);
      for (const bytes of [hello, emptyConfig.bytes])
        assert.equal(await registry.uploadBlob(blobOf(bytes)), true);
      const manifest = manifestOf(hello);
      const { digest } = await registry.writeManifest(manifest, "1.0");
      for (const tag of ["a", "b", "c", "d"]) await registry.writeManifest(manifest, tag);
      assert.deepEqual((await registry.readManifest("1.0"))?.manifest, manifest);
      assert.equal((await registry.readManifest(digest))?.digest, digest);
      assert.equal(await registry.hasBlob(digestOf(hello)), true);
      assert.deepEqual(Buffer.from(await registry.readBlob({ digest: digestOf(hello), size: 5 })), hello);
      assert.deepEqual(await registry.tags(), ["1.0", "a", "b", "c", "d"]);
    }));

  test("gets no blob that it has, and mounts one of another repository", () =>
    withServer({}, async (server) => {
      const registry = open(server);
      await registry.uploadBlob(blobOf(hello));
      assert.equal(await registry.uploadBlob(blobOf(hello)), false);
      assert.equal(server.count(/^PUT/), 1);
      const other = open(server, { name: "other" });
      assert.equal(await other.mountBlob(digestOf(hello), "team/app"), true);
      assert.equal(server.count(/^PUT/), 1);
      assert.equal(await other.mountBlob(digestOf(Buffer.from("unknown")), "team/app"), false);
      for (const status of [401, 403, 404]) {
        server.script(/^POST/, { status });
        assert.equal(await other.mountBlob(digestOf(hello), "secret"), false, `status ${status}`);
      }
    }));

  for (const [what, replies] of [
    ["the connection breaks", [{ reset: true }]],
    ["it is overloaded", [{ status: 503 }, { status: 429, headers: { "retry-after": "0" } }]],
    ["it has lost the upload", [{ status: 404 }]],
    ["its upload has other bytes", [{ status: 416 }]],
  ] as const) {
    test(`gets a small file in a new upload if ${what}`, () =>
      withServer({}, async (server) => {
        server.script(/^PUT/, ...replies);
        assert.equal(await open(server).uploadBlob(blobOf(hello)), true);
        assert.deepEqual(server.blobs.get(digestOf(hello)), hello);
        assert.equal(server.count(/^POST/), 1 + replies.length);
      }));
  }

  test("gets a large file in a new upload if the upload is gone", () =>
    withServer({}, async (server) => {
      const bytes = randomBytes(100_000);
      server.script(/^PATCH/, "ok", { reset: true });
      server.script(/^GET .*uploads/, { status: 404 });
      assert.equal(await open(server, { pieceSize: 30_000 }).uploadBlob(blobOf(bytes)), true);
      assert.deepEqual(server.blobs.get(digestOf(bytes)), bytes);
      assert.equal(server.count(/^POST/), 2);
    }));

  test("is given up when every upload breaks", () =>
    withServer({}, async (server) => {
      server.always(/^PUT/, { reset: true });
      await assert.rejects(open(server, { retries: 1 }).uploadBlob(blobOf(hello)), { code: "network" });
      assert.equal(server.count(/^POST/), 2);
    }));

  test("gets a large file in pieces, and goes on where it stopped", () =>
    withServer({}, async (server) => {
      const bytes = randomBytes(100_000);
      const path = join(newFolder(), "blob");
      writeFileSync(path, bytes);
      const registry = open(server, { pieceSize: 30_000 });
      // The second piece is stored, but its answer is lost; the third one never arrives.
      server.script(/^PATCH/, "ok", { reset: true }, "ok", { status: 503 });
      const blob = { digest: digestOf(bytes), size: bytes.length, content: { path } };
      assert.equal(await registry.uploadBlob(blob), true);
      assert.deepEqual(server.blobs.get(digestOf(bytes)), bytes);
      assert.ok(server.count(/^GET .*uploads/) >= 2);
    }));

  test("lists the manifests that refer to another one, also by tag if it has no API for it", async () => {
    for (const options of [{}, { noReferrers: true }] as const) {
      await withServer(options, async (server) => {
        const registry = open(server);
        for (const bytes of [hello, emptyConfig.bytes]) await registry.uploadBlob(blobOf(bytes));
        const subject = await registry.writeManifest(manifestOf(hello), "1.0");
        const referrer = await registry.writeManifest({ ...manifestOf(), subject });
        assert.deepEqual(await registry.referrers(referrer.digest), []);
        if ("noReferrers" in options) {
          const index = { schemaVersion: 2 as const, mediaType: mediaTypes.index, manifests: [referrer] };
          await registry.writeManifest(index, subject.digest.replace(":", "-"));
        }
        assert.deepEqual(
          (await registry.referrers(subject.digest)).map(({ digest }) => digest),
          [referrer.digest],
        );
      });
    }
  });
});

describe("a download of a blob", () => {
  const bytes = randomBytes(200_000);
  const blob = { digest: digestOf(bytes), size: bytes.length };

  test("goes on after a cut connection", () =>
    withServer({}, async (server) => {
      server.blobs.set(blob.digest, bytes);
      server.script(/^GET .*blobs/, { cutAfter: 70_000 }, { cutAfter: 70_000 });
      const path = join(newFolder(), "blob");
      assert.equal(await open(server).downloadBlob(blob, path), bytes.length);
      assert.deepEqual(readFileSync(path), bytes);
      assert.equal(server.requests.filter(({ headers }) => headers.range !== undefined).length, 2);
    }));

  test("follows a redirect, and does not send the login there", async () => {
    await using storage = await startRegistry();
    storage.always(/^GET \/data\//, { status: 200, body: bytes });
    const auth = { kind: "basic", username: "me", password: "my-password" } as const;
    await withServer({ blobsAt: storage.origin, auth }, async (server) => {
      server.blobs.set(blob.digest, bytes);
      const path = join(newFolder(), "blob");
      const environment = { REGISTRY_AUTH_FILE: authFile({ [server.host]: login("me", "my-password") }) };
      await open(server, { environment }).downloadBlob(blob, path);
      assert.deepEqual(readFileSync(path), bytes);
      assert.deepEqual(
        storage.requests.map(({ headers }) => headers.authorization),
        [undefined],
      );
    });
  });

  const wrong: Readonly<Record<string, [(server: RegistryServer) => void, RegExp]>> = {
    "other bytes": [(server) => server.blobs.set(blob.digest, randomBytes(bytes.length)), /has the hash/],
    "more bytes": [
      (server) => server.blobs.set(blob.digest, Buffer.concat([bytes, bytes])),
      /has more than 200000 bytes/,
    ],
    "fewer bytes": [(server) => server.blobs.set(blob.digest, bytes.subarray(1)), /has 199999 bytes/],
    nothing: [() => {}, /has no blob/],
  };
  for (const [name, [prepare, message]] of Object.entries(wrong)) {
    test(`is refused if the registry sends ${name}, and leaves no file`, () =>
      withServer({}, async (server) => {
        prepare(server);
        const path = join(newFolder(), "blob");
        await assert.rejects(open(server).downloadBlob(blob, path), message);
        assert.equal(existsSync(path), false);
      }));
  }
});

describe("a registry that lies or breaks", () => {
  test("is not believed about a manifest that has another digest", () =>
    withServer({}, async (server) => {
      const registry = open(server);
      for (const bytes of [hello, emptyConfig.bytes]) await registry.uploadBlob(blobOf(bytes));
      const { digest } = await registry.writeManifest(manifestOf(hello));
      const body = JSON.stringify(manifestOf());
      server.script(
        /^GET .*manifests/,
        { status: 200, body },
        { status: 200, body: "[]" },
        { status: 200, body: "{" },
      );
      await assert.rejects(registry.readManifest(digest), /has the hash/);
      await assert.rejects(registry.readManifest("1.0"), /is not a manifest of schema version 2/);
      await assert.rejects(registry.readManifest("1.0"), /is not JSON/);
    }));

  test("is refused for descriptors that are none", () =>
    withServer({}, async (server) => {
      const registry = open(server);
      const config = emptyConfig.descriptor;
      for (const layer of [
        {},
        { ...config, size: -1 },
        { ...config, size: "2" },
        { ...config, digest: "sha256:../x" },
      ]) {
        const body = JSON.stringify({ schemaVersion: 2, config, layers: [layer] });
        server.script(/^GET .*manifests/, { status: 200, body });
        await assert.rejects(registry.readManifest("1.0"), { code: "invalid-manifest" });
      }
    }));

  test("is tried again if it may succeed, and the message says what it answered", () =>
    withServer({}, async (server) => {
      const registry = open(server);
      server.script(/^HEAD/, { status: 503 }, { reset: true }, { status: 404 });
      assert.equal(await registry.hasBlob(digestOf(hello)), false);
      const body = JSON.stringify({ errors: [{ code: "DENIED", message: "quota `x`\u001b[31m exceeded" }] });
      server.script(/^POST/, { status: 403, body });
      await assert.rejects(registry.uploadBlob(blobOf(hello)), {
        code: "authentication",
        message: `\`oci://${server.host}/team/app\` refuses to push (status 403) (it says: \`DENIED: quota  x [31m exceeded\`)`,
      });
    }));

  test("is given up when it does not answer", () =>
    withServer({}, async (server) => {
      server.always(/^HEAD/, { hang: true });
      await assert.rejects(open(server, { timeout: 0.2, retries: 0 }).hasBlob(digestOf(hello)), {
        code: "network",
      });
    }));

  test("may not redirect without end, nor from TLS to plain HTTP", async () => {
    await withServer({}, async (server) => {
      server.always(/^GET .*blobs/, { status: 307, headers: { location: "/v2/team/app/blobs/x" } });
      await assert.rejects(
        open(server).readBlob({ digest: digestOf(hello), size: 5 }),
        /redirects without end/,
      );
    });
    const certificates = join(newFolder(), "ca.pem");
    writeFileSync(certificates, testCertificate.cert);
    await withServer({ tls: testCertificate }, async (server) => {
      server.always(/^GET .*blobs/, { status: 307, headers: { location: "http://127.0.0.1:1/x" } });
      const registry = open(server, { certificates });
      await assert.rejects(registry.readBlob({ digest: digestOf(hello), size: 5 }), /which is not safe/);
    });
  });

  test("on this machine with a certificate that is not trusted is not asked without TLS", () =>
    withServer({ tls: testCertificate }, async (server) => {
      await assert.rejects(open(server).hasBlob(digestOf(hello)), /certificate is not trusted/);
    }));

  test("is not asked without the network", () =>
    withServer({}, async (server) => {
      await assert.rejects(open(server, { offline: true }).hasBlob(digestOf(hello)), { code: "offline" });
      assert.equal(server.requests.length, 0);
    }));

  test("that lists the same tags for ever is left after the first page without new ones", () =>
    withServer({}, async (server) => {
      const body = JSON.stringify({ tags: ["a", "../b", 1] });
      const next = { link: '<http://evil.example.org/next>; rel="next"' };
      server.script(/^GET .*tags/, { status: 200, body, headers: next });
      assert.deepEqual(await open(server).tags(), ["a"]);
    }));
});

const login = (username: string, password: string) => ({
  auth: Buffer.from(`${username}:${password}`).toString("base64"),
});

function authFile(auths: object, more: object = {}): string {
  const path = join(newFolder(), "auth.json");
  writeFileSync(path, JSON.stringify({ auths, ...more }));
  return path;
}

/** Makes a credential helper, and returns the variables to find it. */
function helperSaying(script: string): NodeJS.ProcessEnv {
  const folder = newFolder();
  const path = join(folder, "docker-credential-test");
  writeFileSync(path, `#!/bin/sh\nread host\n${script}\n`);
  chmodSync(path, 0o755);
  return { PATH: `${folder}${delimiter}${process.env["PATH"]}` };
}

describe("the login for a registry", () => {
  const password = "my-secret-password";
  for (const kind of ["basic", "bearer"] as const) {
    const auth = { kind, username: "me", password, identityToken: "my-identity-token" };

    const sources: Readonly<Record<string, (host: string) => NodeJS.ProcessEnv>> = {
      "docker's `config.json`": (host) => {
        const folder = newFolder();
        writeFileSync(
          join(folder, "config.json"),
          JSON.stringify({ auths: { [host]: login("me", password) } }),
        );
        return { DOCKER_CONFIG: folder };
      },
      "docker's `config.json` with an address of an old version": (host) => {
        const folder = newFolder();
        const auths = { [`https://${host}/v1/`]: login("me", password) };
        writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }));
        return { DOCKER_CONFIG: folder };
      },
      "podman's `auth.json`": (host) => {
        const folder = newFolder();
        mkdirSync(join(folder, "containers"));
        const auths = {
          [host]: login("me", "of another repository"),
          [`${host}/team`]: login("me", password),
        };
        writeFileSync(join(folder, "containers", "auth.json"), JSON.stringify({ auths }));
        return { XDG_RUNTIME_DIR: folder };
      },
      "a credential helper for the registry": (host) => ({
        ...helperSaying(`printf '{"Username":"me","Secret":"${password}"}'`),
        REGISTRY_AUTH_FILE: authFile({}, { credHelpers: { [host]: "test" }, credsStore: "other" }),
      }),
      "the credential helper of all registries": () => ({
        ...helperSaying(`printf '{"Username":"me","Secret":"${password}"}'`),
        REGISTRY_AUTH_FILE: authFile({}, { credsStore: "test" }),
      }),
    };
    for (const [name, source] of Object.entries(sources)) {
      test(`(${kind}) comes from ${name}`, () =>
        withServer({ auth }, async (server) => {
          const registry = open(server, { environment: source(server.host) });
          await registry.uploadBlob(blobOf(hello));
          assert.equal(await registry.hasBlob(digestOf(hello)), true);
          assert.deepEqual(registry.warnings(), []);
        }));
    }

    test(`(${kind}) is asked for if there is none, or if it is wrong`, () =>
      withServer({ auth }, async (server) => {
        await assert.rejects(open(server).uploadBlob(blobOf(hello)), { code: "authentication" });
        const environment = {
          REGISTRY_AUTH_FILE: authFile({ [server.host]: login("me", "wrong-password") }),
        };
        await assert.rejects(open(server, { environment }).uploadBlob(blobOf(hello)), {
          code: "authentication",
        });
      }));
  }

  test("may be an identity token", () =>
    withServer(
      { auth: { kind: "bearer", username: "me", password, identityToken: "my-identity-token" } },
      async (server) => {
        const entry = { auth: "", identitytoken: "my-identity-token" };
        const environment = { REGISTRY_AUTH_FILE: authFile({ [server.host]: entry }) };
        await open(server, { environment }).uploadBlob(blobOf(hello));
      },
    ));

  test("is not needed to read what is public", () =>
    withServer({ auth: { kind: "bearer", username: "me", password, reads: "anonymous" } }, async (server) => {
      server.blobs.set(digestOf(hello), hello);
      const registry = open(server);
      assert.equal(await registry.hasBlob(digestOf(hello)), true);
      await assert.rejects(registry.uploadBlob(blobOf(Buffer.from("more"))), { code: "authentication" });
    }));

  test("is renewed when a token expires", () =>
    withServer({ auth: { kind: "bearer", username: "me", password } }, async (server) => {
      const environment = { REGISTRY_AUTH_FILE: authFile({ [server.host]: login("me", password) }) };
      const registry = open(server, { environment });
      await registry.hasBlob(digestOf(hello));
      const challenge = { "www-authenticate": `Bearer realm="${server.origin}/token"` };
      server.script(/^HEAD/, { status: 401, headers: challenge });
      assert.equal(await registry.hasBlob(digestOf(hello)), false);
      assert.equal(server.count(/^GET \/token/), 2);
    }));

  test("is not sent to a token service without TLS if the registry has TLS", async () => {
    const certificates = join(newFolder(), "ca.pem");
    writeFileSync(certificates, testCertificate.cert);
    await using service = await startRegistry();
    await withServer({ tls: testCertificate }, async (server) => {
      const headers = { "www-authenticate": `Bearer realm="${service.origin}/token"` };
      server.always(/^HEAD/, { status: 401, headers });
      const environment = { REGISTRY_AUTH_FILE: authFile({ [server.host]: login("me", password) }) };
      await assert.rejects(open(server, { environment, certificates }).hasBlob(digestOf(hello)), {
        code: "authentication",
      });
      assert.equal(service.requests.length, 0);
    });
  });

  const broken: Readonly<Record<string, [() => NodeJS.ProcessEnv, RegExp]>> = {
    "a file that is not JSON": [
      () => {
        const path = join(newFolder(), "auth.json");
        writeFileSync(path, "{");
        return { REGISTRY_AUTH_FILE: path };
      },
      /is not JSON/,
    ],
    "a helper that does not exist": [
      () => ({ REGISTRY_AUTH_FILE: authFile({}, { credsStore: "missing" }) }),
      /`docker-credential-missing` did not start/,
    ],
    "a helper that fails": [
      () => ({ ...helperSaying("exit 3"), REGISTRY_AUTH_FILE: authFile({}, { credsStore: "test" }) }),
      /`docker-credential-test` failed/,
    ],
    "a helper with the path of another program": [
      () => ({ REGISTRY_AUTH_FILE: authFile({}, { credsStore: "../../evil" }) }),
      /is not the name of a credential helper/,
    ],
  };
  for (const [name, [environment, warning]] of Object.entries(broken)) {
    test(`is missing, with a warning, after ${name}`, () =>
      withServer({ auth: { kind: "basic", username: "me", password } }, async (server) => {
        const registry = open(server, { environment: environment() });
        await assert.rejects(registry.hasBlob(digestOf(hello)), { code: "authentication" });
        assert.match(registry.warnings().join("\n"), warning);
      }));
  }

  test("is missing without a word if a helper has none", () =>
    withServer({ auth: { kind: "basic", username: "me", password } }, async (server) => {
      const environment = {
        ...helperSaying("echo 'credentials not found in native keychain'; exit 1"),
        REGISTRY_AUTH_FILE: authFile({}, { credsStore: "test" }),
      };
      const registry = open(server, { environment });
      await assert.rejects(registry.hasBlob(digestOf(hello)), /asks for a login/);
      assert.deepEqual(registry.warnings(), []);
    }));
});
