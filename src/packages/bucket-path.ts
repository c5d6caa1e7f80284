import { join } from "node:path";
import { sha256Of } from "../system/fs/index.ts";

/**
 * Returns the path of an entry of a bucket. There are no folders in between: current file systems find a name
 * among many, and making 256 folders takes longer than making a hundred files.
 */
export function bucketPath(bucket: string, key: string): string {
  return join(bucket, key);
}

/** Returns the path of an entry whose key is a URL. */
export function bucketPathOfUrl(bucket: string, url: string, suffix: string): string {
  return `${bucketPath(bucket, sha256Of(url).slice(0, 40))}${suffix}`;
}
