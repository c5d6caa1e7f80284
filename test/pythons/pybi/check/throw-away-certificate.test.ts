import assert from "node:assert/strict";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { der, throwAwayCertificate } from "../../../../src/pythons/pybi/check/run/throw-away-certificate.ts";

test("the test certificate is valid one day before and after its date, also from 2050 on", () => {
  for (const date of ["2026-11-30T12:00:00Z", "2049-12-31T12:00:00Z", "2050-06-01T12:00:00Z"]) {
    const now = Date.parse(date);
    const { certificate, key } = throwAwayCertificate(now);
    const parsed = new X509Certificate(certificate);
    assert.equal(Date.parse(parsed.validFrom), now - 86_400_000, date);
    assert.equal(Date.parse(parsed.validTo), now + 86_400_000, date);
    assert.ok(parsed.checkPrivateKey(createPrivateKey(key)));
    assert.ok(parsed.verify(parsed.publicKey));
    assert.equal(parsed.ca, true);
    assert.equal(parsed.subject, "CN=posy pybi check");
    assert.equal(parsed.checkIP("127.0.0.1"), "127.0.0.1");
    assert.equal(parsed.checkHost("localhost"), "localhost");
  }
});

test("the test certificate is written as RFC 5280 requires", () => {
  const hexOf = (date: string) =>
    new X509Certificate(throwAwayCertificate(Date.parse(date)).certificate).raw.toString("hex");
  const [before, after] = [hexOf("2026-11-30T12:00:00Z"), hexOf("2050-06-01T12:00:00Z")];
  // Dates are UTCTime until 2049, then GeneralizedTime.
  assert.ok(before.includes("170d3236313132393132") && before.includes("170d3236313230313132"));
  assert.ok(after.includes("180f3230353030353331"));
  // Basic constraints and key usage are critical.
  for (const critical of ["0603551d130101ff", "0603551d0f0101ff"]) assert.ok(before.includes(critical));
  assert.ok(!before.includes("0603551d110101"));
});

test("the key identifiers are the SHA-1 of the public key (RFC 5280, 4.2.1.2)", () => {
  const { raw, publicKey } = new X509Certificate(throwAwayCertificate().certificate);
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const identifier = createHash("sha1").update(point).digest("hex");
  const hex = raw.toString("hex");
  assert.ok(hex.includes(`0603551d0e04160414${identifier}`), "subjectKeyIdentifier");
});

test("each certificate has another serial number, and lines of at most 64 characters", () => {
  const [one, other] = [throwAwayCertificate(), throwAwayCertificate()];
  const serial = (text: string) => new X509Certificate(text).serialNumber;
  assert.notEqual(serial(one.certificate), serial(other.certificate));
  // RFC 5280, 4.1.2.2: a positive number of at most 20 bytes.
  assert.match(serial(one.certificate), /^01[0-9A-F]{30}$/);
  assert.ok(one.certificate.split("\n").every((line) => line.length <= 64));
  assert.match(one.certificate, /^-----BEGIN CERTIFICATE-----\n[^]*[^\n]\n-----END CERTIFICATE-----\n$/);
});

test("a value of the certificate has its length in one to three bytes", () => {
  const lengths: readonly (readonly [number, readonly number[]])[] = [
    [0, [0]],
    [127, [127]],
    [128, [0x81, 128]],
    [255, [0x81, 255]],
    [256, [0x82, 1, 0]],
    [0x1234, [0x82, 0x12, 0x34]],
  ];
  for (const [length, expected] of lengths) {
    const encoded = der(0x30, Buffer.alloc(length));
    assert.deepEqual([...encoded.subarray(0, encoded.length - length)], [0x30, ...expected]);
  }
});
