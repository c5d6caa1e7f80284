import type { Reporter } from "../report/reporter.ts";
import type { Home } from "../system/fs/index.ts";
import { openHttpClient } from "../system/http/index.ts";
import { evaluateMarker, type PackageName } from "../vocab/requirement/index.ts";
import { artifactKey } from "./artifact-key.ts";
import { defaultIndexUrl } from "./default-index-url.ts";
import { findProject } from "./lookup-project.ts";
import { openFindLinks } from "./index/open-find-links.ts";
import { openIndex, type Refresh } from "./index/open-index.ts";
import type { IndexSettings, PackageIndexLocation } from "./index-settings.ts";
import type { MetadataContext } from "./metadata/find-metadata.ts";
import { forgetMetadata } from "./metadata/metadata-cache.ts";
import { readMetadata } from "./metadata/read-metadata.ts";
import type { PackageDB } from "./package-db.ts";
import { remember } from "../async/index.ts";

export interface PackageDBOptions {
  readonly home: Home;
  readonly index: IndexSettings;
  readonly reporter: Reporter;
  /** Variables that name certificates, proxies and netrc. Default: the variables of the process. */
  readonly environment?: NodeJS.ProcessEnv;
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
  const project = remember(
    async ({ name, index }: { readonly name: PackageName; readonly index: string | undefined }) => {
      if (index !== undefined) {
        const only = [openIndex(index, refresh, context)];
        return findProject(name, { links: [], indexes: only, settings, reporter });
      }
      indexes ??= openIndexes();
      return findProject(name, { links, indexes: await indexes, settings, reporter });
    },
    ({ name, index }) => (index === undefined ? name : `${name} ${index}`),
  );
  const metadata = remember(
    (artifact: Parameters<PackageDB["metadata"]>[0]) => readMetadata(artifact, context),
    artifactKey,
  );
  const sdistFiles = remember(async (artifact: Parameters<PackageDB["sdistFiles"]>[0]) => {
    const { readSdistFiles } = await import("./metadata/sdist-metadata.ts");
    return readSdistFiles(artifact, context);
  }, artifactKey);
  const sdistMetadata = remember(async (artifact: Parameters<PackageDB["sdistMetadata"]>[0]) => {
    const { readSdistMetadata } = await import("./metadata/sdist-metadata.ts");
    return readSdistMetadata(artifact, context, sdistFiles);
  }, artifactKey);
  const fetched = remember(
    // A URL without a hash may serve another file by now, hence `fresh`.
    async (artifact: Parameters<PackageDB["fetch"]>[0]) => {
      const { fetchArtifact } = await import("./artifacts/fetch-artifact.ts");
      const fresh = settings.refresh === true || ("fresh" in artifact && artifact.fresh);
      const url = context.http.learnCredentials(artifact.url);
      return fetchArtifact({ ...artifact, url }, fresh && !offline, context);
    },
    artifactKey,
  );
  return {
    project: (name, index) => project({ name, index }),
    indexOf(name, environment) {
      const applies = ({ marker }: PackageIndexLocation) =>
        marker === undefined || evaluateMarker(marker, environment, new Set());
      return settings.packageIndexes?.get(name)?.find(applies)?.url;
    },
    metadata,
    sdistMetadata,
    sdistFiles,
    async forgetMetadata(artifact) {
      metadata.forget(artifactKey(artifact));
      sdistMetadata.forget(artifactKey(artifact));
      await Promise.all(context.unfinished);
      await forgetMetadata(home, artifact);
    },
    async checkSdistMetadata(artifact) {
      const { checkSdistMetadata } = await import("./metadata/check-sdist-metadata.ts");
      sdistMetadata.forget(artifactKey(artifact));
      return checkSdistMetadata(artifact, home, () => sdistFiles(artifact));
    },
    fetch: fetched,
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
      project({ name, index: undefined }).catch(() => {});
    },
    async close() {
      await Promise.all(context.unfinished);
    },
  };
}
