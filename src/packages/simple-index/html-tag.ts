/** An opening `a`, `base` or `meta` tag of a page. Attribute names are in lower case, values are decoded. */
export interface HtmlTag {
  readonly name: "a" | "base" | "meta";
  readonly attributes: ReadonlyMap<string, string>;
}
