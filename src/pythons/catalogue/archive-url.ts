/**
 * Returns the download URL of a package URL. The purl library knows the host, so that Posy's code contains none. It
 * omits the classifier, which is added to the file name here.
 */
export async function archiveUrl(purl: string): Promise<string> {
  const { PackageURL, UrlConverter } = await import("@socketregistry/packageurl-js");
  const parsed = PackageURL.fromString(purl);
  const download = UrlConverter.toDownloadUrl(parsed);
  if (!download) throw new Error(`the purl library knows no download URL for \`${purl}\``);
  const classifier = (parsed.qualifiers as Record<string, string> | undefined)?.["classifier"];
  return classifier === undefined ? download.url : download.url.replace(/\.jar$/, `-${classifier}.jar`);
}
