import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNetrc } from "../../../src/system/http/netrc.ts";

const me = (username: string, password: string) => ({ username, password });

const cases: [string, string, Record<string, object>, object?][] = [
  ["one line", "machine a.example login me password pw", { "a.example": me("me", "pw") }],
  ["many lines", "machine a.example\n\tlogin me\n\tpassword pw\n", { "a.example": me("me", "pw") }],
  [
    "an entry with an account",
    "machine a.example login me account x password pw",
    { "a.example": me("me", "pw") },
  ],
  [
    "`user` and a host in upper case",
    "machine A.example user me password pw",
    { "a.example": me("me", "pw") },
  ],
  ["quoted values", `machine a.example login "a b" password "p\\"w"`, { "a.example": me("a b", 'p"w') }],
  ["a password with a hash", "machine a.example login me password #pw", { "a.example": me("me", "#pw") }],
  ["comments", "# one\nmachine a.example login me password pw # two\n#", { "a.example": me("me", "pw") }],
  [
    "entries around a macro",
    "machine a.example login me password pw\nmacdef init\ncd /pub\nmachine no\n\nmachine b.example login you password pw2",
    { "a.example": me("me", "pw"), "b.example": me("you", "pw2") },
  ],
  [
    "a default entry",
    "machine a.example login me password pw\ndefault login x password y",
    { "a.example": me("me", "pw") },
    me("x", "y"),
  ],
  [
    "the first of two entries",
    "machine a login b password c machine a login d password e",
    { a: me("b", "c") },
  ],
  ["an empty file", "", {}],
  ["a file without valid entries", "machine\nlogin\n\u0000 password", { login: me("", "") }],
];

for (const [title, text, machines, fallback] of cases) {
  test(`parseNetrc reads ${title}`, () => {
    const netrc = parseNetrc(text);
    assert.deepEqual(Object.fromEntries(netrc.machines), machines);
    assert.deepEqual(netrc.default, fallback);
  });
}
