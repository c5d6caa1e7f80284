import { readFile } from "node:fs/promises";
import { join, win32 } from "node:path";
import { runCaptured, variableOf } from "../../system/process/index.ts";
import { withTemporaryFolder } from "../../system/fs/index.ts";

/** The keys of PEP 514: those of the user, and those of all users in the registries for 64-bit and 32-bit programs. */
const keys = [
  ["HKCU\\Software\\Python", "/reg:64"],
  ["HKLM\\Software\\Python", "/reg:64"],
  ["HKLM\\Software\\Python", "/reg:32"],
] as const;

/** The system whose registry is read, and how a program is run there. */
export interface RegistryAccess {
  readonly platform?: NodeJS.Platform;
  readonly run?: typeof runCaptured;
}

/**
 * Returns the executables of the Pythons that are in the registry of Windows (PEP 514): installers write them there,
 * and the `py` launcher reads them. Keys that do not exist or cannot be read are skipped.
 */
export async function registryPythons(
  environment: NodeJS.ProcessEnv,
  { platform = process.platform, run = runCaptured }: RegistryAccess = {},
): Promise<readonly string[]> {
  if (platform !== "win32") return [];
  const root = variableOf(environment, "SystemRoot") ?? "C:\\Windows";
  const reg = win32.join(root, "System32", "reg.exe");
  return withTemporaryFolder("registry", async (folder) => {
    const texts = await Promise.all(
      keys.map(async ([key, view], index) => {
        // The output of `reg query` has another encoding on each machine. An exported file is UTF-16.
        const file = join(folder, `${index}.reg`);
        const { status } = await run(reg, ["export", key, file, "/y", view], { timeout: 5_000 });
        return status === 0 ? await readFile(file, "utf16le") : "";
      }),
    ).catch(() => []);
    return [...new Set(texts.flatMap(parseRegistryPythons))];
  });
}

/** Returns the executables in the text of an exported key `…\Software\Python`, newest version first. */
export function parseRegistryPythons(text: string): readonly string[] {
  const found: { readonly key: string; readonly executable: string }[] = [];
  for (const section of text.split(/^\[/m)) {
    // `PyLauncher` is the `py` launcher itself.
    const key = /^(.+\\Python\\(?!PyLauncher\\)[^\\\]]+\\[^\\\]]+)\\InstallPath\]/i.exec(section)?.[1];
    if (key === undefined) continue;
    const value = (name: string) =>
      new RegExp(`^${name}="((?:[^"\\\\]|\\\\.)*)"`, "im").exec(section)?.[1]?.replace(/\\(.)/g, "$1");
    const folder = value("@");
    const executable =
      value('"ExecutablePath"') ?? (folder === undefined ? undefined : win32.join(folder, "python.exe"));
    if (executable !== undefined) found.push({ key, executable });
  }
  const newestFirst = found.toSorted((a, b) => b.key.localeCompare(a.key, "en", { numeric: true }));
  return newestFirst.map(({ executable }) => executable);
}
