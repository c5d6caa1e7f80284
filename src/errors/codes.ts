/**
 * The catalogue of all errors: code → exit status. A code is never renamed and never gets another meaning.
 * `docs/reference/errors.md` has a paragraph for each.
 *
 * Exit statuses: 1 the request can't be met, 2 the input is malformed, 69 something outside did not answer
 * (EX_UNAVAILABLE), 70 a bug of ours (EX_SOFTWARE), 73 nothing could be written (EX_CANTCREAT), 76 data from
 * outside broke its contract (EX_PROTOCOL).
 */
export const exitStatusOf = {
  // The input is malformed.
  usage: 2,
  "invalid-name": 2,
  "invalid-version": 2,
  "invalid-specifier": 2,
  "invalid-marker": 2,
  "invalid-requirement": 2,
  "invalid-requirements-file": 2,
  "invalid-project": 2,
  "invalid-configuration": 2,
  "invalid-url": 2,
  "invalid-blueprint": 2,
  "invalid-lock": 2,
  "conflicted-lock": 2,
  // The request can't be met.
  unsatisfiable: 1,
  "unknown-package": 1,
  "unknown-platform": 2,
  "no-interpreter": 1,
  "no-wheel": 1,
  "indistinct-targets": 1,
  "lock-mismatch": 1,
  "build-failed": 1,
  "build-cycle": 1,
  "no-git": 1,
  "unknown-revision": 1,
  "shared-environment": 1,
  "in-use": 1,
  "dynamic-version": 1,
  "file-exists": 1,
  "private-package": 1,
  "command-not-found": 127,
  "command-not-executable": 126,
  // Data from outside broke its contract.
  "invalid-filename": 76,
  "invalid-tag": 76,
  "invalid-metadata": 76,
  "invalid-record": 76,
  "invalid-wheel": 76,
  "invalid-pybi": 76,
  "invalid-archive": 76,
  "invalid-source": 76,
  "invalid-index-page": 76,
  "invalid-manifest": 76,
  "invalid-interpreter": 76,
  "hash-mismatch": 76,
  "size-mismatch": 76,
  "metadata-mismatch": 76,
  "invalid-hash": 76,
  "invalid-release": 76,
  "invalid-attestation": 76,
  // Something outside did not answer.
  network: 69,
  "http-status": 69,
  authentication: 69,
  "git-failed": 69,
  offline: 69,
  // This machine.
  "not-found": 1,
  permission: 73,
  "no-space": 73,
  filesystem: 73,
  // A bug of ours.
  bug: 70,
} as const;

export type ErrorCode = keyof typeof exitStatusOf;
