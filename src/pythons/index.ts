/**
 * Interpreters: finding, describing, converting and extracting them.
 *
 * discover/ finds what a request allows: stored ones, indexes of pybis, python-build-standalone (standalone/), the
 * built-in catalogue (catalogue/), Pythons of the machine (system/). extract/ turns an archive into a tree of a pybi.
 * pybi/ packs, converts, checks and serves pybis (PEP 711). compatibility/ computes the tags and markers of an
 * interpreter without running it. Start reading at discover/find-interpreters.ts.
 */
export { missingModuleHint } from "./missing-module-hint.ts";
export { isWhole, optionalModules, optionalModulesOf } from "./optional-modules.ts";
export type { PythonsContext } from "./pythons-context.ts";
