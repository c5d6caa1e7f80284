import type { PackageName } from "../../vocab/requirement/index.ts";
import type { ListedPage } from "../simple-index/listed-page.ts";

/** One index or `--find-links` location that may list a project. */
export interface PackageIndex {
  /** Safe to print. */
  readonly label: string;
  /** Returns the project's page, or undefined if the index does not have the name. */
  lookup(project: PackageName): Promise<ListedPage | undefined>;
}
