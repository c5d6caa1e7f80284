import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { addDirectRequirement } from "../../../../src/project/pyproject/edit/add-direct-requirement.ts";
import { envBriefParts } from "../../../../src/project/pyproject/env-requirements.ts";
import { pathDependencySources } from "../../../../src/project/pyproject/path-dependency-sources.ts";
import type { Project } from "../../../../src/project/pyproject/project.ts";
import { readProject } from "../../../../src/project/pyproject/read-project.ts";
import { parseTypedRequirement } from "../../../../src/project/requirements-file/direct-requirement.ts";
import { parseExtraName } from "../../../../src/vocab/requirement/name.ts";
import { formatRequirement, type Requirement } from "../../../../src/vocab/requirement/requirement.ts";

/** Writes files into a folder that goes away, and reads the project of one of them. */
function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "posy-uv-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  // Files in the parent folders do not belong to the test.
  for (const [path, text] of Object.entries({ "pyproject.toml": "[project]\nname = 'x'\n", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function read(root: string, where = "app"): Promise<Project> {
  const project = await readProject(join(root, where));
  assert.ok(project);
  return project;
}

const head = '[project]\nname = "app"\nversion = "1"\n';
const requirements = (project: Project, env = "default") =>
  envBriefParts(project, env).requirements.map(({ requirement }) => formatRequirement(requirement));

describe("parseProject reads a project of uv and", () => {
  test("takes packages from the sources of uv", async () => {
    const root = folder({
      "app/pyproject.toml": `${head}dependencies = ["a>=1", "b", "c", "d"]
[tool.uv.sources]
a = { path = "../a", editable = true }
b = { git = "https://h.example/b", tag = "v1" }
c = { url = "https://h.example/c.zip", subdirectory = "x", marker = "os_name == 'nt'" }
d = { index = "own" }
[[tool.uv.index]]
name = "own"
url = "https://h.example/simple"
explicit = true
publish-url = "https://h.example/upload"
`,
    });
    const project = await read(root);
    assert.deepEqual(requirements(project), [
      `a @ ${pathToFileURL(join(root, "a")).href}#editable=true`,
      "b @ git+https://h.example/b@v1",
      'c @ https://h.example/c.zip#subdirectory=x ; os_name == "nt"',
      'c; os_name != "nt"',
      "d",
    ]);
    const parts = envBriefParts(project, "default");
    assert.deepEqual(
      [...parts.packageIndexes].map(([name, [first]]) => [name, first?.index.url]),
      [["d", "https://h.example/simple"]],
    );
    assert.deepEqual(
      parts.constraints.map(({ requirement }) => formatRequirement(requirement)),
      ["a>=1"],
    );
    assert.deepEqual(project.warnings, []);
  });

  test("prefers `[tool.posy]` to `[tool.uv]`, with a warning", async () => {
    const root = folder({
      "app/pyproject.toml": `${head}dependencies = ["a", "b"]
[tool.uv]
constraint-dependencies = ["c<1"]
override-dependencies = ["o==1"]
[tool.uv.sources]
a = { git = "https://h.example/theirs" }
b = { git = "https://h.example/b" }
[tool.posy]
constraints = ["c<2"]
[tool.posy.sources]
a = { git = "https://h.example/ours" }
`,
    });
    const project = await read(root);
    assert.deepEqual(requirements(project), [
      "a @ git+https://h.example/ours",
      "b @ git+https://h.example/b",
    ]);
    const { constraints, overrides } = envBriefParts(project, "default");
    const texts = [...constraints, ...overrides].map(({ requirement }) => formatRequirement(requirement));
    assert.deepEqual(texts, ["c<2", "o==1"]);
    assert.deepEqual([...project.warnings].sort(), [
      "`tool.posy.constraints` replaces `tool.uv.constraint-dependencies`",
      "`tool.posy.sources.a` replaces `tool.uv.sources.a`",
    ]);
  });

  test("takes the default groups of uv, old and new", async () => {
    const groups = '[dependency-groups]\ndev = ["d"]\ntest = ["t"]\ndocs = ["x"]\n';
    const of = async (uv: string) => {
      const root = folder({ "app/pyproject.toml": `${head}${groups}[tool.uv]\n${uv}` });
      return requirements(await read(root));
    };
    assert.deepEqual(await of(""), ["d"]);
    assert.deepEqual(await of('dev-dependencies = ["old"]\n'), ["d", "old"]);
    assert.deepEqual(await of('default-groups = ["test"]\n'), ["t"]);
    assert.deepEqual(await of('default-groups = "all"\n'), ["d", "t", "x"]);
    assert.deepEqual(await of(`default-groups = []\n[tool.posy.envs.default]\ngroups = ["docs"]\n`), ["x"]);
  });

  test("applies a source of an extra only with that extra", async () => {
    const root = folder({
      "app/pyproject.toml": `${head}[project.optional-dependencies]
cpu = ["torch"]
gpu = ["torch"]
[tool.uv.sources]
torch = [{ index = "cpu", extra = "cpu" }, { index = "gpu", extra = "gpu" }]
[[tool.uv.index]]
name = "cpu"
url = "https://h.example/cpu"
[[tool.uv.index]]
name = "gpu"
url = "https://h.example/gpu"
`,
    });
    const project = await read(root);
    const of = (...extras: string[]) =>
      [...envBriefParts(project, "default", { extras: extras.map(parseExtraName) }).packageIndexes.values()]
        .flat()
        .map(({ index }) => index.name);
    assert.deepEqual([of(), of("cpu"), of("gpu")], [[], ["cpu"], ["gpu"]]);
  });

  test("takes the platforms of `environments`", async () => {
    const of = async (uv: string) =>
      (await read(folder({ "app/pyproject.toml": `${head}[tool.uv]\n${uv}` }))).settings.platforms;
    assert.equal(await of(""), undefined);
    assert.deepEqual(await of("environments = [\"sys_platform == 'darwin'\"]\n"), [
      "macos-arm64",
      "macos-x86_64",
    ]);
    assert.deepEqual(
      await of(
        "environments = [\"sys_platform == 'linux' and platform_machine == 'x86_64' and python_version >= '3.12'\"]\n",
      ),
      ["linux-x86_64"],
    );
    const required =
      "required-environments = [\"sys_platform == 'win32' and platform_machine == 'ARM64'\"]\n";
    assert.equal((await of(required))?.includes("windows-arm64"), true);
    assert.equal((await of(required))?.includes("linux-x86_64"), true);
  });

  test("takes the pre-release mode of uv", async () => {
    for (const mode of ["allow", "disallow", "if-necessary", "explicit"] as const) {
      const root = folder({ "app/pyproject.toml": `${head}[tool.uv]\nprerelease = "${mode}"\n` });
      assert.equal((await read(root)).settings.prerelease, mode);
    }
  });

  test("warns about unknown keys, and rejects unknown sources", async () => {
    const root = folder({
      "app/pyproject.toml": `${head}[tool.uv]\nfork-strategy = "fewest"\n[tool.uv.sources]\na = { git = "https://h.example/a", lfs = true }\n`,
    });
    const { warnings } = await read(root);
    assert.deepEqual([...warnings].sort(), [
      `\`tool.uv.fork-strategy\` in \`${join(root, "app", "pyproject.toml")}\` is not honoured: Posy takes the same version on all platforms and Pythons wherever it can`,
      "`tool.uv.sources.a.lfs` is not known, and is ignored",
    ]);
    const refused: Record<string, RegExp> = {
      "a = { workspace = true }": /line 5, refers to the workspace, and `a` is not a member of it/,
      "a = { workspace = '../other' }": /other workspaces are not followed/,
      "a = { index = 'absent' }": /no index has that name/,
      "a = [{ path = 'x' }, { path = 'y', marker = \"os_name == 'nt'\" }]": /is one of several/,
    };
    for (const [line, says] of Object.entries(refused)) {
      const other = folder({ "app/pyproject.toml": `${head}[tool.uv.sources]\n${line}\n` });
      await assert.rejects(read(other), says);
    }
  });
});

describe("parseProject reads a workspace of uv and", () => {
  const member = (name: string, dependencies: readonly string[], more = "") =>
    `[project]\nname = "${name}"\nversion = "1"\ndependencies = ${JSON.stringify(dependencies)}\n${more}`;
  const files = {
    "pyproject.toml": `${member("root", ["lib-one"])}[tool.uv.workspace]
members = ["packages/*", "apps/**"]
exclude = ["packages/left"]
[tool.uv.sources]
lib-one = { workspace = true }
far = { git = "https://h.example/far" }
[tool.uv]
constraint-dependencies = ["c<1"]
[[tool.uv.index]]
name = "own"
url = "wheels"
explicit = true
`,
    "packages/one/pyproject.toml": `${member("Lib_One", ["lib-two>=1", "far"])}[tool.uv.sources]
lib-two = { workspace = true }
`,
    "packages/two/pyproject.toml": `${member("lib-two", ["near"])}[tool.uv.sources]
near = { index = "own" }
`,
    "packages/left/pyproject.toml": member("left", []),
    "packages/none/README": "",
    "apps/deep/er/pyproject.toml": member("app", ["lib-one", "lib-two"]),
  };
  const url = (root: string, path: string) => `${pathToFileURL(join(root, path)).href}#editable=true`;

  test("takes members from their folders", async () => {
    const root = folder(files);
    const project = await read(root, ".");
    assert.deepEqual(requirements(project), [`lib-one @ ${url(root, "packages/one")}`]);
    assert.ok(project.otherFiles.includes(join(root, "packages", "two", "pyproject.toml")));
  });

  test("takes requirements of members from their sources, else from those of the workspace", async () => {
    const root = folder(files);
    const project = await read(root, ".");
    const { constraints, packageIndexes, declared } = await pathDependencySources(
      envBriefParts(project, "default").requirements.map(({ requirement }) => requirement),
      root,
      project,
    );
    assert.deepEqual(
      constraints.map(({ requirement }) => formatRequirement(requirement)),
      [`lib-two @ ${url(root, "packages/two")}`, "far @ git+https://h.example/far"],
    );
    assert.deepEqual(
      [...packageIndexes].map(([name, [first]]) => [name, first?.index.url]),
      [["near", join(root, "wheels")]],
    );
    assert.deepEqual(declared, ["packages/one: far, lib-two>=1", "packages/two: near"]);
  });

  test("applies the settings of the root to a member that has none", async () => {
    const root = folder(files);
    const app = await read(root, "apps/deep/er");
    assert.deepEqual(requirements(app), [`lib-one @ ${url(root, "packages/one")}`, "lib-two"]);
    assert.deepEqual(
      app.settings.constraints.map(({ value }) => formatRequirement(value)),
      ["c<1"],
    );
    const one = await read(root, "packages/one");
    assert.deepEqual(requirements(one), [
      `lib-two @ ${url(root, "packages/two")}`,
      "far @ git+https://h.example/far",
    ]);
  });

  test("adds a member as an editable folder", async () => {
    const root = folder(files);
    const add = async (where: string) => {
      const typed = parseTypedRequirement(`lib @ ../${where}`, join(root, "packages", "one"));
      assert.equal(typed.kind, "requirement");
      const { requirement } = typed as { requirement: Requirement };
      const path = join(root, "packages", "one", "pyproject.toml");
      return addDirectRequirement(
        files["packages/one/pyproject.toml"],
        path,
        { kind: "dependencies" },
        { ...requirement, url: requirement.url ?? "", absolute: false },
      );
    };
    assert.match(await add("two"), /lib = \{ path = "\.\.\/two", editable = true \}/);
    assert.match(await add("left"), /lib = \{ path = "\.\.\/left" \}/);
  });

  test("treats a root without a project as all of its members", async () => {
    const root = folder({
      ...files,
      "pyproject.toml":
        '[[tool.uv.index]]\nname = "own"\nurl = "wheels"\n[tool.uv.workspace]\nmembers = [\n "packages/*"]\n[dependency-groups]\ndev = ["d"]\n',
      "packages/left/pyproject.toml": "[tool.ruff]\n",
      "packages/bare/pyproject.toml": member(
        "bare",
        ["lib-two", "more"],
        "[tool.uv.sources]\nlib-two = { workspace = true }\n",
      ),
      ...Object.fromEntries(
        (["one", "two"] as const).map((name) => {
          const path = `packages/${name}/pyproject.toml` as const;
          return [path, `${files[path]}[build-system]\nrequires = []\n`];
        }),
      ),
      "scripts/README": "",
    });
    const project = await read(root, "scripts");
    assert.equal(project.folder, root);
    const [one, two] = ["packages/one", "packages/two"].map((path) => url(root, path));
    assert.deepEqual(requirements(project), ["lib-two", "more", `lib-one @ ${one}`, `lib-two @ ${two}`, "d"]);
    assert.deepEqual(project.bareMembers, [join(root, "packages", "bare")]);
  });

  test("rejects a member that is not valid", async () => {
    const root = folder({ ...files, "packages/two/pyproject.toml": "[project\n" });
    await assert.rejects(read(root, "."), /packages\/two\/pyproject\.toml`, line 1, is not TOML/);
  });

  test("leaves out excluded folders", async () => {
    const root = folder(files);
    assert.deepEqual((await read(root, "packages/left")).otherFiles, []);
  });
});
