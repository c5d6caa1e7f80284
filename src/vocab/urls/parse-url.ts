/** A URL, resolved against a base; undefined where it is none. Not by `URL.canParse`, which Node 20 gets wrong for anything beyond ASCII once it has compiled it. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
