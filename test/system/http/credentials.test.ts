import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, test } from "node:test";
import { redact } from "../../../src/errors/redact.ts";
import {
  basicAuthorization,
  type KnownCredentials,
  openCredentials,
} from "../../../src/system/http/credentials.ts";
import { askKeyring } from "../../../src/system/http/keyring.ts";
import { safeUrl, splitCredentials } from "../../../src/system/http/safe-url.ts";

const login = (username: string, password: string) => ({ username, password });
const at = (url: string, username: string, password: string): KnownCredentials => ({
  url,
  credentials: login(username, password),
});
const nothing = { NETRC: "/nowhere" };
const open = (
  known: readonly KnownCredentials[],
  environment: NodeJS.ProcessEnv = nothing,
  keyring = false,
) => openCredentials({ known, environment, keyring });

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "posy-credentials-"));
  write(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

describe("the credentials in a URL", () => {
  test("are removed from it and used for its host", () => {
    const store = open([]);
    assert.equal(store.learn("https://me:pw@index.example/simple/"), "https://index.example/simple/");
    assert.equal(store.learn("HTTP://me:pw@other.example/"), "http://other.example/");
    assert.deepEqual(store.known("https://index.example/files/x"), login("me", "pw"));
    assert.equal(store.known("https://elsewhere.example/"), undefined);
  });

  test("take precedence over those of the settings, and later ones over earlier ones", () => {
    const store = open([at("https://index.example/", "settings", "pw")]);
    store.learn("https://first:pw@index.example/");
    store.learn("https://second:pw@index.example/");
    store.learn("https://index.example/");
    assert.deepEqual(store.known("https://index.example/"), login("second", "pw"));
  });

  test("stay in a URL of another scheme, and in a path", () => {
    const others = ["./wheels", "file:///wheels", "ssh://git@host.example/x", "git+https://a:b@c.example/d"];
    for (const other of others) assert.equal(open([]).learn(other), other);
  });
});

describe("of two credentials for a host,", () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["the one of the longer URL is used below it", "https://index.example/team/deep/x", "deep"],
    ["the one of the shorter URL is used beside the longer", "https://index.example/team/x", "team"],
    ["the one of the shorter URL is used for a longer name", "https://index.example/team/deeper/x", "team"],
    ["the first one is used outside of both", "https://index.example/files/x", "team"],
    ["none is used for another port", "https://index.example:8443/team/x", undefined],
    ["none is used for another host", "https://files.index.example/team/x", undefined],
    ["none is used without TLS", "http://index.example/team/x", undefined],
  ];
  const known = [
    at("https://index.example/team", "team", "pw"),
    at("https://index.example/team/deep/", "deep", "pw"),
  ];
  for (const [title, url, expected] of cases) {
    test(title, () => assert.equal(open(known).known(url)?.username, expected));
  }
});

test("credentials for http are used for https only on the standard ports of the same host", () => {
  const known = (url: string, of: string) => open([at(of, "me", "pw")]).known(url) !== undefined;
  assert.equal(known("https://index.example/", "http://index.example/"), true);
  assert.equal(known("https://index.example/", "http://index.example:8080/"), false);
  assert.equal(known("https://index.example:8443/", "http://index.example/"), false);
  assert.equal(known("https://other.example/", "http://index.example/"), false);
  assert.equal(known("http://index.example/", "https://index.example/"), false);
  assert.equal(known("http://index.example:8080/", "http://index.example:8080/"), true);
});

describe("a user name without a password", () => {
  const url = "https://index.example/simple/";
  const cases: readonly (readonly [string, readonly KnownCredentials[], object])[] = [
    [
      "takes the password of a later entry for the same URL",
      [at(url, "me", ""), at(url, "", "pw")],
      login("me", "pw"),
    ],
    [
      "takes the password of the same user",
      [at(url, "me", ""), at("https://index.example/", "me", "pw")],
      login("me", "pw"),
    ],
    [
      "does not take the password of another user",
      [at(url, "me", ""), at(url, "you", "pw")],
      login("me", ""),
    ],
    [
      "does not take a password without a user of another URL",
      [at(url, "me", ""), at(`${url}x/`, "", "pw")],
      login("me", ""),
    ],
    ["is taken by a password for the same URL", [at(url, "", "pw"), at(url, "me", "")], login("me", "pw")],
    [
      "is not taken by a password of another URL",
      [at(url, "", "pw"), at(`${url}x/`, "me", "")],
      login("", "pw"),
    ],
    [
      "of complete credentials is not taken by a password",
      [at(url, "", "pw"), at(url, "me", "other")],
      login("", "pw"),
    ],
    ["does not change complete credentials", [at(url, "me", "pw"), at(url, "", "other")], login("me", "pw")],
  ];
  for (const [title, known, expected] of cases) {
    test(title, () => assert.deepEqual(open(known).known(url), expected));
  }
});

describe("netrc", () => {
  const url = "https://index.example/simple/";
  const entry = (user: string) => `machine index.example login ${user} password pw\n`;

  test("is the file that NETRC names, or else `.netrc` or `_netrc` in the home folder", () => {
    using folder = new Folder();
    const known = (environment: NodeJS.ProcessEnv) => open([], environment).known(url)?.username;
    const [home, windows] = [{ HOME: folder.path }, { USERPROFILE: folder.path }];
    const own = process.platform === "win32" ? windows : home;
    assert.equal(known(own), undefined);
    folder.write("_netrc", entry("underscore"));
    assert.equal(known(own), "underscore");
    folder.write(".netrc", entry("dot"));
    assert.equal(known(own), "dot");
    assert.equal(known({ ...own, NETRC: folder.write("mine", entry("mine")) }), "mine");
    assert.equal(known({ ...own, NETRC: "" }), "dot");
    assert.equal(known({ ...own, NETRC: join(folder.path, "missing") }), undefined);
  });

  test("is read once, and only if the known credentials have no password", () => {
    using folder = new Folder();
    const environment = { NETRC: folder.write("netrc", entry("me")) };
    assert.deepEqual(open([at(url, "you", "pw2")], environment).known(url), login("you", "pw2"));
    assert.deepEqual(open([at(url, "you", "")], environment).known(url), login("you", ""));
    const store = open([at(url, "me", "")], environment);
    assert.deepEqual(store.known(url), login("me", "pw"));
    folder.write("netrc", "");
    assert.deepEqual(store.known(url), login("me", "pw"));
  });
});

/** Writes a `keyring` program. It logs its arguments and answers what `answers` has for them. */
function fakeKeyring(folder: Folder, answers: Readonly<Record<string, string>>) {
  const log = folder.write("log", "");
  const branches = Object.entries(answers).map(([args, answer]) => `'${args}') printf '%s' '${answer}';;`);
  folder.write(
    "keyring",
    `#!/bin/sh\necho "$*" >> '${log}'\ncase "$*" in\n${branches.join("\n")}\n*) echo nothing; exit 1;;\nesac\n`,
  );
  const environment = { ...nothing, PATH: [folder.path, "/usr/bin", "/bin"].join(delimiter) };
  return { environment, asked: () => readFileSync(log, "utf8").split("\n").slice(0, -1) };
}

describe("the `keyring` program", { skip: process.platform === "win32" }, () => {
  const url = "https://index.example/simple/";

  test("is asked for both by the URL, then by the host", async () => {
    using folder = new Folder();
    const keyring = fakeKeyring(folder, { "--mode creds get index.example": "me\r\npw\n" });
    assert.deepEqual(await askKeyring(url, undefined, keyring.environment), login("me", "pw"));
    assert.deepEqual(keyring.asked(), [`--mode creds get ${url}`, "--mode creds get index.example"]);
    const byUrl = fakeKeyring(folder, { [`--mode creds get ${url}`]: "me\npw\n" });
    assert.deepEqual(await askKeyring(url, "", byUrl.environment), login("me", "pw"));
    assert.deepEqual(byUrl.asked(), [`--mode creds get ${url}`]);
  });

  test("is asked for the password of a user", async () => {
    using folder = new Folder();
    const keyring = fakeKeyring(folder, { "get index.example me": "pw\n" });
    assert.deepEqual(await askKeyring(url, "me", keyring.environment), login("me", "pw"));
    assert.deepEqual(keyring.asked(), [`get ${url} me`, "get index.example me"]);
  });

  test("has no answer if it knows no user or no password, or fails", async () => {
    using folder = new Folder();
    const keyring = fakeKeyring(folder, {
      [`--mode creds get ${url}`]: "me\n",
      "--mode creds get index.example": "\npw\n",
      [`get ${url} me`]: "",
    });
    assert.equal(await askKeyring(url, undefined, keyring.environment), undefined);
    assert.equal(await askKeyring(url, "me", keyring.environment), undefined);
    assert.equal(await askKeyring(url, "me", { PATH: "/nowhere" }), undefined);
  });

  test("never gets a user name that looks like an option", async () => {
    using folder = new Folder();
    const keyring = fakeKeyring(folder, {});
    assert.equal(await askKeyring(url, "--disable", keyring.environment), undefined);
    assert.deepEqual(keyring.asked(), []);
  });

  test("is asked after a refusal, once for each host, and its answer is used from then on", async () => {
    using folder = new Folder();
    const keyring = fakeKeyring(folder, { [`get ${url} me`]: "pw" });
    const store = open([at(url, "me", "old")], keyring.environment, true);
    assert.deepEqual(await store.afterRefusal(url), login("me", "pw"));
    assert.deepEqual(await store.afterRefusal(`${url}a/`), login("me", "pw"));
    assert.deepEqual(store.known(url), login("me", "pw"));
    assert.deepEqual(keyring.asked(), [`get ${url} me`]);
    assert.equal(await store.afterRefusal("https://other.example/"), undefined);
    assert.equal(store.known("https://other.example/"), undefined);
    assert.equal(keyring.asked().length, 3);
  });

  test("is not asked if the settings do not name it", async () => {
    using folder = new Folder();
    const keyring = fakeKeyring(folder, { [`--mode creds get ${url}`]: "me\npw" });
    assert.equal(await open([], keyring.environment).afterRefusal(url), undefined);
    assert.deepEqual(keyring.asked(), []);
  });
});

test("the secrets of an `Authorization` header are hidden in messages from then on", () => {
  const header = basicAuthorization(login("someone", "a-secret-password"));
  const token = basicAuthorization(login("a-secret-token", ""));
  assert.equal(header, `Basic ${Buffer.from("someone:a-secret-password").toString("base64")}`);
  assert.equal(redact(`${header} ${token}`), "Basic **** Basic ****");
  assert.equal(redact("someone, a-secret-password, a-secret-token"), "someone, ****, ****");
});

test("the secret in a URL is hidden in messages from then on", () => {
  splitCredentials("https://user-in-a-url:password-in-a-url@index.example/");
  splitCredentials("https://token-in-a-url@index.example/");
  assert.equal(redact("user-in-a-url, password-in-a-url, token-in-a-url"), "user-in-a-url, ****, ****");
});

describe("splitCredentials", () => {
  const cases: readonly (readonly [string, string, object | undefined])[] = [
    ["https://index.example/a", "https://index.example/a", undefined],
    ["https://me@index.example/a", "https://index.example/a", login("me", "")],
    ["https://:pw@index.example/a", "https://index.example/a", login("", "pw")],
    ["https://m%20e:p%2Fw@index.example/a", "https://index.example/a", login("m e", "p/w")],
    // Not percent-encoded, although it looks like it.
    ["https://me:100%@index.example/a", "https://index.example/a", login("me", "100%")],
  ];
  for (const [text, url, credentials] of cases) {
    test(`splits \`${text}\``, () => {
      assert.deepEqual(splitCredentials(text), credentials === undefined ? { url } : { url, credentials });
    });
  }

  test("suggests a scheme, or how to write special characters of a password", () => {
    assert.throws(() => splitCredentials("index.example/simple"), { hint: /with its scheme/ });
    assert.throws(() => splitCredentials("https://me:a/b@index.example:x/"), { hint: /`%2F`/ });
  });
});

test("safeUrl also removes credentials from a URL without a scheme", () => {
  assert.equal(safeUrl("me:secret@index.example/simple/"), "****@index.example/simple/");
  assert.equal(safeUrl("index.example:8080/a@b"), "index.example:8080/a@b");
});
