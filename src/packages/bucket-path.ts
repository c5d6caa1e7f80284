import { join } from "node:path";
import { sha256Of } from "../system/sha256.ts";

/** `<bucket>/<xx>/<key>`: no folder gets too many entries. */
export function bucketPath(bucket: string, key: string): string {
  return join(bucket, key.slice(0, 2), key);
}

/** The same for what is known by its URL. */
export function bucketPathOfUrl(bucket: string, url: string, suffix: string): string {
  return `${bucketPath(bucket, sha256Of(url).slice(0, 40))}${suffix}`;
}
