import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Returns the folders that match a pattern, relative to `root`: `*`, `?` and `[…]` within a name, `**` for any number
 * of folders. Hidden folders match only their literal name.
 */
export async function foldersMatching(root: string, pattern: string): Promise<readonly string[]> {
  let found: readonly string[] = [root];
  for (const step of pattern.split(/[\\/]/).filter((each) => each !== "" && each !== ".")) {
    const next = await Promise.all(found.map((folder) => follow(folder, step)));
    found = [...new Set(next.flat())];
  }
  return found;
}

async function follow(folder: string, step: string): Promise<readonly string[]> {
  if (step === "..") return [dirname(folder)];
  if (step === "**") {
    // Links are not followed, because they may form a cycle.
    const below = await foldersIn(folder, false);
    return [folder, ...(await Promise.all(below.map((each) => follow(each, step)))).flat()];
  }
  if (!/[*?[]/.test(step)) {
    const path = join(folder, step);
    return (await isFolder(path)) ? [path] : [];
  }
  const names = nameExpression(step);
  return (await foldersIn(folder, true)).filter((path) => names.test(basename(path)));
}

async function foldersIn(folder: string, throughLinks: boolean): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((each) => each.isDirectory() || (throughLinks && each.isSymbolicLink()))
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(".") && name !== "node_modules")
    .sort();
  const paths = names.map((name) => join(folder, name));
  const real = await Promise.all(paths.map(isFolder));
  return paths.filter((_, at) => real[at]);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function nameExpression(step: string): RegExp {
  const source = step.replace(/\[!?[^\]]+\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 1 && part.startsWith("[")) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source}$`);
}
