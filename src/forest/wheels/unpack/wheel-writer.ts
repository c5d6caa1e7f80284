import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, errnoOf, failureAt, oneFileRefusal, sha256Of } from "../../../system/fs/index.ts";
import type { ZipEntry, ZipFile } from "../../../system/archives/index.ts";
import { fileListName, formatFileList, type ListedFile } from "../file-list.ts";
import { factsOf, type MemberFacts } from "./wheel-member.ts";
import { invalidWheel } from "../invalid-wheel.ts";
import { installedRecord, type StoredFile } from "./installed-record.ts";
import { manifestName, type WheelManifest } from "../wheel-manifest.ts";
import type { WheelDescription } from "./wheel-description.ts";
import { placeMember } from "./wheel-layout.ts";
import { readWheelRecord } from "./wheel-record.ts";
import { writeLargeMember } from "./write-large-member.ts";

export interface UnpackJob {
  /** Path of the wheel, whose bytes were verified. */
  readonly archive: string;
  readonly filename: string;
  /** An empty folder, to be filled with the layout that `wheel-manifest.ts` draws. */
  readonly into: string;
}

interface Target {
  /** Folder of the stored wheel; "" for its root. */
  readonly area: "site" | "data" | "headers" | "scripts" | "";
  readonly path: string;
  readonly mode: number;
  readonly wanted: boolean;
}

/** Files of a dist-info that installers write. They are skipped if a wheel has them. */
const installerFiles = ["INSTALLER", "REQUESTED", "direct_url.json"];

/** Writes members one by one, and collects what the manifest says about them. */
export class WheelWriter {
  readonly #zip: ZipFile;
  readonly #wheel: WheelDescription;
  readonly #job: UnpackJob;
  readonly #record;
  readonly #made = new Set<string>();
  readonly #site = Object.create(null) as Record<string, boolean>;
  readonly #distInfoEntries: Record<string, boolean> = { INSTALLER: false, RECORD: false };
  readonly #scripts = Object.create(null) as Record<string, "python" | "pythonw" | "other">;
  readonly #rows: StoredFile[] = [];
  readonly #files: ListedFile[] = [];
  readonly #libraries: { top: string; folders: readonly string[] }[] = [];

  constructor(zip: ZipFile, wheel: WheelDescription, job: UnpackJob) {
    this.#zip = zip;
    this.#wheel = wheel;
    this.#job = job;
    // Signatures are made after RECORD (PEP 427), and files that installers write are not installed.
    const ignored = ["RECORD", "RECORD.jws", "RECORD.p7s", ...installerFiles];
    this.#record = readWheelRecord(
      wheel.record,
      ignored.map((name) => `${wheel.distInfo}/${name}`),
    );
  }

  write(entry: ZipEntry): void {
    const content = this.#zip.readSync(entry);
    const target = this.#targetOf(entry);
    const facts = factsOf(content, target.path);
    this.#record.check(entry.path, facts);
    if (!target.wanted) return;
    this.#note(target, facts);
    const file = this.#makeFolder(entry, target);
    this.#attempt(target, entry.path, () => writeFileSync(file, content, { flag: "wx", mode: target.mode }));
  }

  async writeLarge(entry: ZipEntry): Promise<void> {
    const target = this.#targetOf(entry);
    const file = this.#makeFolder(entry, target);
    const chunks = this.#zip.chunks(entry);
    const facts = await writeLargeMember(
      chunks,
      entry,
      target.path,
      file,
      target.mode,
      this.#job.filename,
    ).catch((error: unknown) => Promise.reject(this.#explained(target, entry.path, error)));
    this.#record.check(entry.path, facts);
    this.#note(target, facts);
  }

  #targetOf(entry: ZipEntry): Target {
    const { filename } = this.#job;
    // An empty link points nowhere. `nodejs-bin` has some; pip and uv install them as empty files.
    if (entry.kind === "symlink" && entry.size > 0) {
      throw invalidWheel(filename, `its member \`${entry.path}\` is a link, which wheels don't have`);
    }
    const placed = placeMember(entry.path, this.#wheel.dataFolders);
    if ("refused" in placed) throw invalidWheel(filename, `its member \`${entry.path}\` ${placed.refused}`);
    const executable = placed.area === "scripts" || ((entry.mode ?? 0) & 0o111) !== 0;
    const mode = executable ? 0o777 : 0o666;
    const { distInfo } = this.#wheel;
    if (entry.path === `${distInfo}/RECORD`) return { area: "", path: "RECORD", mode, wanted: true };
    const wanted = !installerFiles.some((name) => entry.path === `${distInfo}/${name}`);
    return { ...placed, mode, wanted };
  }

  #note({ area, path, mode }: Target, facts: MemberFacts): void {
    const sha256 = facts.digest("sha256");
    const storedPath = area === "" ? path : `${area}/${path}`;
    this.#files.push({ path: storedPath, size: facts.size, sha256, executable: mode === 0o777 });
    if (area === "") return;
    const slash = path.indexOf("/");
    const top = slash < 0 ? path : path.slice(0, slash);
    if (area === "site" && top !== this.#wheel.distInfo) this.#site[top] = slash >= 0;
    if (area === "site" && top === this.#wheel.distInfo) {
      const [, name = "", ...rest] = path.split("/");
      this.#distInfoEntries[name] = rest.length > 0;
    }
    if (area === "scripts") this.#scripts[path] = scriptKind(facts.head);
    if (area === "site" && slash > 0 && facts.folders.length > 0) {
      this.#libraries.push({ top, folders: facts.folders });
    }
    this.#rows.push({ area, path, size: facts.size, sha256 });
  }

  #makeFolder(entry: ZipEntry, target: Target): string {
    const { area, path } = target;
    const storedPath = area === "" ? path : `${area}/${path}`;
    const slash = storedPath.lastIndexOf("/");
    if (slash < 0) return `${this.#job.into}/${storedPath}`;
    const folder = storedPath.slice(0, slash);
    if (!this.#made.has(folder)) {
      this.#attempt(target, entry.path, () => mkdirSync(`${this.#job.into}/${folder}`, { recursive: true }));
      for (
        let ancestor = folder;
        ancestor !== "" && !this.#made.has(ancestor);
        ancestor = ancestor.slice(0, Math.max(0, ancestor.lastIndexOf("/")))
      ) {
        this.#made.add(ancestor);
      }
    }
    return `${this.#job.into}/${storedPath}`;
  }

  #attempt(target: Pick<Target, "area" | "path">, member: string, step: () => void): void {
    try {
      step();
    } catch (error) {
      throw this.#explained(target, member, error);
    }
  }

  #explained({ area, path }: Pick<Target, "area" | "path">, member: string, error: unknown): PosyError {
    const { filename, into } = this.#job;
    if (["EEXIST", "ENOTDIR", "EISDIR"].includes(errnoOf(error))) {
      return (
        oneFileRefusal(filename, join(into, area), path) ??
        invalidWheel(filename, `two of its members would be the same file: \`${member}\``)
      );
    }
    return asPosyError(failureAt(error, join(into, area, path)), `unpacking \`${filename}\``);
  }

  finish(size: number, warnings: string[]): WheelManifest {
    const wheel = this.#wheel;
    const { into, filename } = this.#job;
    const errors = this.#record.errors();
    if (errors !== undefined) warnings.push(`the RECORD of \`${filename}\` is wrong: ${errors}`);
    const reaching = this.#libraries.filter(({ folders }) =>
      folders.some((folder) => folder !== "." && !this.#made.has(`site/${folder}`)),
    );
    const manifest: WheelManifest = {
      manifestVersion: 1,
      filename,
      ...wheel.metadata,
      distInfo: wheel.distInfo,
      site: this.#site,
      distInfoEntries: this.#distInfoEntries,
      hasData: this.#made.has("data"),
      hasHeaders: this.#made.has("headers"),
      scripts: this.#scripts,
      launchers: wheel.launchers,
      reaching: [...new Set(reaching.map(({ top }) => top))],
      size,
    };
    const texts = [
      ["site", `${wheel.distInfo}/INSTALLER`, "posy\n"],
      ["site", `${wheel.distInfo}/RECORD`, installedRecord(this.#rows, manifest)],
      ["", manifestName, `${JSON.stringify(manifest)}\n`],
    ] as const;
    for (const [area, path, content] of texts) {
      this.#attempt({ area, path }, path, () =>
        this.#writeOwn(area === "" ? path : `${area}/${path}`, content),
      );
    }
    this.#attempt({ area: "", path: fileListName }, fileListName, () =>
      writeFileSync(`${into}/${fileListName}`, formatFileList(this.#files.map(withKeptMode(into))), {
        flag: "wx",
      }),
    );
    return manifest;
  }

  /** Writes a file that no wheel has. */
  #writeOwn(path: string, content: string): void {
    writeFileSync(`${this.#job.into}/${path}`, content, { flag: "wx" });
    const bytes = Buffer.from(content);
    this.#files.push({ path, size: bytes.length, sha256: sha256Of(bytes), executable: false });
  }
}

/** Some disks have no modes (FAT): what is executable in the wheel need not be so on the disk. */
function withKeptMode(into: string): (file: ListedFile) => ListedFile {
  return (file) => ({
    ...file,
    executable: file.executable && (lstatSync(`${into}/${file.path}`).mode & 0o100) !== 0,
  });
}

function scriptKind(head: Uint8Array): "python" | "pythonw" | "other" {
  const start = Buffer.from(head.subarray(0, 9)).toString("latin1");
  if (start === "#!pythonw") return "pythonw";
  return start.startsWith("#!python") ? "python" : "other";
}
