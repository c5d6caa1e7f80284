/** Where python-build-standalone is downloaded, by way of a package URL: no host is written anywhere in Posy. */
export async function publisherUrl(): Promise<string> {
  const { PackageURL, UrlConverter } = await import("@socketregistry/packageurl-js");
  const repository = UrlConverter.toRepositoryUrl(
    PackageURL.fromString("pkg:github/astral-sh/python-build-standalone"),
  );
  if (!repository) throw new Error("the purl library knows no repository URL for pkg:github");
  return `${repository.url}/releases/download`;
}
