import { rm } from "node:fs/promises";
import type { Reporter } from "../report/reporter.ts";
import { timed } from "../report/timings.ts";
import type { Home } from "../system/fs/index.ts";
import { openHttpClient } from "../system/http/index.ts";
import { evaluateMarker } from "../vocab/requirement/index.ts";
import { parseSha256 } from "../vocab/hash.ts";
import { artifactKey } from "./artifact-key.ts";
import { bucketPath } from "./bucket-path.ts";
import { defaultIndexUrl } from "./default-index-url.ts";
import { findProject } from "./lookup-project.ts";
import { localPath } from "./index/local-path.ts";
import { openFindLinks } from "./index/open-find-links.ts";
import { openIndex, type Refresh } from "./index/open-index.ts";
import type { IndexSettings, PackageIndexLocation } from "./index-settings.ts";
import type { MetadataContext } from "./metadata/find-metadata.ts";
import { forgetMetadata } from "./metadata/metadata-cache.ts";
import { readMetadata } from "./metadata/read-metadata.ts";
import type { PackageDB } from "./package-db.ts";
import { OnceMap } from "../async/index.ts";

export interface PackageDBOptions {
  readonly home: Home;
  readonly index: IndexSettings;
  readonly reporter: Reporter;
  /** Indexes of pybis, as URLs or folders. A folder may also have other archives of interpreters. */
  readonly pythonIndexes?: readonly string[];
  /** Variables that name certificates, proxies and netrc. Default: the variables of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Keeps downloaded archives although their content is in the store (`PackageDB.discard`). */
  readonly keepArchives?: boolean;
}

/**
 * Opens a PackageDB over indexes, folders and the caches of a home. No request is made before the first call.
 * The code that reads archives and checks hashes is loaded on first use, because answers from the cache need
 * neither.
 */
export function openPackageDB(options: PackageDBOptions): PackageDB {
  const { home, reporter, index: settings } = options;
  const { offline } = settings;
  const http = openHttpClient({ ...settings, environment: options.environment ?? process.env, reporter });
  const context: MetadataContext & { offline: boolean } = {
    home,
    http,
    reporter,
    folders: foldersOf(settings, options.pythonIndexes ?? []),
    offline,
    withoutRanges: new Set(),
    unfinished: new Set(),
  };
  const refresh: Refresh = (project) =>
    typeof settings.refresh === "boolean"
      ? settings.refresh
      : project !== undefined && settings.refresh.has(project);
  const links = settings.findLinks.map((location) => openFindLinks(location, refresh, context));
  const openIndexes = async () => {
    if (settings.noIndex) return [];
    const searched = settings.indexes.filter((location) => !location.explicit);
    const locations = searched.length > 0 ? searched.map(({ url }) => url) : [await defaultIndexUrl()];
    return locations.map((location) => openIndex(location, refresh, context));
  };
  let indexes: ReturnType<typeof openIndexes> | undefined;
  const pythonIndexes = new Map<string, ReturnType<typeof openIndex>>();

  // Each lookup runs once and is shared by later callers. A failure is forgotten, so that the lookup can be
  // tried again.
  const projects = new OnceMap<string, Awaited<ReturnType<PackageDB["project"]>>>();
  const metadata = new OnceMap<string, Awaited<ReturnType<PackageDB["metadata"]>>>();
  const sdistMetadata = new OnceMap<string, Awaited<ReturnType<PackageDB["sdistMetadata"]>>>();
  const sdistFiles = new OnceMap<string, Awaited<ReturnType<PackageDB["sdistFiles"]>>>();
  const files = new OnceMap<string, Awaited<ReturnType<PackageDB["fetch"]>>>();

  const lookUp: PackageDB["project"] = async (name, index) => {
    if (index !== undefined) {
      const only = [openIndex(index, refresh, context)];
      return findProject(name, { links: [], indexes: only, settings, reporter });
    }
    indexes ??= openIndexes();
    return findProject(name, { links, indexes: await indexes, settings, reporter });
  };
  const project: PackageDB["project"] = (name, index) =>
    projects.getOrStart(index === undefined ? name : `${name} ${index}`, () =>
      timed(reporter, "index page", name, () => lookUp(name, index)),
    );
  const readFiles: PackageDB["sdistFiles"] = (artifact) =>
    sdistFiles.getOrStart(artifactKey(artifact), () =>
      timed(reporter, "metadata", artifact.filename, async () => {
        const { readSdistFiles } = await import("./metadata/sdist-metadata.ts");
        return readSdistFiles(artifact, context);
      }),
    );
  return {
    project,
    indexOf(name, environment) {
      const applies = ({ marker }: PackageIndexLocation) =>
        marker === undefined || evaluateMarker(marker, environment, new Set());
      return settings.packageIndexes?.get(name)?.find(applies)?.url;
    },
    metadata: (artifact) =>
      metadata.getOrStart(artifactKey(artifact), () =>
        timed(reporter, "metadata", artifact.filename, () => readMetadata(artifact, context)),
      ),
    sdistMetadata: (artifact) =>
      sdistMetadata.getOrStart(artifactKey(artifact), () =>
        timed(reporter, "metadata", artifact.filename, async () => {
          const { readSdistMetadata } = await import("./metadata/sdist-metadata.ts");
          return readSdistMetadata(artifact, context, readFiles);
        }),
      ),
    sdistFiles: readFiles,
    async forgetMetadata(artifact) {
      metadata.delete(artifactKey(artifact));
      sdistMetadata.delete(artifactKey(artifact));
      await Promise.all(context.unfinished);
      await forgetMetadata(home, artifact);
    },
    async checkSdistMetadata(artifact) {
      const { checkSdistMetadata } = await import("./metadata/check-sdist-metadata.ts");
      sdistMetadata.delete(artifactKey(artifact));
      return checkSdistMetadata(artifact, home, () => readFiles(artifact));
    },
    fetch: (artifact) =>
      files.getOrStart(artifactKey(artifact), () =>
        timed(reporter, "fetch file", artifact.filename, async () => {
          const { fetchArtifact } = await import("./artifacts/fetch-artifact.ts");
          // A URL without a hash may serve another file by now, hence `fresh`.
          const fresh = settings.refresh === true || ("fresh" in artifact && artifact.fresh);
          const url = context.http.learnCredentials(artifact.url);
          return fetchArtifact({ ...artifact, url }, fresh && !offline, context);
        }),
      ),
    async discard(artifact) {
      const sha256 = artifact.hashes["sha256"];
      const key = artifactKey(artifact);
      if (!files.has(key)) return;
      files.delete(key);
      const { isHashComputed } = await import("./artifacts/fetch-artifact.ts");
      if (options.keepArchives || sha256 === undefined || isHashComputed(home, artifact.url)) return;
      // Windows can't remove a file that another process is reading. `posy cache prune` removes it.
      await rm(bucketPath(home.artifacts, parseSha256(sha256)), { force: true }).catch(() => {});
    },
    async direct(url, name) {
      const { directArtifact } = await import("./direct-artifact.ts");
      return directArtifact(url, name, !offline, context);
    },
    async pybis(index, distribution) {
      let source = pythonIndexes.get(index);
      if (!source) {
        source = openIndex(index, refresh, context);
        pythonIndexes.set(index, source);
      }
      const { listPybis } = await import("./pybis.ts");
      return listPybis(source, distribution);
    },
    async pybiMetadata(pybi) {
      const { readPybiMetadata } = await import("./pybis.ts");
      return readPybiMetadata(pybi, context);
    },
    prefetch(name) {
      project(name).catch(() => {});
    },
    async close() {
      await Promise.all(context.unfinished);
    },
  };
}

/** Returns the folders among the locations of files. A malformed URL is reported where it is used. */
function foldersOf(
  { findLinks, indexes, packageIndexes = new Map() }: IndexSettings,
  pythonIndexes: readonly string[],
): readonly string[] {
  const all = [...indexes, ...[...packageIndexes.values()].flat()].map(({ url }) => url);
  return [...new Set([...findLinks, ...all, ...pythonIndexes])].flatMap((location) => {
    try {
      return localPath(location) ?? [];
    } catch {
      return [];
    }
  });
}
