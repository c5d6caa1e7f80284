/** An opening tag of a page: its name in lower case and its attributes, decoded. The three kinds that matter. */
export interface HtmlTag {
  readonly name: "a" | "base" | "meta";
  readonly attributes: ReadonlyMap<string, string>;
}
