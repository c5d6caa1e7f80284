import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkScript } from "../../src/pythons/pybi/check/run/check-script.ts";
import { greeting, loopbackServer } from "../../src/pythons/pybi/check/run/loopback-server.ts";
import { throwAwayCertificate } from "../../src/pythons/pybi/check/run/throw-away-certificate.ts";
import { runCaptured } from "../../src/system/process/processes.ts";
import { testPython } from "../support/oracle.ts";

test("a temporary certificate is self-signed, and valid for two days and for loopback only", () => {
  const now = Date.UTC(2026, 10, 21);
  const { certificate, key } = throwAwayCertificate(now);
  const read = new X509Certificate(certificate);
  assert.ok(read.ca && read.verify(read.publicKey) && read.checkIssued(read));
  assert.equal(read.checkIP("127.0.0.1"), "127.0.0.1");
  assert.equal(read.checkHost("localhost"), "localhost");
  assert.equal(read.checkHost("example.org"), undefined);
  assert.equal(Date.parse(read.validFrom), now - 86_400_000);
  assert.equal(Date.parse(read.validTo), now + 86_400_000);
  assert.notEqual(throwAwayCertificate(now).key, key);
});

test("Python fetches from a loopback server only if it trusts the temporary certificate", async () => {
  const folder = await mkdtemp(join(tmpdir(), "posy-https-"));
  try {
    await using server = await loopbackServer();
    const certificate = join(folder, "certificate.pem");
    await writeFile(certificate, server.certificate);
    const argv = ["-E", "-s", "-c", checkScript, "/nowhere-at-all", folder, server.url, certificate];
    const { stdout } = await runCaptured(await testPython(), argv, {
      cwd: folder,
      env: { PATH: "/usr/bin:/bin" },
    });
    const { https } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { https: Record<string, string> };
    assert.equal(https["trusted"], greeting);
    assert.match(https["unknown"] ?? "", /CERTIFICATE_VERIFY_FAILED/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
