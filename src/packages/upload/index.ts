/**
 * Uploads files to an index, by the legacy upload API of packaging.python.org as twine does.
 *
 * `distribution.ts` reads a wheel or a source distribution and checks it, `form-fields.ts` and `multipart-body.ts` make
 * the request, and `upload-file.ts` sends it: start reading there. `upload-answer.ts` knows what indexes answer.
 * `trusted-publishing.ts` gets a login from the identity of a CI job.
 */
export { attestedFile, readAttestation } from "./attestations.ts";
export { parseContentType } from "./check-metadata.ts";
export { defaultUploadUrl } from "./default-upload-url.ts";
export { type Distribution, isDistribution, metadataOfSdist, readDistribution } from "./distribution.ts";
export { formFields } from "./form-fields.ts";
export { type PypircRepository, readPypirc } from "./pypirc.ts";
export { trustedCredentials, untrusted } from "./trusted-publishing.ts";
export { uploadFile } from "./upload-file.ts";
