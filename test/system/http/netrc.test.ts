import assert from "node:assert/strict";
import { test } from "node:test";
import { netrcLogin, parseNetrc } from "../../../src/system/http/netrc.ts";

const login = (username: string, password: string) => ({ username, password });
const me = (username: string, password: string) => [login(username, password)];

const cases: [string, string, Record<string, object>, object?][] = [
  ["an entry on one line", "machine a.example login me password pw", { "a.example": me("me", "pw") }],
  [
    "an entry on several lines",
    "machine a.example\n\tlogin me\n\tpassword pw\n",
    { "a.example": me("me", "pw") },
  ],
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
    login("x", "y"),
  ],
  [
    "two entries of a host",
    "machine a login b password c machine a login d password e",
    { a: [login("b", "c"), login("d", "e")] },
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

test("netrcLogin returns the login of the requested user, else the first login", () => {
  const netrc = parseNetrc(
    "machine a login one password 1\nmachine a login two password 2\n" +
      "machine b login one password 3\nmachine b password 4\nmachine ::1 login six password 6\n" +
      "default login rest password 5\n",
  );
  const cases: [host: string, user: string | undefined, expected: object | undefined][] = [
    ["a", undefined, login("one", "1")],
    ["a", "", login("one", "1")],
    ["A", "one", login("one", "1")],
    ["a", "two", login("two", "2")],
    ["a", "three", undefined],
    ["a", "rest", login("rest", "5")],
    ["b", "three", login("three", "4")],
    ["c", undefined, login("rest", "5")],
    ["c", "rest", login("rest", "5")],
    ["c", "one", undefined],
    ["[::1]", undefined, login("six", "6")],
  ];
  for (const [host, user, expected] of cases) {
    assert.deepEqual(netrcLogin(netrc, host, user), expected, `${host} ${user}`);
  }
});
