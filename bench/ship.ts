// Ships one application with Posy, PyInstaller, PEX and shiv. Used by `npm run bench -- ship`.
import { cpSync, lstatSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { alternate, type Subject, type Timing } from "./measure.ts";
import { putAway } from "./put-away.ts";
import { cleanEnvironment, runOrThrow, type Setting } from "./setting.ts";

const requirements = ["fastapi==0.115.12", "uvicorn==0.34.2", "numpy==2.2.6"];
const tools = ["pyinstaller==6.14.1", "pex==2.40.1", "shiv==1.0.8", "pip", "setuptools<81"];
const program = `# /// script
# requires-python = "==3.13.5"
# dependencies = ${JSON.stringify(requirements)}
# ///
import fastapi
import numpy
import uvicorn


def main():
    print(fastapi.__version__, uvicorn.__version__, numpy.arange(10).sum())


if __name__ == "__main__":
    main()
`;

/** What a tool makes of the application. */
interface Product {
  readonly name: string;
  readonly kind: Kind;
  readonly build: readonly string[];
  /** The folder or file that is given away. */
  readonly path: string;
  readonly start: readonly string[];
}

type Kind = "folder" | "one file" | "zip for a Python";

/**
 * Measures size, build and starts. Caches are filled before a build, and each product is built once.
 * At a first start, the caches of the product are empty, and a folder is a new copy. Returns a Markdown table. Each
 * product of Posy is compared with the best other product of its kind, and a row is marked where Posy loses.
 */
export function shipping(setting: Setting): string {
  const root = setting.folder("ship");
  const sources = setting.folder("ship/sources");
  const script = join(sources, "hello.py");
  writeFileSync(script, program);
  const env = {
    ...cleanEnvironment(root),
    POSY_HOME: setting.posyHome("ship/posy"),
    PIP_INDEX_URL: setting.index,
    POSY_APP_CACHE: join(root, "cache-posy"),
    PEX_ROOT: join(root, "cache-pex"),
    SHIV_ROOT: join(root, "cache-shiv"),
  };
  const withAll = [...tools, ...requirements].flatMap((requirement) => ["--with", requirement]);
  const ask = "import sys; print(sys.prefix)";
  const toolPython = ["run", "--python", setting.pythonRequest, "--default-index", setting.index, ...withAll];
  const prefix = runOrThrow([setting.posy, ...toolPython, "--", "python", "-c", ask], { env }).trim();
  const products = productsOf(setting, join(prefix, "bin"), sources, root);
  const caches = [env.POSY_APP_CACHE, env.PEX_ROOT, env.SHIV_ROOT];
  // A start of one version removes the others of the same name, so each product has a cache of its own.
  const envOf = ({ path }: Product) => ({
    ...env,
    POSY_APP_CACHE: join(env.POSY_APP_CACHE, basename(path)),
  });
  const clear = (product: Product) => () => {
    putAway(product.path);
    putAway(join(root, "work"));
  };
  // The wheels are in the caches of Posy and PyInstaller's Python already. PEX and shiv keep their own.
  products
    .filter(({ kind }) => kind === "zip for a Python")
    .forEach(({ build }) => runOrThrow(build, { env }));
  const builds = alternate(
    products.map(
      (product): Subject => ({ name: product.name, argv: product.build, env, before: clear(product) }),
    ),
    { rounds: 1, seconds: 60, warmUp: 0 },
  );
  const sizes = products.map(({ path }) => sizeOf(path));
  const firsts = alternate(
    products.map(
      (product): Subject => ({
        name: product.name,
        argv: product.start,
        env: envOf(product),
        before: () => {
          caches.forEach((cache) => putAway(cache));
          if (product.kind !== "folder") return;
          cpSync(product.path, `${product.path}.new`, { recursive: true, verbatimSymlinks: true });
          putAway(product.path);
          runOrThrow(["mv", `${product.path}.new`, product.path]);
        },
      }),
    ),
    { rounds: 3, seconds: 60, warmUp: 0 },
  );
  const seconds = alternate(
    products.map((product): Subject => ({ name: product.name, argv: product.start, env: envOf(product) })),
    { rounds: 5, seconds: 60 },
  );
  return formatProducts(products, sizes, builds, firsts, seconds);
}

function productsOf(setting: Setting, bin: string, sources: string, root: string): Product[] {
  const out = (name: string) => join(root, name);
  const script = join(sources, "hello.py");
  const posy = [setting.posy, "export", "--default-index", setting.index, "--script", script];
  const small = ["--strip", "--compile"];
  const installer = [join(bin, "pyinstaller"), "--noconfirm", "--name", "hello", "--workpath", out("work")];
  const pyInstaller = (mode: string, dist: string) => {
    return [...installer, mode, "--distpath", dist, "--specpath", out("work"), script];
  };
  const folder = (name: string, path: string, build: readonly string[], start: string): Product => {
    return { name, kind: "folder", build, path, start: [join(path, start)] };
  };
  const file = (name: string, path: string, build: readonly string[], start = "."): Product => {
    return { name, kind: "one file", build, path, start: [join(path, start)] };
  };
  const zip = (name: string, path: string, build: readonly string[]): Product => {
    return { name, kind: "zip for a Python", build, path, start: [join(bin, "python"), path] };
  };
  const oneFile = out("posy-file");
  const smallFile = out("posy-small-file");
  const installerFolder = out("pyinstaller-folder");
  const installerFile = out("pyinstaller-file");
  const pex = out("hello.pex");
  const shiv = out("hello.pyz");
  return [
    zip("PEX", pex, [
      join(bin, "pex"),
      ...requirements,
      "--index-url",
      setting.index,
      "--exe",
      script,
      "-o",
      pex,
    ]),
    zip("shiv", shiv, [
      join(bin, "shiv"),
      "--site-packages",
      sources,
      "-e",
      "hello:main",
      "-o",
      shiv,
      ...requirements,
    ]),
    folder("Posy", out("posy-folder"), [...posy, "--dir", out("posy-folder")], "bin/hello"),
    folder("Posy, small", out("posy-small"), [...posy, ...small, "--dir", out("posy-small")], "bin/hello"),
    folder("PyInstaller", installerFolder, pyInstaller("--onedir", installerFolder), "hello/hello"),
    file("Posy", oneFile, [...posy, "--app", "hello", "-o", oneFile], "hello"),
    file("Posy, small", smallFile, [...posy, ...small, "--app", "hello", "-o", smallFile], "hello"),
    file("PyInstaller", installerFile, pyInstaller("--onefile", installerFile), "hello"),
  ];
}

/** Returns the bytes of a file, or of all files below a folder. Links count nothing, and hard links count each time. */
function sizeOf(path: string): number {
  const status = lstatSync(path);
  if (status.isFile()) return status.size;
  if (!status.isDirectory()) return 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function formatProducts(
  products: readonly Product[],
  sizes: readonly number[],
  ...timings: readonly (readonly Timing[])[]
): string {
  const numbers = products.map((_product, row) => [
    (sizes[row] ?? 0) / 1e6,
    ...timings.map((column) => column[row]?.median ?? Number.NaN),
  ]);
  const lines = products.map(({ name, kind }, row) => {
    const values = numbers[row] ?? [];
    const others = numbers.filter((_values, other) => {
      return products[other]?.kind === kind && !products[other].name.startsWith("Posy");
    });
    const cells = values.map((value, column) => {
      const text = value < 100 ? value.toFixed(1) : value.toFixed(0);
      if (!name.startsWith("Posy")) return text;
      const ratio = value / Math.min(...others.map((other) => other[column] ?? Number.NaN));
      return `${text} (${ratio > 1 ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2)})`;
    });
    return `| ${[kind, name, ...cells].join(" | ")} |`;
  });
  return [
    "| | made by | size, MB | build, ms | first start, ms | second start, ms |",
    "|---|---|---:|---:|---:|---:|",
    ...lines,
  ].join("\n");
}
