import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface ThrowAwayCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

const day = 86_400_000;

/**
 * Makes a self-signed certificate (X.509, RFC 5280) for loopback, valid for two days, and its key. Both are new each
 * time, so that there is no secret to keep. It is its own authority, with the extensions that strict verifiers require.
 */
export function throwAwayCertificate(now = Date.now()): ThrowAwayCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  // RFC 5280, 4.2.1.2: the SHA-1 of the key without its header, here the last 65 bytes.
  const keyId = createHash("sha1").update(spki.subarray(-65)).digest();
  const name = sequence(set(sequence(oid.commonName, der(0x0c, Buffer.from("posy pybi check")))));
  const algorithm = sequence(oid.ecdsaWithSha256);
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - day), time(now + day)),
    name,
    spki,
    der(
      0xa3,
      sequence(
        extension(oid.subjectKeyIdentifier, der(0x04, keyId)),
        extension(oid.authorityKeyIdentifier, sequence(der(0x80, keyId))),
        extension(oid.basicConstraints, sequence(der(0x01, Buffer.from([0xff]))), true),
        // digitalSignature and keyCertSign.
        extension(oid.keyUsage, der(0x03, Buffer.from([2, 0x84])), true),
        extension(
          oid.subjectAltName,
          sequence(
            der(0x82, Buffer.from("localhost")),
            // Python 2 compares addresses with DNS names.
            der(0x82, Buffer.from("127.0.0.1")),
            der(0x87, Buffer.from([127, 0, 0, 1])),
          ),
        ),
      ),
    ),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", tbs, privateKey));
  const body = sequence(tbs, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${body.trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

const oid = {
  commonName: Buffer.from("0603550403", "hex"),
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  subjectKeyIdentifier: Buffer.from("0603551d0e", "hex"),
  keyUsage: Buffer.from("0603551d0f", "hex"),
  subjectAltName: Buffer.from("0603551d11", "hex"),
  basicConstraints: Buffer.from("0603551d13", "hex"),
  authorityKeyIdentifier: Buffer.from("0603551d23", "hex"),
};

/** Encodes a DER value: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function sequence(...content: readonly Uint8Array[]): Buffer {
  return der(0x30, ...content);
}

function set(...content: readonly Uint8Array[]): Buffer {
  return der(0x31, ...content);
}

/** Encodes a positive number, whose first bit must be clear. */
function integer(value: number | Buffer): Buffer {
  return der(0x02, typeof value === "number" ? Buffer.from([value]) : value);
}

/** Encodes `20261121145500Z`, or the year with two digits until 2049 (RFC 5280, 4.1.2.5). */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  return text < "2050" ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function extension(name: Buffer, value: Buffer, critical = false): Buffer {
  return sequence(name, ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}
