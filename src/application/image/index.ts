/**
 * Container images of applications (OCI Image Specification 1.1), made without a container engine.
 *
 * `layers.ts` divides an application into layers, which images share. `base-image.ts` reads the image below it,
 * `config.ts` says how its containers start, and `put-image.ts` writes all of it. `platform.ts` has the names of
 * platforms.
 */
export { type BaseImage, readBaseImage, scratch } from "./base-image.ts";
export { formatImageTime, imageConfig, type ImageSettings } from "./config.ts";
export { imageFolder, imageLayers } from "./layers.ts";
export { formatImagePlatform, imagePlatform } from "./platform.ts";
export { type BuiltImage, putImages, type PutImages } from "./put-image.ts";
