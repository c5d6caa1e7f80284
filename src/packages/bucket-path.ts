import { join } from "node:path";
import { sha256Of } from "../system/fs/index.ts";

/** No folders in between: today's file systems find a name among many, and making 256 folders takes longer than a hundred files. */
export function bucketPath(bucket: string, key: string): string {
  return join(bucket, key);
}

/** The same for what is known by its URL. */
export function bucketPathOfUrl(bucket: string, url: string, suffix: string): string {
  return `${bucketPath(bucket, sha256Of(url).slice(0, 40))}${suffix}`;
}
