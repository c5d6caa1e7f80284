import { basename, resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import type { ZipFile } from "../../../system/archives/index.ts";
import type { Machine } from "../../../system/machine/index.ts";
import { parsePybiFilename, type PybiFilename } from "../../../vocab/filenames/index.ts";
import type { PybiMetadata } from "../../../vocab/metadata/index.ts";
import { quote } from "../../../text/index.ts";
import { platformsOfTags, runsOn } from "../../compatibility/index.ts";
import { localPybi } from "../index.ts";
import { checkContents } from "./check-contents.ts";
import { checkMetadata, checkPybiFile } from "./check-info.ts";
import { checkTree } from "./check-tree.ts";
import { openChecked } from "./open-checked.ts";
import { type Finding, finding } from "./rules.ts";
import { checkByRunning } from "./run/check-by-running.ts";

export interface CheckOptions {
  /** The machine on which to run the pybi. If undefined, the pybi is not run. */
  readonly machine?: Machine;
}

export interface Checked {
  readonly filename: string;
  /** Whether there are only warnings. */
  readonly good: boolean;
  /** Whether it was run. It is run if it is for this machine and has no errors. */
  readonly ran: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Checks a pybi against every rule of PEP 711, and runs it if this machine can. Returns all findings at once. Throws
 * only if the file can't be read (`not-found`, `permission`, …).
 */
export async function checkPybi(path: string, options: CheckOptions = {}): Promise<Checked> {
  const filename = basename(path);
  const findings: Finding[] = [];
  const name = readName(filename, findings);
  const forWindows = name?.platformTags.some((tag) => tag.startsWith("win")) ?? false;
  const foldNames = !(name?.platformTags.every((tag) => tag.includes("linux")) ?? true);
  const zip = openChecked(resolve(path), filename, foldNames);
  if ("rule" in zip) findings.push(zip);
  else {
    try {
      findings.push(...checkArchive(zip, name, forWindows));
    } finally {
      zip.close();
    }
  }
  const isGood = () => findings.every(({ severity }) => severity === "warning");
  let ran = false;
  const { machine } = options;
  if (
    machine !== undefined &&
    isGood() &&
    platformsOfTags(name?.platformTags ?? []).includes(machine.platform)
  ) {
    const interpreter = await localPybi(path, machine.platform);
    if (runsOn(interpreter, machine)) {
      ran = true;
      findings.push(...(await checkByRunning(interpreter, resolve(path))));
    }
  }
  return { filename, good: isGood(), ran, findings };
}

function readName(filename: string, findings: Finding[]): PybiFilename | undefined {
  try {
    return parsePybiFilename(filename);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    findings.push(finding("name", error.message));
    return undefined;
  }
}

function checkArchive(zip: ZipFile, name: PybiFilename | undefined, forWindows: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  const text = (file: string): string | undefined => {
    const path = `pybi-info/${file}`;
    const entry = zip.entry(path);
    try {
      if (entry?.kind === "file" && entry.size <= 2 ** 24) {
        return Buffer.from(zip.readSync(entry)).toString("utf8");
      }
    } catch {
      // `checkContents` reports damaged members.
      return undefined;
    }
    findings.push(finding("info-missing", `there is no ${quote(path)}`, path));
    return undefined;
  };
  const data = zip.entries.find(({ path }) => /^[^/]+\.data(\/|$)/.test(path));
  if (data !== undefined)
    findings.push(finding("data-folder", `a pybi has no \`.data\` folder: ${quote(data.path)}`, data.path));
  const [metadataText, pybiText] = [text("METADATA"), text("PYBI")];
  text("RECORD");
  let metadata: PybiMetadata | undefined;
  if (metadataText !== undefined) {
    const checked = checkMetadata(metadataText, name);
    metadata = checked.metadata;
    findings.push(...checked.findings);
  }
  if (pybiText !== undefined) findings.push(...checkPybiFile(pybiText, name));
  findings.push(...checkContents(zip, forWindows));
  const readable = findings.every(({ rule }) => rule !== "archive");
  if (metadata !== undefined && readable) findings.push(...checkTree(zip, metadata, forWindows));
  return findings;
}
