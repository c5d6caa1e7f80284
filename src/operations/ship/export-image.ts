import { createWriteStream } from "node:fs";
import { lstat, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  type ApplicationProgram,
  type ApplicationTree,
  type BaseImage,
  type BuiltImage,
  documented,
  formatImagePlatform,
  imageConfig,
  imageFolder,
  imageLayers,
  imagePlatform,
  type ImageSettings,
  parseSourceDate,
  programWords,
  putImages,
  readBaseImage,
  scratch,
} from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { openRepository } from "../../remote/index.ts";
import { openInputs, type OperationContext, readSettings } from "../../settings/index.ts";
import { type NewTarMember, writeTar } from "../../system/archives/index.ts";
import { exists, releaseTemporary, removeTree, temporaryPath } from "../../system/fs/index.ts";
import {
  type Digest,
  digestOf,
  formatLocation,
  layoutFile,
  openLayoutDestination,
  parseReference,
  registryDestination,
  type Reference,
} from "../../system/oci/index.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { type ApplicationOptions, openApplication, type OpenedApplication } from "./open-application.ts";
import { oldestGlibc } from "./oldest-glibc.ts";
import { openBase, type OpenedBase } from "./open-base.ts";
import { preparedTree, type PreparationOptions } from "./prepared-tree.ts";
import { onlyProgram } from "./program-of.ts";
import { writeBeside } from "./write-beside.ts";

export type ExportImageOptions = ApplicationOptions &
  PreparationOptions & {
    /** The program that a container starts. Default: the only one, or the one with the name of the application. */
    readonly app?: string | undefined;
    /** The absolute path of a folder for an image layout, or of a tar archive of one. */
    readonly oci?: string | undefined;
    /** An image in a registry, with its tag: `host/name:tag`. */
    readonly push?: string | undefined;
    /** The image below the application; `scratch` is none. */
    readonly base?: string | undefined;
    /** The tags of the image in a layout. Default: `latest`. */
    readonly tags?: readonly string[] | undefined;
    readonly image?: ImageSettings;
    /** Replace a layout that an earlier export has made. */
    readonly force?: true | undefined;
  };

/** What was written. */
export interface ExportedImage {
  /** A path, or `oci://host/name:tag`. */
  readonly location: string;
  /** The digest of the image, or of the index of several platforms. */
  readonly digest: Digest;
  /** `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Bytes of layers that were written, and of those that the registry had already. */
  readonly written: number;
  readonly present: number;
  /** The oldest glibc that the application runs with: `2.28`. */
  readonly glibc: string | undefined;
}

/**
 * Writes an application as a container image: into a folder or archive (OCI image layout), to a registry, or both. It
 * needs no container engine, and runs nothing of the target platform. Throws `usage` for platforms without containers
 * and a base that is for other ones, `command-not-found`, `file-exists`, `network`, `authentication`, and what
 * `openApplication` throws.
 */
export async function exportImage(
  requirements: readonly string[],
  options: ExportImageOptions,
  context: OperationContext,
): Promise<readonly ExportedImage[]> {
  const { oci, push, base: baseName, force } = options;
  const time = parseSourceDate(context.environment);
  const target = push === undefined ? undefined : parsePushTarget(push);
  const replacesFolder = oci !== undefined && (await checkLayout(oci, force === true));
  const platform = platformsOf(options.platform);
  for (const name of platformNames)
    if (platform?.includes(name) && imagePlatform(name) === undefined) throw noContainers(name);
  if (baseName === undefined) throw noBase();
  const { index } = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  await using opened = await openApplication(
    requirements,
    { ...options, ...(platform && { platform }) },
    context,
  );
  const folder = temporaryPath(opened.posy.home.cacheTmp, "image");
  await mkdir(folder, { recursive: true });
  try {
    const base = baseName === "scratch" ? undefined : await openBase(baseName, { ...context, index, folder });
    const images: BuiltImage[] = [];
    for (const [number, planned] of opened.trees.entries()) {
      const into = join(folder, String(number));
      await mkdir(into);
      images.push(await built(planned, opened, { baseName, base, into, time, options }, context));
    }
    const about = {
      platforms: images.map(({ platform }) => formatImagePlatform(platform)),
      glibc: oldestGlibc(opened.trees.flatMap(({ target: { python } }) => python.platformTags)),
    };
    const blobs = join(folder, "blobs");
    await mkdir(blobs);
    const exported: ExportedImage[] = [];
    if (oci !== undefined) {
      const tags = options.tags ?? [target?.tag ?? "latest"];
      const put = await writeLayout(oci, images, { tags, folder: blobs }, { folder, time, replacesFolder });
      exported.push({ location: oci, digest: put.image.digest, ...about, written: put.written, present: 0 });
    }
    if (target !== undefined) {
      const registry = openRepository(target, { index, ...context });
      const { reporter } = context;
      const destination = registryDestination(registry, ({ digest, size }, done) =>
        reporter.report({
          kind: "progress",
          stage: "upload",
          id: digest,
          done,
          total: size,
          ...(done === size && { finished: true }),
        }),
      );
      reporter.report({ kind: "stage", stage: "upload", state: "start" });
      const isSame = base?.repository?.registry === target.registry;
      const tag = target.tag ?? "latest";
      const put = await putImages(images, destination, {
        tags: [tag],
        folder: blobs,
        mountFrom: isSame ? base.repository.name : undefined,
      }).finally(() => reporter.report({ kind: "stage", stage: "upload", state: "end" }));
      const { written, present } = put;
      exported.push({
        location: `${formatLocation(target)}:${tag}`,
        digest: put.image.digest,
        ...about,
        written,
        present,
      });
    }
    return exported;
  } finally {
    await removeTree(folder);
    releaseTemporary(folder);
  }
}

interface BuildJob {
  readonly baseName: string;
  readonly base: OpenedBase | undefined;
  /** An existing folder for the layers. */
  readonly into: string;
  readonly time: number;
  readonly options: ExportImageOptions;
}

/** Makes the layers and the configuration of an image. */
async function built(
  planned: ApplicationTree,
  opened: OpenedApplication,
  { baseName, base, into, time, options }: BuildJob,
  { cwd }: OperationContext,
): Promise<BuiltImage> {
  const { name, version, project, posy } = opened;
  const { platform: posyPlatform } = planned.target;
  const platform = imagePlatform(posyPlatform);
  if (platform === undefined) throw noContainers(posyPlatform);
  const program = onlyProgram(planned, options.app, name);
  if (base === undefined && oldestGlibc(planned.target.python.platformTags) !== undefined) throw noBase();
  // The base is read first: it may be for another platform, and layers take time.
  const below: BaseImage =
    base === undefined ? scratch : await readBaseImage(base.source, base.reference, baseName, platform);
  await using prepared = await preparedTree(planned, options, posy);
  const sbom = await billOfMaterials(opened, cwd);
  const { tree } = await documented(prepared.tree, { name, version, sbom });
  const owner = project?.isPackage === true ? project.name : undefined;
  const layers = await imageLayers(tree, { project: owner, time, folder: into });
  const created = new Date(time * 1000).toISOString().replace(/\.000Z$/, "Z");
  const labels = new Map([
    ["org.opencontainers.image.title", name],
    ...(version === undefined ? [] : [["org.opencontainers.image.version", version] as const]),
  ]);
  const prefix = `/${imageFolder}`;
  const contents = {
    platform,
    entrypoint: await entrypointOf(tree, program, prefix),
    programs: `${prefix}/bin`,
    folder: prefix,
    layers,
    time,
    labels,
  };
  return {
    platform,
    base: below,
    layers,
    config: imageConfig(below.config, contents, options.image ?? {}),
    annotations: {
      "org.opencontainers.image.created": created,
      ...Object.fromEntries(labels),
      ...(below.digest !== undefined && {
        "org.opencontainers.image.base.name": below.name,
        "org.opencontainers.image.base.digest": below.digest,
      }),
    },
    sbom,
  };
}

/** The program without its launcher, which needs a shell that a small base may lack. */
async function entrypointOf(
  tree: ApplicationTree,
  program: ApplicationProgram | undefined,
  prefix: string,
): Promise<readonly string[]> {
  if (program === undefined) return [`${prefix}/${tree.python}`];
  const words = await programWords(tree, program);
  return words.map((word) => (word.startsWith("/") ? `${prefix}${word}` : word));
}

async function writeLayout(
  path: string,
  images: readonly BuiltImage[],
  options: { readonly tags: readonly string[]; readonly folder: string },
  {
    folder,
    time,
    replacesFolder,
  }: { readonly folder: string; readonly time: number; readonly replacesFolder: boolean },
) {
  const write = async (into: string) => {
    await mkdir(into);
    const destination = await openLayoutDestination(into);
    const put = await putImages(images, destination, options);
    await destination.close();
    return put;
  };
  if (!isArchive(path)) return writeBeside(path, write, { replacesFolder });
  const layout = join(folder, "layout");
  const put = await write(layout);
  const [image, ...others] = images;
  if (image !== undefined && others.length === 0)
    await writeFile(join(layout, "manifest.json"), dockerManifest(image, options.tags));
  await writeBeside(path, (beside) =>
    pipeline(writeTar(layoutMembers(layout, time)), createWriteStream(beside)),
  );
  return put;
}

/** The list of images that an older `docker load` reads instead of the layout. */
function dockerManifest({ base, layers, config, annotations }: BuiltImage, tags: readonly string[]): string {
  const path = (digest: string) => `blobs/${digest.replace(":", "/")}`;
  const name = (annotations["org.opencontainers.image.title"] ?? "image").toLowerCase();
  const entry = {
    Config: path(digestOf(config)),
    RepoTags: tags.map((tag) => `${name}:${tag}`),
    Layers: [...base.layers.map(({ digest }) => digest), ...layers.map(({ blob }) => blob.digest)].map(path),
  };
  return JSON.stringify([entry]);
}

async function* layoutMembers(layout: string, mtime: number): AsyncGenerator<NewTarMember> {
  const file = (path: string): NewTarMember => ({
    kind: "file",
    path,
    mode: 0o644,
    mtime,
    source: { path: join(layout, path) },
  });
  yield file(layoutFile);
  yield file("index.json");
  if (await exists(join(layout, "manifest.json"))) yield file("manifest.json");
  for (const path of ["blobs", "blobs/sha256"]) yield { kind: "directory", path, mode: 0o755, mtime };
  for (const name of (await readdir(join(layout, "blobs", "sha256"))).sort())
    yield file(`blobs/sha256/${name}`);
}

function isArchive(path: string): boolean {
  return /\.tar$/i.test(path);
}

/**
 * Checks the path of a layout, and returns whether it replaces an earlier one. Throws `file-exists` if something else
 * is there.
 */
async function checkLayout(path: string, force: boolean): Promise<boolean> {
  const refuse = (what: string, hint: string) =>
    new PosyError("file-exists", `\`${path}\` ${what}`, { hint });
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return false;
  if (isArchive(path)) {
    if (stats.isDirectory()) throw refuse("is a folder", "name a file");
    return false;
  }
  if (!stats.isDirectory()) throw refuse("exists and is not a folder", "name another folder, or a `.tar`");
  const names = await readdir(path);
  if (names.length === 0) return false;
  if (!names.includes(layoutFile)) throw refuse("is not empty", "name a folder that does not exist yet");
  if (force) return true;
  throw refuse("has an image already", "`--force` replaces it");
}

function parsePushTarget(text: string): Reference {
  const reference = parseReference(text.replace(/^docker:\/\//, ""));
  if (reference.digest === undefined) return reference;
  throw new PosyError("usage", "`--push` can't choose the digest of an image", {
    hint: `write \`${formatLocation(reference).replace("oci://", "")}:TAG\``,
  });
}

/** Returns the platforms of the images. Containers run Linux, so that is the default on other systems, too. */
function platformsOf(typed: readonly string[] | undefined): readonly string[] | undefined {
  if (typed !== undefined || process.platform === "linux") return typed;
  return [process.arch === "arm64" ? "linux-aarch64" : "linux-x86_64"];
}

function noContainers(platform: PlatformName): PosyError {
  const names = platformNames.filter((name) => imagePlatform(name) !== undefined);
  return new PosyError("usage", `there are no container images for ${platform}`, {
    hint: `choose with \`--platform\` among ${names.map((name) => `\`${name}\``).join(", ")}`,
  });
}

function noBase(): PosyError {
  return new PosyError("usage", "an image needs a base with the C library", {
    hint: "name one with `--base`: an image in a registry (`HOST/debian:12-slim`), an image layout or an archive; `scratch` is an empty base",
  });
}
