import assert from "node:assert/strict";
import { test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { excludedFromProxy, proxyFor } from "../../../src/system/http/proxy.ts";

test("proxyFor chooses the proxy by setting, then by environment variables", () => {
  const https = "https://index.example/";
  const http = "http://index.example/";
  const cases: [string, NodeJS.ProcessEnv, string | undefined, string | undefined][] = [
    [https, {}, undefined, undefined],
    [https, { HTTPS_PROXY: "http://p:1" }, undefined, "http://p:1"],
    [https, { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:1" }, undefined, "http://q:1"],
    [http, { HTTPS_PROXY: "http://p:1" }, undefined, undefined],
    [http, { HTTP_PROXY: "p:1" }, undefined, "http://p:1"],
    [https, { ALL_PROXY: "http://all:1" }, undefined, "http://all:1"],
    [https, { HTTPS_PROXY: "http://p:1" }, "http://set:1", "http://set:1"],
    [https, { HTTPS_PROXY: "http://p:1", NO_PROXY: "example" }, undefined, undefined],
    [https, { no_proxy: "*" }, "http://set:1", undefined],
    [https, { NO_PROXY: "*", no_proxy: "other" }, "http://set:1", "http://set:1"],
    [https, { NO_PROXY: "*", no_proxy: "" }, "http://set:1", undefined],
    [https, { HTTP_PROXY: "http://p:1" }, undefined, undefined],
    [https, { ALL_PROXY: "http://all:1", HTTPS_PROXY: "http://p:1" }, undefined, "http://p:1"],
    [https, { HTTPS_PROXY: "http://p:1" }, "", "http://p:1"],
    [https, { HTTPS_PROXY: "HTTPS://p:1" }, undefined, "HTTPS://p:1"],
    [https, { HTTPS_PROXY: "me:pw@p:1" }, undefined, "http://me:pw@p:1"],
  ];
  for (const [url, environment, setting, expected] of cases) {
    assert.equal(proxyFor(url, environment, setting)?.url, expected, JSON.stringify(environment));
  }
  assert.equal(proxyFor(https, { HTTPS_PROXY: "http://p:1" })?.source, "HTTPS_PROXY");
  assert.equal(proxyFor(https, { https_proxy: "", all_proxy: "http://p:1" })?.source, "all_proxy");
  assert.equal(proxyFor(https, { HTTPS_PROXY: "http://p:1" }, "http://set:1")?.source, "proxy");
  assert.throws(
    () => proxyFor(https, { ALL_PROXY: "socks5://me:pw@p:1" }),
    (error) =>
      error instanceof PosyError && error.code === "invalid-configuration" && !error.message.includes("pw"),
  );
});

test("NO_PROXY lists hosts, domains, addresses, networks and ports", () => {
  const cases: [string, string, boolean][] = [
    ["index.example", "https://index.example/", true],
    ["index.example", "https://files.index.example/", true],
    [".index.example", "https://index.example/", true],
    ["*.index.example", "https://a.index.example/", true],
    ["index.example", "https://otherindex.example/", false],
    ["INDEX.example", "https://index.example/", true],
    ["index.example:443", "https://index.example/", true],
    ["index.example:8443", "https://index.example/", false],
    ["a.example, b.example", "https://b.example/", true],
    ["10.0.0.0/8", "http://10.2.3.4/", true],
    ["10.0.0.0/8", "http://11.2.3.4/", false],
    ["127.0.0.1", "http://127.0.0.1:8080/", true],
    ["::1", "http://[::1]:80/", true],
    ["[::1]:8080", "http://[::1]:8080/", true],
    ["", "http://a.example/", false],
    [",", "http://a.example/", false],
    [".", "http://a.example/", false],
    ["*", "http://a.example/", true],
    ["a.example b.example\tc.example", "http://c.example/", true],
    ["*.example", "http://a.example/", true],
    ["a.example:80", "http://a.example/", true],
    ["a.example:80", "https://a.example/", false],
    ["a.example:443", "http://a.example/", false],
    ["a.example:8080", "http://a.example:8080/", true],
    ["a.example:443, a.example:80", "http://a.example/", true],
    ["10.1.2.3/32", "http://10.1.2.3/", true],
    ["10.1.2.3/32", "http://10.1.2.2/", false],
    ["10.1.2.3/31", "http://10.1.2.2/", true],
    ["10.1.2.3/33", "http://10.1.2.3/", false],
    ["10.1.2.0/24", "http://10.1.3.0/", false],
    ["10.1.2.0/24", "http://10.1.2.255/", true],
    ["0.0.0.0/0", "http://255.1.2.3/", true],
    ["0.0.0.0/0", "http://a.example/", false],
    ["0.0.0.0/8", "http://10.1.2.3/", false],
    ["10.0.0.0/8", "http://[::a00:1]/", false],
    ["::2", "http://[::1]/", false],
    ["FE80::1", "http://[fe80::1]/", true],
    ["[::1]", "http://[::1]:8080/", true],
    ["[::1]:8081", "http://[::1]:8080/", false],
  ];
  for (const [list, url, expected] of cases) {
    assert.equal(excludedFromProxy(new URL(url), list), expected, `${list} ${url}`);
  }
});
