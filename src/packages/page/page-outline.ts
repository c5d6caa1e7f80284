import { type FileList, listOfFiles } from "./file-list.ts";
import type { IndexPage } from "./index-page.ts";

/** A page of which no more is known than which files it lists. */
export interface PageOutline {
  /** File names in the order of the page. */
  readonly names: readonly string[];
  /** The files at some places of `names`. */
  pick(indexes: readonly number[]): FileList;
  /** What the links in `FileList.line` are relative to. */
  readonly base: string;
  readonly about: Omit<IndexPage, "files">;
}

/** The outline of a page that was read whole. */
export function outlineOf({ files, ...about }: IndexPage): PageOutline {
  return {
    names: files.map(({ filename }) => filename),
    pick: (indexes) => listOfFiles(indexes.flatMap((index) => files[index] ?? [])),
    base: "",
    about,
  };
}
