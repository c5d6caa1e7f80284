import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { hideInMessages, redact } from "../../src/errors/redact.ts";
import { redactingReporter } from "../../src/report/redacting-reporter.ts";
import type { PosyEvent } from "../../src/report/reporter.ts";

describe("redact removes logins and tokens", () => {
  for (const [text, shown] of [
    ["`https://me:pass@example.org/simple/` is bad", "`https://****@example.org/simple/` is bad"],
    ["https://token@example.org/", "https://****@example.org/"],
    ["https://me:a/b@example.org/simple/", "https://****@example.org/simple/"],
    ["https://me:a#b@example.org/simple/", "https://****@example.org/simple/"],
    ["https://me:a?b@example.org/simple/", "https://****@example.org/simple/"],
    ["https://me:1/b@example.org/simple/", "https://****@example.org/simple/"],
    ["https://me:a@b@example.org/", "https://****@example.org/"],
    ["https://me:a@b/c@example.org/", "https://****@example.org/"],
    ["https://me@example.org:p/w@example.org/", "https://****@example.org/"],
    ["one @ git+https://me:pass@example.org/x@main", "one @ git+https://****@example.org/x@main"],
    [
      "from ftp://a:b@example.org to http://c:d@[::1]:80/",
      "from ftp://****@example.org to http://****@[::1]:80/",
    ],
    ["https://example.org/x?a=1&access_token=abc&b=2", "https://example.org/x?a=1&access_token=****&b=2"],
    ["https://example.org/x?X-Amz-Signature=abc", "https://example.org/x?X-Amz-Signature=****"],
  ] as const) {
    test(text, () => assert.equal(redact(text), shown));
  }
});

describe("redact keeps text that is not a login", () => {
  for (const text of [
    "git+https://example.org/x@main",
    "git+https://127.0.0.1:8080/x@main",
    "git+http://localhost:8080/x.git@v1.0",
    "http://[::1]:8080/x@main",
    "ssh://git@example.org/x@main",
    "git+ssh://git@example.org:22/x",
    "file:///home/me/a@b",
    "write to a@example.org about `one@2`",
    "https://example.org/",
  ]) {
    test(text, () => assert.equal(redact(text), text));
  }
});

/** Unencoded, as people paste them: any characters but white space, and the backtick, which ends the quoted URL. */
const password = fc
  .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 })
  .filter((text) => /^[^\s`]+$/.test(text))
  // `name:p@host.name/…` is a valid URL with a path, so it can't be recognised as a password.
  .filter((text) => !text.includes("@"))
  .map((text) => `S3CRET${text}`);

test("redact leaves no part of a password in a URL, with any characters in it", () => {
  const scheme = fc.constantFrom("https", "http", "git+https", "socks5");
  const host = fc.constantFrom("example.org", "127.0.0.1:8080", "[::1]:80", "localhost", "host", "host:80");
  const around = fc.constantFrom(["", ""], ["`", "` is bad"], ["one @ ", "\nmore"], ["Error: ", " (a@b)"]);
  fc.assert(
    fc.property(scheme, password, host, around, (scheme, password, host, [before = "", after = ""]) => {
      const text = `${before}${scheme}://me:${password}@${host}/simple/${after}`;
      const shown = redact(text);
      assert.ok(!shown.includes("S3CRET"), shown);
      assert.ok(shown.startsWith(before) && shown.endsWith(`@${host}/simple/${after}`), shown);
      assert.equal(redact(shown), shown);
    }),
    { numRuns: 500 },
  );
});

test("an error contains no login in its message, hint or span", () => {
  const text = "one @@ https://me:pass@example.org/x y";
  const error = new PosyError("invalid-requirement", `\`${text}\` is bad`, {
    hint: "open https://me:pass@example.org/",
    span: { text, start: text.indexOf("y"), end: text.length },
  });
  assert.doesNotMatch(JSON.stringify([error.message, error.hint, error.span, String(error)]), /pass/);
  const { span } = error;
  assert.equal(span?.text.slice(span.start, span.end), "y");
});

test("a span that covers a login covers its replacement", () => {
  const text = "x https://me:pass@example.org/";
  const { span } = new PosyError("invalid-url", "", { span: { text, start: 12, end: 16 } });
  assert.deepEqual(span, { text: "x https://****@example.org/", start: 10, end: 14 });
});

test("an event contains no login", () => {
  const url = "https://me:pass@example.org/";
  const seen: PosyEvent[] = [];
  const reporter = redactingReporter({ report: (event) => void seen.push(event) });
  reporter.report({ kind: "warning", message: url, hint: url });
  reporter.report({ kind: "debug", message: url });
  reporter.report({ kind: "output", id: "x", text: url });
  reporter.report({ kind: "stage", stage: "fetch", state: "start", detail: url });
  assert.equal(seen.length, 4);
  assert.doesNotMatch(JSON.stringify(seen), /pass/);
});

test("hideInMessages hides a secret everywhere, also percent-encoded", () => {
  hideInMessages("t0ken/of:mine", "${TOKEN}");
  assert.equal(redact("at t0ken/of:mine, t0ken%2Fof%3Amine"), "at ${TOKEN}, ${TOKEN}");
  hideInMessages("short");
  assert.equal(redact("a short word"), "a short word");
});
