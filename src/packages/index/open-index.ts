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

/** Whether the pages of a project are to be asked for again. */
export type Refresh = (project: PackageName | undefined) => boolean;

/** An index by its URL, or a folder in either shape. */
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

/** A folder of folders (a simple tree), of files, or of both. */
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
