import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { OperationContext } from "../../settings/index.ts";
import { asPosyError, textIfThere, userFolder } from "../../system/fs/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { isOnPath } from "../tools/tool-folders.ts";
import { loginProfiles, profileLines } from "./shell-profiles.ts";

/** What `addToPath` did. */
export interface PathChange {
  /** The absolute folder. */
  readonly folder: string;
  /**
   * `on-path`: it is on the PATH of this process. `present`: it is on the PATH of new shells, because of an earlier
   * change. `added`: it is on the PATH of new shells from now on.
   */
  readonly state: "on-path" | "present" | "added";
  /** The files that have the line. Empty on Windows, where the PATH is in the registry. */
  readonly files: readonly string[];
}

/**
 * Puts a folder on the PATH of the user's new shells: by a line in the files that the shell reads at its start, on
 * Windows in the registry. Does nothing if it is on the PATH. Throws `permission` or `filesystem` if a file cannot be
 * written; the hint is the line.
 */
export async function addToPath(folder: string, { environment }: OperationContext): Promise<PathChange> {
  if (isOnPath(folder, environment)) return { folder, state: "on-path", files: [] };
  if (process.platform === "win32") {
    return { folder, state: await addToRegistry(folder, environment), files: [] };
  }
  const home = userFolder(environment);
  const files: string[] = [];
  let state: PathChange["state"] = "present";
  for (const { path, line } of profileLines(folder, environment, await loginProfileIn(home))) {
    try {
      const text = (await textIfThere(path)) ?? "";
      // A login profile usually reads `.bashrc`, which has the line by now.
      if (files.length > 0 && text.includes(".bashrc")) continue;
      files.push(path);
      if (text.split("\n").includes(line)) continue;
      await mkdir(dirname(path), { recursive: true });
      await appendWhole(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
      state = "added";
    } catch (error) {
      const { code, message, hint } = asPosyError(error, `adding \`${folder}\` to the PATH in \`${path}\``);
      throw new PosyError(code, message, { hint: `${hint}; the line is \`${line}\``, cause: error });
    }
  }
  return { folder, state, files };
}

/**
 * Appends a text to a file, or nothing: half a line would be an error in each new shell. Appending keeps the mode and
 * the encoding of the file, and follows a link to a folder of dotfiles.
 */
async function appendWhole(path: string, text: string): Promise<void> {
  const file = await open(path, "a");
  try {
    const { size } = await file.stat();
    await file.appendFile(text).catch(async (error: unknown) => {
      await file.truncate(size).catch(() => {});
      throw error;
    });
  } finally {
    await file.close();
  }
}

/** Returns the name of the file that a login shell of bash reads. If there is none, bash would read a `.profile`. */
async function loginProfileIn(home: string): Promise<string> {
  for (const name of loginProfiles) {
    if ((await textIfThere(join(home, name)).catch(() => "")) !== undefined) return name;
  }
  return ".profile";
}

/**
 * Adds a folder to the PATH of the user in the registry. The value may contain variables (`%USERPROFILE%\bin`), so it
 * is read and written without replacing them. Setting another variable tells running programs about the change.
 */
async function addToRegistry(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Exclude<PathChange["state"], "on-path">> {
  const script = [
    `$key = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey('Environment')`,
    `$old = [string]$key.GetValue('Path', '', 'DoNotExpandEnvironmentNames')`,
    `$entries = @($old -split ';' | Where-Object { $_ })`,
    `if ($entries -contains $env:POSY_FOLDER) { 'present' } else {` +
      ` $key.SetValue('Path', ((@($env:POSY_FOLDER) + $entries) -join ';'), 'ExpandString');` +
      ` [Environment]::SetEnvironmentVariable('POSY_FOLDER', $null, 'User'); 'added' }`,
  ].join("; ");
  const env = { ...environment, POSY_FOLDER: folder };
  const answer = await runCaptured("powershell", ["-NoProfile", "-Command", script], { env })
    .then(({ stdout }) => stdout.trim())
    .catch(() => "");
  if (answer === "added" || answer === "present") return answer;
  throw new PosyError("filesystem", `PowerShell could not add \`${folder}\` to the PATH of your account`, {
    hint: "add it to `Path` in the environment variables of your account",
  });
}
