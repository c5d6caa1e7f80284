/**
 * Images on the disk: image layouts (OCI Image Specification, "Image Layout"), archives of them, and those of docker.
 */
export { openArchiveSource } from "./image-archive.ts";
export { layoutFile, openLayoutDestination, openLayoutSource } from "./image-layout.ts";
