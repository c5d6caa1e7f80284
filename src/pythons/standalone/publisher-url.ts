/** Returns the URL of python-build-standalone's downloads, made from a package URL: Posy's code contains no host. */
export async function publisherUrl(): Promise<string> {
  const { PackageURL, UrlConverter } = await import("@socketregistry/packageurl-js");
  const repository = UrlConverter.toRepositoryUrl(
    PackageURL.fromString("pkg:github/astral-sh/python-build-standalone"),
  );
  if (!repository) throw new Error("the purl library knows no repository URL for pkg:github");
  return `${repository.url}/releases/download`;
}
