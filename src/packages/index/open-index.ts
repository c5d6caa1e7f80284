import { uncacheable } from "../../report/reporter.ts";
import { loadPage, type PageContext } from "../simple-index/load-page.ts";
import {
  type FilesByProject,
  filesByProject,
  listFolder,
  pageAmong,
  pageInTree,
  projectFolders,
} from "./folder-listing.ts";
import { localPath } from "./local-path.ts";
import type { PackageIndex } from "./source.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";

/** Returns whether the pages of a project must be requested again, although the cache is fresh. */
export type Refresh = (project: PackageName | undefined) => boolean;

/**
 * Opens an index: a URL of simple pages, or a folder (a tree of project folders, or a flat folder of files).
 */
export function openIndex(location: string, refresh: Refresh, context: PageContext): PackageIndex {
  const path = localPath(location);
  if (path !== undefined) return openFolder(path, context);
  const label = context.http.learnCredentials(location);
  const base = label.endsWith("/") ? label : `${label}/`;
  return {
    label,
    lookup: (project) => loadPage(`${base}${project}/`, project, refresh(project), context),
  };
}

/** Opens a folder of project folders (a simple tree), a folder of files, or a mixture. */
function openFolder(root: string, { reporter }: PageContext): PackageIndex {
  let folders: ReturnType<typeof projectFolders> | undefined;
  let files: Promise<FilesByProject> | undefined;
  return {
    label: root,
    async lookup(project) {
      reporter.report(uncacheable);
      folders ??= projectFolders(root);
      const folder = (await folders).get(project);
      if (folder !== undefined) return pageInTree(folder, project);
      files ??= listFolder(root).then(filesByProject);
      return pageAmong(await files, project);
    },
  };
}
