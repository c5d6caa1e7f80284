import { createReadStream, createWriteStream } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { PosyError } from "../../errors/posy-error.ts";
import { localPath, plainIndexSettings } from "../../packages/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { openZipFile } from "../../system/archives/index.ts";
import { asPosyError, readNamedText, sha256OfFile } from "../../system/fs/index.ts";
import { openHttpClient, safeUrl, statusError } from "../../system/http/index.ts";
import { platformNames } from "../../vocab/tags/index.ts";

/** A release of Posy: a folder or an address with `SHA256SUMS` and the files that it lists. */
export interface Release {
  /** The folder or address, for messages. */
  readonly location: string;
  /** The SHA-256 of each file, by its name. */
  readonly sums: ReadonlyMap<string, string>;
  /** Gets a file of the release and compares its hash. Throws `hash-mismatch`, `network`, `http-status`, … */
  fetch(name: string, path: string): Promise<void>;
}

/** The largest `SHA256SUMS`. */
const largestSums = 1 << 20;

/**
 * Opens the release at a URL or folder. With a version, the release is `FROM/VERSION`, or `FROM` itself if there is no
 * such folder. Throws `not-found`, `network`, `http-status`, `offline`.
 */
export async function openRelease(
  from: string,
  version: string | undefined,
  context: OperationContext,
  offline: boolean,
): Promise<Release> {
  const base = from.replace(/[\\/]+$/, "");
  if (version === undefined) return open(base, context, offline);
  const first: unknown = await open(`${base}/${version}`, context, offline).catch((error: unknown) => error);
  if (!(first instanceof Error)) return first as Release;
  if (first instanceof PosyError && first.code === "offline") throw first;
  return open(base, context, offline);
}

async function open(base: string, context: OperationContext, offline: boolean): Promise<Release> {
  const path = localPath(base, context.cwd);
  const read = path === undefined ? fromWeb(base, context, offline) : fromFolder(path);
  const sums = parseSums(await read.text("SHA256SUMS"));
  if (sums.size === 0) {
    throw new PosyError("invalid-release", `\`${safeUrl(base)}\` has no \`SHA256SUMS\` with files of Posy`, {
      hint: "a release is a folder with `SHA256SUMS` and the files that it lists",
    });
  }
  return {
    location: path ?? safeUrl(base),
    sums,
    async fetch(name, target) {
      await read.file(name, target);
      const wanted = sums.get(name);
      const actual = await sha256OfFile(target);
      if (actual === wanted) return;
      throw new PosyError(
        "hash-mismatch",
        `\`${name}\` is damaged: its SHA-256 is ${actual}, SHA256SUMS has ${wanted}`,
        {
          hint: "run it again; if it fails again, report it to whoever offers the release",
        },
      );
    },
  };
}

/** Where the files of a release come from. */
interface Source {
  text(name: string): Promise<string>;
  file(name: string, target: string): Promise<void>;
}

function fromFolder(folder: string): Source {
  return {
    async text(name) {
      try {
        return await readNamedText(resolve(folder, name));
      } catch (error) {
        throw asPosyError(error, `reading \`${resolve(folder, name)}\``);
      }
    },
    async file(name, target) {
      const path = resolve(folder, name);
      await access(path).catch((error: unknown) => {
        throw asPosyError(error, `reading \`${path}\``);
      });
      await pipeline(createReadStream(path), createWriteStream(target)).catch((error: unknown) => {
        throw asPosyError(error, `writing \`${target}\``);
      });
    },
  };
}

function fromWeb(base: string, { environment, reporter }: OperationContext, offline: boolean): Source {
  const http = openHttpClient({ ...plainIndexSettings, environment, reporter, offline });
  const root = http.learnCredentials(base).replace(/\/+$/, "");
  return {
    text: (name) =>
      http.send({ url: `${root}/${name}` }, async (response) => {
        if (response.status !== 200) throw await refusal(response);
        return new TextDecoder().decode(await response.bytes(largestSums));
      }),
    file: (name, target) =>
      http.send({ url: `${root}/${name}` }, async (response) => {
        if (response.status !== 200) throw await refusal(response);
        await pipeline(Readable.from(response.chunks()), createWriteStream(target));
      }),
  };
}

async function refusal(response: {
  readonly url: string;
  readonly status: number;
  discard(): Promise<void>;
}): Promise<PosyError> {
  await response.discard();
  return statusError(response.url, response.status);
}

/** Parses `SHA256SUMS`: lines of a digest, two spaces (or a space and `*`), and a name. */
function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^([0-9a-f]{64}) [ *](posy-[\w.-]+)\r?$/gm);
  return new Map([...lines].map(([, digest = "", name = ""]) => [name, digest]));
}

/**
 * Gets the program for a platform, compressed if the release has it so, and returns nothing until its hash is that of
 * the release. `folder` is for temporary files. Throws `unknown-platform` if the release has none for it.
 */
export async function fetchProgram(
  release: Release,
  platform: string,
  target: string,
  folder: string,
): Promise<void> {
  const name = programName(release, platform);
  const archive = [`posy-${platform}.zip`, `${name}.gz`].find((file) => release.sums.has(file));
  if (archive === undefined) return release.fetch(name, target);
  const path = resolve(folder, archive);
  await release.fetch(archive, path);
  try {
    if (archive.endsWith(".gz")) {
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(target));
    } else await unpackZip(path, target);
  } catch (error) {
    throw asPosyError(error, `unpacking \`${path}\``);
  }
  const actual = await sha256OfFile(target);
  if (actual !== release.sums.get(name)) {
    throw new PosyError("hash-mismatch", `\`${archive}\` has not the program of \`SHA256SUMS\``, {
      hint: "report it to whoever offers the release",
    });
  }
}

/** Returns the name of the program for a platform in a release. Throws `unknown-platform`. */
export function programName({ sums, location }: Release, platform: string): string {
  const name = `posy-${platform}${platform.startsWith("windows-") ? ".exe" : ""}`;
  if (sums.has(name)) return name;
  const others = platformNames.filter((other) => sums.has(`posy-${other}`) || sums.has(`posy-${other}.exe`));
  throw new PosyError("unknown-platform", `the release \`${location}\` has no Posy for \`${platform}\``, {
    hint: others.length > 0 ? `it has one for ${others.join(", ")}` : "check the address of the release",
  });
}

async function unpackZip(path: string, target: string): Promise<void> {
  const zip = openZipFile(path);
  try {
    const entry = zip.entry("posy.exe");
    if (entry === undefined) {
      throw new PosyError("invalid-archive", `\`${path}\` has no \`posy.exe\``, {
        hint: "report it to whoever offers the release",
      });
    }
    await pipeline(Readable.from(zip.chunks(entry)), createWriteStream(target));
  } finally {
    zip.close();
  }
}
