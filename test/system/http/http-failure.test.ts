import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  networkError,
  statusError,
  TransportFailure,
  TunnelRefusal,
} from "../../../src/system/http/http-failure.ts";

const url = "https://index.example.org/simple/a/";
const withCode = (code: unknown, message = "native") => Object.assign(new TypeError(message), { code });
const failing = (code: string, message = "native") =>
  networkError(url, new TransportFailure(withCode(code, message)));

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
    assert.match(failing("CERT_HAS_EXPIRED").message, /its certificate has expired$/);
    assert.match(failing("CERT_NOT_YET_VALID").message, /its certificate is not valid yet$/);
    for (const code of ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]) {
      assert.match(failing(code).hint ?? "", /^check the date of this machine; .*`index\.example\.org`$/);
    }
  });

  test("that was revoked suggests telling the operators", () => {
    const { message, hint } = failing("CERT_REVOKED");
    assert.match(message, /its certificate was revoked$/);
    assert.equal(hint, "tell the operators of `index.example.org`");
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
    assert.match(failing("", "fetch failed").message, /: the request failed$/);
  });

  test("has the text of an unknown failure, with its code and without credentials", () => {
    assert.match(failing("ENEW", "a new failure").message, /: a new failure \(ENEW\)$/);
    assert.match(failing("", "a failed fetch").message, /: a failed fetch$/);
    const { message } = failing("", "at https://me:s3cret@index.example.org/x");
    assert.match(message, /: at https:\/\/index\.example\.org\/x$/);
    assert.match(networkError(url, new TransportFailure("a text")).message, /: a text$/);
  });

  test("names the cause that is nested in an error of `fetch`", () => {
    const nested = new TypeError("fetch failed", { cause: withCode("ECONNREFUSED") });
    assert.equal(new TransportFailure(nested).message, "connection refused");
    const twice = new TypeError("fetch failed", { cause: new Error("inner", { cause: withCode("EPIPE") }) });
    assert.equal(new TransportFailure(twice).message, "the connection was cut");
    const endless = new Error("endless");
    endless.cause = endless;
    assert.equal(new TransportFailure(endless).message, "endless");
    assert.equal(new TransportFailure(withCode(7, "a number")).message, "a number");
    assert.equal(new TransportFailure(undefined).message, "undefined");
  });

  test("names a timeout and an answer that is not HTTP", () => {
    assert.equal(new TransportFailure(new DOMException("", "TimeoutError")).message, "no answer in time");
    assert.equal(new TransportFailure(withCode("HPE_NEW")).message, "the answer is not valid HTTP");
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
      assert.match(hint ?? "", /^check the connection and the proxy settings/);
    }
  });
});

describe("another attempt", () => {
  const cases: readonly (readonly [string, unknown, boolean])[] = [
    ["may succeed after a cut connection", withCode("ECONNRESET"), false],
    ["may succeed after a failure without a code", new Error("no"), false],
    ["may succeed after no error at all", null, false],
    ["does not help against a certificate", withCode("CERT_HAS_EXPIRED"), true],
    ["may succeed if TLS itself fails", withCode("EPROTO"), false],
    ["does not help against a proxy that refuses", new TunnelRefusal(403), true],
    ["may succeed if the proxy is overloaded", new TunnelRefusal(503), false],
    [
      "does not help against a proxy that refuses (Bun)",
      withCode("ERR_PROXY_TUNNEL", "Proxy refused to open a tunnel: 407 Proxy Authentication Required"),
      true,
    ],
    ["may succeed if the proxy names no status", withCode("ERR_PROXY_TUNNEL", "the proxy is gone"), false],
    ["may succeed if another failure has a number in it", withCode("ECONNRESET", "407"), false],
  ];
  for (const [title, cause, expected] of cases) {
    test(title, () => assert.equal(new TransportFailure(cause).hopeless, expected));
  }
});

describe("the error of a proxy", () => {
  const proxy = { url: "http://me:s3cret@proxy.example.org:3128/", source: "HTTPS_PROXY" };
  const errorOf = (cause: unknown) => networkError(url, new TransportFailure(cause, proxy));

  test("that asks for credentials names the setting to put them into", () => {
    const { code, message, hint } = errorOf(new TunnelRefusal(407));
    assert.equal(code, "authentication");
    assert.match(message, /^the proxy `http:\/\/proxy\.example\.org:3128` asks for credentials.*407\)$/);
    assert.match(hint ?? "", /^put them into `HTTPS_PROXY`/);
  });

  test("that refuses, or can't be reached, names the proxy and the setting", () => {
    const read = `\`${url}\` could not be read through the proxy \`http://proxy.example.org:3128\``;
    const refused = errorOf(new TunnelRefusal(403));
    assert.equal(refused.code, "network");
    assert.equal(refused.message, `${read}: the proxy refuses it (status 403)`);
    assert.match(refused.hint ?? "", /^check `HTTPS_PROXY`/);
    assert.equal(errorOf(withCode("ECONNREFUSED")).message, `${read}: connection refused`);
  });

  test("is not blamed for the certificate of the server", () => {
    const { message, hint } = errorOf(withCode("CERT_HAS_EXPIRED"));
    assert.equal(message, `\`${url}\` could not be read: its certificate has expired`);
    assert.match(hint ?? "", /^check the date/);
  });
});

test("the error about a status says what to do about it", () => {
  const cases: readonly (readonly [number, string, RegExp])[] = [
    [401, "authentication", /`~\/\.netrc`/],
    [403, "authentication", /^check the credentials for this host/],
    [404, "http-status", /^check the URL of the index/],
    [407, "authentication", /`~\/\.netrc`/],
    [410, "http-status", /^check the URL of the index/],
    [429, "http-status", /^the server has trouble/],
    [499, "http-status", /^check the URL of the index/],
    [500, "http-status", /^the server has trouble/],
    [503, "http-status", /^the server has trouble/],
  ];
  for (const [status, expected, says] of cases) {
    const { code, message, hint } = statusError("https://me:s3cret@index.example.org/", status);
    assert.equal(code, expected, String(status));
    assert.ok(message.startsWith("`https://index.example.org/` "), message);
    assert.match(message, new RegExp(`status ${status}\\)?$`));
    assert.match(hint ?? "", says, String(status));
  }
});
