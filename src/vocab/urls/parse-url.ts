/**
 * Parses a URL, relative to a base if one is given. Undefined if it is invalid. It does not use `URL.canParse`, because
 * Node 20 returns wrong results for non-ASCII texts once it has compiled that function.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
