/**
 * The links of a project to its Envs: `.posy/env` for people and tools that are told a path, `.venv` for those that
 * look for it.
 */
export { isWithoutLinks, replaceLink } from "./links.ts";
export { envLinkPath, linkEnv, withoutEnvLinks } from "./env-link.ts";
