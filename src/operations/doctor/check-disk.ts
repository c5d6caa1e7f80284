import { constants } from "node:fs";
import { access, chmod, copyFile, link, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists, openHome, removeTree } from "../../system/fs/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("disk");

/** What a disk can do. */
export interface DiskAbilities {
  readonly symbolicLinks: boolean;
  readonly hardLinks: boolean;
  /** Windows only. */
  readonly junctions: boolean;
  /** Names that differ only in case are one file. */
  readonly foldsCase: boolean;
  /** A copy shares the blocks of its original. */
  readonly reflinks: boolean;
  /** Files can be marked as executable. */
  readonly executableBit: boolean;
  /** Programs on it start (the disk is not mounted with `noexec`). */
  readonly startsPrograms: boolean;
}

/** Tries what the disk of the store can do. */
export async function checkDisk(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const { data } = openHome(environment);
  let folder = data;
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  // `checkStore` reports that it can't be written.
  if (!(await isWritable(folder))) return [];
  return findingsOfDisk(await diskAbilities(folder), folder);
}

/** Returns the findings for what a disk can do. `windows`: whether links are made as on Windows. */
export function findingsOfDisk(
  disk: DiskAbilities,
  folder: string,
  windows = process.platform === "win32",
): readonly Finding[] {
  const other = "set POSY_HOME to a folder on another disk";
  const findings: Finding[] = [];
  const folders = windows ? disk.junctions || disk.symbolicLinks : disk.symbolicLinks;
  const abilities = [
    disk.symbolicLinks && "symbolic links",
    windows && disk.junctions && "junctions",
    disk.hardLinks && "hard links",
    disk.reflinks && "reflinks",
  ].filter((ability) => ability !== false);
  findings.push(ok(`the disk of \`${folder}\` has ${abilities.join(", ") || "no links"}`));
  if (!folders && !windows) {
    findings.push(problem("symbolic links can't be made there, and environments consist of them", other));
  } else if (!folders) {
    findings.push(note("junctions can't be made there: environments take more files and more time", other));
  }
  if (!disk.hardLinks) {
    findings.push(note("hard links can't be made there: environments take more space", other));
  }
  if (disk.foldsCase) {
    findings.push(note("names that differ only in case are one file there, as usual on Windows and macOS"));
  }
  if (!windows && !disk.executableBit) {
    findings.push(
      problem("files can't be marked as executable there, so no Python in the store starts", other),
    );
  } else if (!disk.startsPrograms) {
    findings.push(
      problem(
        "programs don't start there: the disk is mounted with `noexec`",
        `${other}, or mount it without \`noexec\``,
      ),
    );
  }
  return findings;
}

/** Tries what the disk of a folder can do, in a temporary folder within it. */
export async function diskAbilities(folder: string): Promise<DiskAbilities> {
  const trial = await mkdtemp(join(folder, ".posy-doctor-"));
  const windows = process.platform === "win32";
  const can = (work: Promise<unknown>) =>
    work.then(
      () => true,
      () => false,
    );
  const file = join(trial, "file");
  const program = join(trial, windows ? "program.cmd" : "program");
  try {
    await mkdir(join(trial, "folder"));
    await writeFile(file, "x");
    await writeFile(program, windows ? "@exit /b 0\r\n" : "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    await can(chmod(program, 0o755));
    const executableBit =
      windows || ((await can(access(program, constants.X_OK))) && !(await can(access(file, constants.X_OK))));
    return {
      symbolicLinks: await can(symlink("folder", join(trial, "symbolic"), "dir")),
      hardLinks: await can(link(file, join(trial, "hard"))),
      junctions: windows && (await can(symlink(join(trial, "folder"), join(trial, "junction"), "junction"))),
      foldsCase: await exists(join(trial, "FILE")),
      reflinks: await can(copyFile(file, join(trial, "reflink"), constants.COPYFILE_FICLONE_FORCE)),
      executableBit,
      startsPrograms: windows || (await starts(program)),
    };
  } finally {
    // What the disk can do is known, even if the folder cannot be removed now.
    await removeTree(trial).catch(() => {});
  }
}

async function starts(program: string): Promise<boolean> {
  try {
    return (await runCaptured(program, [])).status === 0;
  } catch {
    return false;
  }
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
