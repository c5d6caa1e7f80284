import type { PackageName } from "../../vocab/requirement/index.ts";
import type { ListedPage } from "../simple-index/listed-page.ts";

/** One place that may have packages. */
export interface PackageIndex {
  /** Safe to print. */
  readonly label: string;
  /** What it lists of a project; undefined where it doesn't know the name. */
  lookup(project: PackageName): Promise<ListedPage | undefined>;
}
