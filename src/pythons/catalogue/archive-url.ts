/**
 * Where the archive that a package URL names is downloaded: by way of the purl library, so that no host is written
 * anywhere in Posy. The library leaves the classifier out, which belongs in the file's name.
 */
export async function archiveUrl(purl: string): Promise<string> {
  const { PackageURL, UrlConverter } = await import("@socketregistry/packageurl-js");
  const parsed = PackageURL.fromString(purl);
  const download = UrlConverter.toDownloadUrl(parsed);
  if (!download) throw new Error(`the purl library knows no download URL for \`${purl}\``);
  const classifier = (parsed.qualifiers as Record<string, string> | undefined)?.["classifier"];
  return classifier === undefined ? download.url : download.url.replace(/\.jar$/, `-${classifier}.jar`);
}
