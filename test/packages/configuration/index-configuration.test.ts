import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import {
  type IndexConfiguration,
  readIndexConfiguration,
} from "../../../src/packages/configuration/read-index-configuration.ts";
import { failure, newFolder } from "../support/new-database.ts";

/**
 * Reads the configuration of a machine with these variables and files (`~/…` is the user's, `./…` the
 * project's).
 */
async function configured(
  files: Record<string, string>,
  environment: NodeJS.ProcessEnv = {},
): Promise<IndexConfiguration & { readonly home: string; readonly project: string }> {
  const root = newFolder();
  const home = join(root, "home");
  const project = join(root, "project", "deeper");
  await mkdir(project, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = name.startsWith("~/") ? join(home, name.slice(2)) : join(project, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  // Excludes the settings of the machine that runs the test.
  const own = { HOME: home, XDG_CONFIG_DIRS: join(root, "xdg"), PIP_CERT: "pinned", ...environment };
  const configuration = await readIndexConfiguration({ environment: own, cwd: project, platform: "linux" });
  return { ...configuration, home, project };
}

const urls = (configuration: IndexConfiguration) => configuration.indexes.map(({ url }) => url);
const pipConf = "~/.config/pip/pip.conf";
const uvToml = "~/.config/uv/uv.toml";

test("has defaults if nothing is configured", async () => {
  const { indexes, findLinks, noIndex, offline, strategy, credentials } = await configured({});
  assert.deepEqual(
    { indexes, findLinks, noIndex, offline, strategy, credentials },
    { indexes: [], findLinks: [], noIndex: false, offline: false, strategy: "first-index", credentials: [] },
  );
});

describe("pip", () => {
  test("settings are read from its file", async () => {
    const found = await configured({
      [pipConf]: `# corporate
[global]
index-url = https://me:secret@main.example/simple
extra_index_url =
    https://one.example/simple
    https://two.example/simple
trusted-host = one.example two.example:8443
timeout: 7.5
retries=1
proxy = http://proxy.example:3128
client-cert = /c.pem
keyring-provider = subprocess
[install]
find-links = wheels https://links.example/
no-index = yes
[list]
index-url = https://not-for-us.example/
`,
    });
    assert.deepEqual(urls(found), ["https://one.example/simple", "https://two.example/simple"]);
    assert.deepEqual(found.defaultIndex, { url: "https://main.example/simple" });
    assert.deepEqual(found.credentials, [
      { url: "https://main.example/simple", credentials: { username: "me", password: "secret" } },
    ]);
    assert.deepEqual(found.findLinks, [join(found.project, "wheels"), "https://links.example/"]);
    const { trustedHosts, timeout, retries, proxy, clientCertificate, keyring, noIndex } = found;
    assert.deepEqual(
      { trustedHosts, timeout, retries, proxy, clientCertificate, keyring, noIndex },
      {
        trustedHosts: ["one.example", "two.example:8443"],
        timeout: 7.5,
        retries: 1,
        proxy: "http://proxy.example:3128",
        clientCertificate: "/c.pem",
        keyring: true,
        noIndex: true,
      },
    );
  });

  test("settings: variables override files, the new user file overrides the old, PIP_CONFIG_FILE replaces the user's", async () => {
    const files = {
      [pipConf]: "[global]\nindex-url = https://new.example/\ntimeout = 1\n",
      "~/.pip/pip.conf": "[global]\nindex-url = https://old.example/\nretries = 9\n",
      "~/own.conf": "[global]\nindex-url = https://own.example/\n",
    };
    const both = await configured(files);
    assert.deepEqual([both.defaultIndex?.url, both.timeout, both.retries], ["https://new.example/", 1, 9]);
    const variable = await configured(files, {
      PIP_INDEX_URL: "https://env.example/",
      PIP_DEFAULT_TIMEOUT: "180",
    });
    assert.deepEqual([variable.defaultIndex?.url, variable.timeout], ["https://env.example/", 1]);
    const named = await configured(files, { PIP_CONFIG_FILE: join(both.home, "own.conf") });
    assert.deepEqual([named.defaultIndex?.url, named.timeout], ["https://own.example/", undefined]);
    const none = await configured(files, { PIP_CONFIG_FILE: "/dev/null" });
    assert.equal(none.defaultIndex, undefined);
  });

  test("settings are rejected if a value is malformed", async () => {
    await assert.rejects(
      configured({}, { PIP_TIMEOUT: "soon" }),
      failure("invalid-configuration", /timeout = soon/),
    );
    await assert.rejects(
      configured({}, { PIP_NO_INDEX: "maybe" }),
      failure("invalid-configuration", /no-index = maybe/),
    );
  });
});

describe("uv", () => {
  test("settings are read from its file, with named, default and explicit indexes", async () => {
    const found = await configured(
      {
        [uvToml]: `
index-strategy = "unsafe-best-match"
exclude-newer = "2024-05-01T00:00:00Z"
find-links = ["./wheels"]
allow-insecure-host = ["one.example"]
[[index]]
name = "corp-one"
url = "https://one.example/simple"
[[index]]
name = "gpu"
url = "https://gpu.example/simple"
explicit = true
[[index]]
url = "https://main.example/simple"
default = true
`,
      },
      {
        UV_INDEX_CORP_ONE_USERNAME: "me",
        UV_INDEX_CORP_ONE_PASSWORD: "pw",
        POSY_INDEX_CORP_ONE_PASSWORD: "ours",
      },
    );
    assert.deepEqual(found.indexes, [
      { url: "https://one.example/simple", name: "corp-one" },
      { url: "https://gpu.example/simple", name: "gpu", explicit: true },
    ]);
    assert.deepEqual(found.defaultIndex, { url: "https://main.example/simple" });
    assert.deepEqual(found.credentials, [
      { url: "https://one.example/simple", credentials: { username: "me", password: "ours" } },
    ]);
    assert.equal(found.strategy, "merge");
    assert.equal(found.excludeNewer?.toISOString(), "2024-05-01T00:00:00.000Z");
    assert.deepEqual(found.findLinks, [join(found.home, ".config/uv/wheels")]);
  });

  test("settings of a project apply in its subfolders, unless a uv.toml hides them, and not in other projects", async () => {
    const table = `[project]\nname = "x"\n[tool.uv]\nextra-index-url = ["https://project.example/"]\n`;
    assert.deepEqual(urls(await configured({ "../pyproject.toml": table })), ["https://project.example/"]);
    const hidden = {
      "../pyproject.toml": table,
      "../uv.toml": `extra-index-url = ["https://toml.example/"]`,
    };
    assert.deepEqual(urls(await configured(hidden)), ["https://toml.example/"]);
    const other = { "pyproject.toml": `[project]\nname = "x"\n`, "../pyproject.toml": table };
    assert.deepEqual(urls(await configured(other)), ["https://project.example/"]);
    assert.deepEqual(urls(await configured({ "../pyproject.toml": table }, { UV_NO_CONFIG: "1" })), []);
  });

  test("settings are rejected if they are malformed", async () => {
    const cases: [string, RegExp][] = [
      ["index = 1", /`index` in `.*` is not a list/],
      ["[[index]]\nname = 'x'", /`index` in `.*uv.toml`/],
      ["index-url = 5", /`index-url` in/],
      ["= nonsense", /is not TOML/],
      ["exclude-newer = 'soon'", /`soon` is not a date/],
      ["index-strategy = 'best'", /`best` is not an index strategy/],
    ];
    for (const [text, says] of cases) {
      await assert.rejects(configured({ [uvToml]: text }), failure("invalid-configuration", says));
    }
  });
});

test("prefers Posy's settings to uv's and uv's to pip's, and joins lists", async () => {
  const found = await configured(
    {
      [pipConf]:
        "[global]\nindex-url = https://pip.example/\nextra-index-url = https://shared.example/ https://pip-extra.example/\ntimeout = 1\n",
      [uvToml]: `index-url = "https://user.example/"\nextra-index-url = ["https://user-extra.example/"]`,
      "uv.toml": `extra-index-url = ["https://project.example/"]`,
    },
    {
      POSY_INDEX: "https://posy.example/ named=https://named.example/",
      UV_INDEX: "https://shared.example/",
      UV_DEFAULT_INDEX: "https://uv.example/",
      UV_HTTP_TIMEOUT: "2",
      UV_OFFLINE: "1",
      PIP_FIND_LINKS: "links",
      POSY_FIND_LINKS: "https://me:pw@a.example/,b",
    },
  );
  assert.deepEqual(found.indexes, [
    { url: "https://posy.example/" },
    { url: "https://named.example/", name: "named" },
    { url: "https://shared.example/" },
    { url: "https://project.example/" },
    { url: "https://user-extra.example/" },
    { url: "https://pip-extra.example/" },
  ]);
  assert.equal(found.defaultIndex?.url, "https://uv.example/");
  assert.deepEqual([found.timeout, found.offline], [2, true]);
  assert.deepEqual(found.findLinks, [
    "https://a.example/",
    join(found.project, "b"),
    join(found.project, "links"),
  ]);
  assert.equal(found.credentials?.[0]?.credentials.password, "pw");
});

test("reads uv's Python mirror, with a path relative to the file", async () => {
  const said = await configured({ [uvToml]: "python-install-mirror = 'https://pythons.example/m'" });
  assert.equal(said.pythonMirror, "https://pythons.example/m");
  const folder = await configured({ "./pyproject.toml": "[tool.uv]\npython-install-mirror = '../pythons'" });
  assert.equal(folder.pythonMirror, join(folder.project, "..", "pythons"));
  assert.equal((await configured({})).pythonMirror, undefined);
});
