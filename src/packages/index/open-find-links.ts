import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { uncacheable } from "../../report/reporter.ts";
import { errnoOf, readNamedText } from "../../system/fs/index.ts";
import { loadPage, type PageContext } from "../simple-index/load-page.ts";
import type { PageFile } from "../simple-index/index-page.ts";
import { linkTarget } from "../simple-index/link-target.ts";
import { hashesOfFragment } from "../simple-index/hash-claims.ts";
import { parseHtmlPage } from "../simple-index/parse-html-page.ts";
import { type FilesByProject, filesByProject, listFolder, localFile, pageAmong } from "./folder-listing.ts";
import { localPath } from "./local-path.ts";
import type { Refresh } from "./open-index.ts";
import type { PackageIndex } from "./source.ts";

/**
 * Opens one `--find-links` location: a folder, a local or remote page of links, or a single file. A location
 * that does not exist causes one warning and is skipped.
 */
export function openFindLinks(configured: string, refresh: Refresh, context: PageContext): PackageIndex {
  const location = context.http.learnCredentials(configured);
  let files: Promise<FilesByProject> | undefined;
  return {
    label: location,
    async lookup(project) {
      files ??= listLinks(location, refresh, context).then(filesByProject);
      return pageAmong(await files, project);
    },
  };
}

async function listLinks(
  location: string,
  refresh: Refresh,
  context: PageContext,
): Promise<readonly PageFile[]> {
  const path = localPath(location);
  if (path === undefined) {
    const target = linkTarget(location, location);
    if (target && /\.(whl|tar\.\w+|zip|tgz)$/.test(target.filename)) {
      const { filename, url, fragment } = target;
      return [{ filename, url, hashes: hashesOfFragment(fragment), yanked: false }];
    }
    const page = await loadPage(location, undefined, refresh(undefined), context);
    if (!page) missing(location, context);
    return page?.others.files() ?? [];
  }
  context.reporter.report(uncacheable);
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    missing(path, context);
    return [];
  }
  if (isFolder) return listFolder(path);
  if (!/\.html?$/i.test(path)) return [localFile(dirname(path), basename(path))];
  const page = await parseHtmlPage(await readNamedText(path), localFile(dirname(path), basename(path)).url);
  return page.files;
}

function missing(location: string, context: PageContext): void {
  context.reporter.report({
    kind: "warning",
    key: `find-links:${location}`,
    message: `there is nothing at \`${location}\`, which \`--find-links\` names`,
    hint: "correct it, or leave it out (`PIP_FIND_LINKS` and configuration files count too)",
  });
}
