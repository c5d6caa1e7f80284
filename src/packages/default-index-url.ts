/** The public index, by way of a package URL: no host of a registry is written anywhere in Posy. */
export async function defaultIndexUrl(): Promise<string> {
  const { PackageURL, UrlConverter } = await import("@socketregistry/packageurl-js");
  const page = UrlConverter.toDownloadUrl(PackageURL.fromString("pkg:pypi/posy@0"));
  if (!page) throw new Error("the purl library knows no download URL for pkg:pypi");
  return new URL("../", page.url).href;
}
