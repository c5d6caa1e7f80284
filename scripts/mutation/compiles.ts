import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { type Fault, withFault } from "./faults.ts";

/** Unused names. A fault can cause them, and they would not keep it from running. */
const harmless = new Set([6133, 6138, 6192, 6196, 6198, 6199]);

/**
 * Returns a function that tells whether the compiler accepts a file with a fault. It compares with the errors of the
 * file without the fault, and looks only at this file.
 */
export function openCompiler(root: string): (fault: Fault) => boolean {
  const options = readOptions(root);
  const versions = new Map<string, { readonly version: number; readonly text: string }>();
  const files = new Set<string>();
  const read = (path: string): string | undefined => {
    try {
      return versions.get(path)?.text ?? readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...files],
    getScriptVersion: (path) => String(versions.get(path)?.version ?? 0),
    getScriptSnapshot: (path) => {
      const text = read(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (settings) =>
      join(dirname(ts.getDefaultLibFilePath(settings)), ts.getDefaultLibFileName(settings)),
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: (path) => ts.sys.readFile(path),
    readDirectory: (path, extensions, exclude, include, depth) =>
      ts.sys.readDirectory(path, extensions, exclude, include, depth),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
    realpath: (path) => ts.sys.realpath?.(path) ?? path,
  });
  const errors = (path: string): number =>
    [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].filter(
      ({ category, code }) => category === ts.DiagnosticCategory.Error && !harmless.has(code),
    ).length;
  const baselines = new Map<string, number>();
  return (fault) => {
    const path = resolve(root, fault.file);
    files.add(path);
    const original = readFileSync(path, "utf8");
    const baseline = baselines.get(path) ?? errors(path);
    baselines.set(path, baseline);
    const { version = 0 } = versions.get(path) ?? {};
    versions.set(path, { version: version + 1, text: withFault(original, fault) });
    const count = errors(path);
    versions.set(path, { version: version + 2, text: original });
    return count <= baseline;
  };
}

function readOptions(root: string): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const { config, error } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  if (error !== undefined)
    throw new Error(`${path} can't be read: ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`);
  return ts.parseJsonConfigFileContent({ ...(config as object), files: [], include: [] }, ts.sys, root)
    .options;
}
