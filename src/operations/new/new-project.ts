import { PosyError } from "../../errors/posy-error.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { tomlString } from "../../toml/index.ts";
import { type BuildBackendName, buildSystemText } from "./build-backends.ts";
import type { PythonChoice } from "./python-choice.ts";

/** What a new project is: an application, a Jupyter notebook, or a library with a build backend. */
export type ProjectKind =
  | { readonly kind: "app" }
  | { readonly kind: "notebook" }
  | { readonly kind: "lib"; readonly backend: BuildBackendName };

/** Returns the files of a new project: their texts by path, relative to its folder, with `/`. Throws `invalid-name`. */
export function newProject(
  nameText: string,
  kind: ProjectKind,
  python: PythonChoice,
): ReadonlyMap<string, string> {
  const name = parsePackageName(nameText);
  const files = new Map(filesOf(name, kind, python));
  if (python.pin !== undefined) files.set(".python-version", `${python.pin}\n`);
  files.set(".gitignore", ignored);
  return files;
}

/**
 * `.posy` and `.venv` ignore themselves, but Hatchling reads only this file. A `.venv` of another tool may be a link,
 * which git does not match with `/.venv/`.
 */
const ignored = "__pycache__/\n*.egg-info/\n/build/\n/dist/\n/wheelhouse/\n/.env\n/.posy/\n/.venv\n";

function filesOf(name: PackageName, kind: ProjectKind, python: PythonChoice): readonly [string, string][] {
  switch (kind.kind) {
    case "app":
      return [
        [
          "pyproject.toml",
          `${projectText(name, python, [])}\n[tool.posy.commands]\nstart = "python main.py"\n`,
        ],
        ["README.md", `# ${name}\n\n    posy run main.py\n`],
        ["main.py", script(name)],
      ];
    case "notebook":
      return [
        [
          "pyproject.toml",
          `${projectText(name, python, ["jupyterlab>=4"])}\n[tool.posy.commands]\nlab = "jupyter lab ${name}.ipynb"\n`,
        ],
        ["README.md", `# ${name}\n\n    posy run jupyter lab ${name}.ipynb\n`],
        [`${name}.ipynb`, notebook(name)],
      ];
    default:
      return packageFiles(name, kind.backend, python);
  }
}

/** Returns the `[project]` table, with each dependency on a separate line. */
export function projectText(
  name: PackageName,
  { requires }: PythonChoice,
  dependencies: readonly string[],
  readme = true,
): string {
  const lines = dependencies.map((text) => `    ${tomlString(text)},\n`).join("");
  return [
    "[project]\n",
    `name = "${name}"\n`,
    'version = "0.1.0"\n',
    ...(readme ? [`description = "What ${name} is for"\n`, 'readme = "README.md"\n'] : []),
    `requires-python = "${requires}"\n`,
    `dependencies = [${lines === "" ? "" : `\n${lines}`}]\n`,
  ].join("");
}

function packageFiles(
  name: PackageName,
  backend: BuildBackendName,
  python: PythonChoice,
): readonly [string, string][] {
  const module = moduleOf(name);
  const groups = '[dependency-groups]\ndev = [\n    "pytest>=8",\n]\n';
  const commands = '[tool.posy.commands]\ntest = "pytest"\n';
  const tables = [projectText(name, python, []), buildSystemText(backend), groups, commands];
  return [
    ["pyproject.toml", tables.join("\n")],
    ["README.md", `# ${name}\n`],
    [
      `src/${module}/__init__.py`,
      `"""What ${name} is for."""\n\n\ndef greeting(whom: str = "world") -> str:\n    """What is said to somebody."""\n    return f"Hello, {whom}!"\n`,
    ],
    [`src/${module}/py.typed`, ""],
    [
      `tests/test_${module}.py`,
      `from ${module} import greeting\n\n\ndef test_greeting():\n    assert greeting("you") == "Hello, you!"\n`,
    ],
  ];
}

function script(name: string): string {
  return `def main() -> None:\n    print("Hello from ${name}!")\n\n\nif __name__ == "__main__":\n    main()\n`;
}

/** A notebook of format 4.5 with one cell. */
function notebook(name: string): string {
  const cell = {
    cell_type: "code",
    execution_count: null,
    id: "hello",
    metadata: {},
    outputs: [],
    source: [`print("Hello from ${name}!")`],
  };
  const kernelspec = { display_name: "Python 3", language: "python", name: "python3" };
  const whole = {
    cells: [cell],
    metadata: { kernelspec, language_info: { name: "python" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(whole, undefined, 1)}\n`;
}

/** The keywords of Python. No module with such a name can be imported. */
const keywords =
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  );

/** Returns the name of the module of a package. Throws `invalid-name` if it could not be imported. */
function moduleOf(name: PackageName): string {
  const module = name.replaceAll("-", "_");
  if (/^[a-z_]/.test(module) && !keywords.includes(module)) return module;
  throw new PosyError("invalid-name", `a package ${quote(name)} could not be imported by its name`, {
    hint: `begin it with a letter, and use no keyword of Python: \`py-${name}\``,
  });
}
