import { defaultIndexUrl } from "../index.ts";

/**
 * Returns the URL to which files for the public index are uploaded. The public index takes uploads at the path
 * `/legacy/` of the host `upload.` before its own name, so the URL is derived from that of the index.
 */
export async function defaultUploadUrl(): Promise<string> {
  return `https://upload.${new URL(await defaultIndexUrl()).host}/legacy/`;
}
