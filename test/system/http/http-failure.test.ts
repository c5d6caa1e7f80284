import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { networkError, TransportFailure } from "../../../src/system/http/http-failure.ts";

const url = "https://index.example.org/simple/a/";
const failing = (code: string, message = "native") =>
  networkError(url, new TransportFailure(Object.assign(new TypeError(message), { code })));

describe("the error about a certificate", () => {
  test("of an unknown authority suggests SSL_CERT_FILE", () => {
    for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]) {
      const { message, hint } = failing(code);
      assert.ok(message.endsWith(`its certificate is not trusted (${code})`), message);
      assert.match(hint ?? "", /SSL_CERT_FILE/);
    }
  });

  test("of another host suggests checking the host, not adding authorities", () => {
    const { message, hint } = failing("ERR_TLS_CERT_ALTNAME_INVALID");
    assert.match(message, /its certificate is for another host$/);
    assert.match(hint ?? "", /^check the host in the URL; .*`--trusted-host index\.example\.org`/);
  });

  test("that is not valid now suggests checking the date", () => {
    for (const code of ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]) {
      assert.match(failing(code).hint ?? "", /^check the date of this machine; .*`index\.example\.org`$/);
    }
  });
});

describe("the error about a failed connection", () => {
  test("leaves out the runtime's advice for programmers", () => {
    const text = `Thing fetching "${url}". For more information, pass \`verbose: true\` in the second argument to fetch()`;
    const codes = [
      "InvalidHTTPResponse",
      "BrotliDecompressionError",
      "ZstdDecompressionError",
      "UnsupportedProxyProtocol",
      "ConnectionClosed",
      "SomethingNew",
    ];
    for (const code of codes) assert.doesNotMatch(failing(code, text).message, /verbose|fetch/, code);
    assert.match(failing("SomethingNew", text).message, /the request failed \(SomethingNew\)$/);
    assert.doesNotMatch(failing("", "fetch failed").message, /fetch/);
  });

  test("names a wrong length", () => {
    for (const code of [
      "InvalidContentLength",
      "HPE_INVALID_CONTENT_LENGTH",
      "HPE_UNEXPECTED_CONTENT_LENGTH",
    ]) {
      assert.match(failing(code).message, /Content-Length/, code);
    }
  });

  test("does not blame the certificate if TLS itself fails", () => {
    const codes = ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"];
    for (const code of codes) {
      const { message, hint } = failing(code, "EPROTO: 80ACB:SSL routines:rec_layer_s3.c:1601");
      assert.ok(
        message.endsWith(
          `no TLS connection could be made: does the server speak TLS on this port? (${code})`,
        ),
      );
      assert.doesNotMatch(hint ?? "", /SSL_CERT_FILE/);
    }
  });
});
