/**
 * Text for people: quoting, lists, "did you mean", and small text formats (CSV, base64url).
 *
 * Everything here is pure and knows nothing of packaging. `quote` shows hostile text safely: use it in messages for
 * every text that Posy did not write itself.
 */
export { base64UrlToHex, hexToBase64Url } from "./base64url.ts";
export { choose } from "./choose.ts";
export { isConflicted, sidesOf } from "./conflict-markers.ts";
export { counted } from "./counted.ts";
export { type CsvRow, formatCsvRow, parseCsv } from "./csv.ts";
export { didYouMean } from "./did-you-mean.ts";
export { editDistance } from "./edit-distance.ts";
export { formatList } from "./list.ts";
export { parseFlag } from "./parse-flag.ts";
export { parseDuration, parseSize } from "./quantities.ts";
export { quote, visible } from "./quote.ts";
export { Scanner } from "./scanner.ts";
