import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type ApplicationProgram,
  type ApplicationTree,
  type BaseImage,
  type BuiltImage,
  documented,
  formatImagePlatform,
  formatImageTime,
  imageConfig,
  imageFolder,
  imageLayers,
  imagePlatform,
  type ImageSettings,
  parseSourceDate,
  programWords,
  putImages,
  type PutImages,
  readBaseImage,
  scratch,
} from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { openRepository } from "../../remote/index.ts";
import { timed } from "../../report/timings.ts";
import { openInputs, type OperationContext, readSettings, type Settings } from "../../settings/index.ts";
import { releaseTemporary, removeTree, temporaryPath } from "../../system/fs/index.ts";
import {
  type Digest,
  formatLocation,
  parseReference,
  registryDestination,
  type Reference,
} from "../../system/oci/index.ts";
import { choose } from "../../text/index.ts";
import { platformNames } from "../../vocab/tags/index.ts";
import { type ApplicationOptions, openApplication, type OpenedApplication } from "./open-application.ts";
import { oldestGlibc } from "./oldest-glibc.ts";
import { openBase, type OpenedBase } from "./open-base.ts";
import { preparedTree, type PreparationOptions } from "./prepared-tree.ts";
import { onlyProgram } from "./program-of.ts";
import { checkLayout, writeLayout } from "./write-layout.ts";

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
  // Otherwise a platform without images is an error after all packages were downloaded.
  for (const name of platform ?? []) imagePlatform(choose("--platform", name, platformNames));
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
      const { platform } = planned.target;
      images.push(
        await timed(context.reporter, "write application", platform, () =>
          built(planned, opened, { baseName, base, into, time, options }),
        ),
      );
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
      const put = await writeLayout(oci, images, { tags, blobs, folder, time, replacesFolder });
      exported.push({ location: oci, digest: put.image.digest, ...about, written: put.written, present: 0 });
    }
    if (target !== undefined) {
      const tag = target.tag ?? "latest";
      const put = await pushImages(images, target, { tag, blobs, base: base?.repository, index }, context);
      const { image, written, present } = put;
      const location = `${formatLocation(target)}:${tag}`;
      exported.push({ location, digest: image.digest, ...about, written, present });
    }
    return exported;
  } finally {
    await removeTree(folder);
    releaseTemporary(folder);
  }
}

/** Puts images into a repository of a registry. Blobs that the base's repository has there are not sent. */
async function pushImages(
  images: readonly BuiltImage[],
  target: Reference,
  {
    tag,
    blobs,
    base,
    index,
  }: {
    readonly tag: string;
    /** An existing folder for blobs that are downloaded and sent. */
    readonly blobs: string;
    readonly base: OpenedBase["repository"];
    readonly index: Settings["index"];
  },
  context: OperationContext,
): Promise<PutImages> {
  const { reporter } = context;
  const destination = registryDestination(
    openRepository(target, { index, ...context }),
    ({ digest, size: total }, done) =>
      reporter.report({
        kind: "progress",
        stage: "upload",
        id: digest,
        done,
        total,
        ...(done === total && { finished: true }),
      }),
  );
  const mountFrom = base?.registry === target.registry ? base.name : undefined;
  reporter.report({ kind: "stage", stage: "upload", state: "start" });
  try {
    return await putImages(images, destination, { tags: [tag], folder: blobs, mountFrom });
  } finally {
    reporter.report({ kind: "stage", stage: "upload", state: "end" });
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
): Promise<BuiltImage> {
  const { name, version, project, posy, sbom } = opened;
  const platform = imagePlatform(planned.target.platform);
  const program = onlyProgram(planned, options.app, name);
  if (base === undefined && oldestGlibc(planned.target.python.platformTags) !== undefined) throw noBase();
  // The base is read first: it may be for another platform, and layers take time.
  const below: BaseImage =
    base === undefined ? scratch : await readBaseImage(base.source, base.reference, baseName, platform);
  await using prepared = await preparedTree(planned, options, posy);
  const { tree } = await documented(prepared.tree, opened);
  const owner = project?.isPackage === true ? project.name : undefined;
  const layers = await imageLayers(tree, { project: owner, time, folder: into });
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
      "org.opencontainers.image.created": formatImageTime(time),
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

function noBase(): PosyError {
  return new PosyError("usage", "an image needs a base with the C library", {
    hint: "name one with `--base`: an image in a registry (`HOST/debian:12-slim`), an image layout or an archive; `scratch` is an empty base",
  });
}
