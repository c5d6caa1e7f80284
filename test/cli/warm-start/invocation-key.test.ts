import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { invocationKey, type InvocationKeyContext } from "../../../src/cli/warm-start/invocation-key.ts";

const place: InvocationKeyContext = {
  environment: { HOME: "/home/user", PATH: "/bin" },
  cwd: "/home/user/work",
  platform: "linux",
  machine: "linux x64 6.1",
  user: "/home/user",
  version: "0.1.0",
  fingerprint: () => "",
};
const own = ["--with", "a", "--python", "3.13"];

interface Change {
  readonly own?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly place?: Partial<InvocationKeyContext>;
}

function identity({ own: args = own, env = {}, place: other = {} }: Change = {}) {
  return invocationKey(args, { ...place, ...other, environment: { ...place.environment, ...env } });
}

const only = (path: string, print = "1") => ({
  place: { fingerprint: (asked: string) => (asked === path ? print : "") },
});

const others: Readonly<Record<string, Change>> = {
  "another requirement": { own: ["--with", "b", "--python", "3.13"] },
  "a requirement called like a colour": { own: ["--with", "auto", "--python", "3.13"] },
  "another Python": { own: ["--with", "a", "--python", "3.12"] },
  "another index of Posy's": { env: { POSY_INDEX: "https://index.example/simple" } },
  "another index of uv's": { env: { UV_DEFAULT_INDEX: "https://index.example/simple" } },
  "another index of pip's": { env: { PIP_INDEX_URL: "https://index.example/simple" } },
  "another PATH, where a Python may be looked for": { env: { PATH: "/opt/bin:/bin" } },
  "another Posy": { place: { version: "0.2.0" } },
  "another machine": { place: { machine: "linux arm64 6.1" } },
  "a pip.conf": only("/home/user/.config/pip/pip.conf"),
  "that pip.conf changed": only("/home/user/.config/pip/pip.conf", "2"),
  "a uv.toml of the user": only("/home/user/.config/uv/uv.toml"),
  "a uv.toml of the project": only("/home/user/uv.toml"),
  "a pyproject.toml of the project": only("/home/user/work/pyproject.toml"),
  "a version file, where no Python was asked for": {
    own: ["--with", "a"],
    ...only("/home/user/.python-version"),
  },
  "that version file changed": { own: ["--with", "a"], ...only("/home/user/.python-version", "2") },
  "a nearer one": { own: ["--with", "a"], ...only("/home/user/work/.python-version") },
  "a list of versions": { own: ["--with", "a"], ...only("/home/user/work/.python-versions") },
  "a pin of the user": { own: ["--with", "a"], ...only("/home/user/.config/posy/.python-version") },
  "a global pin of uv's": { own: ["--with", "a"], ...only("/home/user/.config/uv/.python-version") },
  "no Python asked for at all": { own: ["--with", "a"] },
  "a folder beside it all": { own: [...own, "--find-links", "wheels"] },
};

const same: Readonly<Record<string, Change>> = {
  "another folder, for names and URLs": { place: { cwd: "/tmp" } },
  "another variable": { env: { EDITOR: "vi" } },
  "a version file, where the Python was asked for": only("/home/user/work/.python-version"),
  "another loudness": { own: ["-v", ...own] },
  "another colour": { own: [...own, "--color", "never"] },
  "offline: what was found is still good": { own: [...own, "--offline"] },
};

const byFolder: readonly (readonly string[])[] = [
  ["-r", "requirements.txt"],
  ["--with-requirements=requirements.txt"],
  ["--with", "./a-1.0-py3-none-any.whl"],
  ["--with", "a-1.0-py3-none-any.whl"],
  ["--python", "./python"],
  ["-fwheels"],
  ["--index", "simple"],
];

const nowhere: readonly (readonly string[])[] = [
  ["--refresh"],
  ["--refresh-package", "a"],
  ["-r", "-"],
  ["--help"],
];

describe("what a remembered run goes by", () => {
  const first = identity();
  const seen = new Set([first]);
  for (const [title, change] of Object.entries(others)) {
    test(`another: ${title}`, () => {
      const other = identity(change);
      assert.ok(other !== undefined && !seen.has(other));
      seen.add(other);
    });
  }
  for (const [title, change] of Object.entries(same)) {
    test(`the same: ${title}`, () => assert.equal(identity(change), first));
  }
  for (const args of byFolder) {
    test(`by folder: ${args.join(" ")}`, () => {
      assert.notEqual(identity({ own: args }), identity({ own: args, place: { cwd: "/tmp" } }));
    });
  }
  test("by folder: a variable with a relative path", () => {
    const env = { PIP_FIND_LINKS: "./wheels" };
    assert.notEqual(identity({ env }), identity({ env, place: { cwd: "/tmp" } }));
  });
  for (const args of nowhere) {
    test(`never: ${args.join(" ")}`, () => assert.equal(identity({ own: args }), undefined));
  }
});

describe("a version file counts as long as no Python is asked for", () => {
  const pinned = only("/home/user/work/.python-version");
  const counts = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    identity({ own: args, env }) !== identity({ own: args, env, ...pinned });
  for (const args of [["--python", "3.13"], ["--python=3.13"], ["-p3.13"], ["-p", "3.13"], ["-vp", "3.13"]]) {
    test(`asked for: ${args.join(" ")}`, () => assert.equal(counts(args), false));
  }
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    test(`asked for: ${name}`, () => assert.equal(counts([], { [name]: "3.13" }), false));
  }
  for (const args of [[], ["--python-index", "https://index.example/"], ["-w", "p"], ["-wpython"]]) {
    test(`not asked for: ${args.join(" ")}`, () => assert.ok(counts(args)));
  }
  test("nor where configuration is turned off", () => assert.equal(counts([], { UV_NO_CONFIG: "1" }), false));
});
