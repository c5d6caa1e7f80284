/**
 * Returns the URL of the public index. It is derived from a package URL, so that Posy's code contains no host
 * name of a registry.
 */
export async function defaultIndexUrl(): Promise<string> {
  const { PackageURL, UrlConverter } = await import("@socketregistry/packageurl-js");
  const page = UrlConverter.toDownloadUrl(PackageURL.fromString("pkg:pypi/posy@0"));
  if (!page) throw new Error("the purl library knows no download URL for pkg:pypi");
  return new URL("../", page.url).href;
}
