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
  [
    "the fields in any order, of which the last counts",
    "machine a password one account x user me password two",
    { a: me("me", "two") },
  ],
  ["comments without a space", "#machine b login x\nmachine a login me #x login you", { a: me("me", "") }],
  ["a user name that ends with a hash", "machine a# login me# password pw#", { "a#": me("me#", "pw#") }],
  ["unknown words that end with a hash", "other# machine a login me", { a: me("me", "") }],
  ["an entry without fields", "machine a machine b login me", { a: me("", ""), b: me("me", "") }],
  ["an entry that ends in the middle", "machine a login me password", { a: me("me", "") }],
  ["words that are not known", "other machine a login me x password pw", { a: me("me", "") }],
  ["an empty name of a host", 'machine "" login me password pw machine b login x', { b: me("x", "") }],
  ["the first of two default entries", "default login a default login b", {}, login("a", "")],
  [
    "hashes in every value",
    "machine #a login #me password #pw account #x machine b user #you # password no",
    { "#a": me("#me", "#pw"), b: me("#you", "") },
  ],
  [
    "quoted hashes, which begin no comment",
    'machine a "#x" machine b login x',
    { a: me("", ""), b: me("x", "") },
  ],
  ["quoted escapes", String.raw`machine a password "a\\b\"c"`, { a: me("", 'a\\b"c') }],
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
