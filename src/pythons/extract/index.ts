/**
 * Unpacks archives of any source as the tree of a pybi: jars of the catalogue, python-build-standalone, pybis.
 */
export { linkProblem, type LinkRule } from "./check-links.ts";
export { checkStoredPybiMetadata } from "./check-pybi-metadata.ts";
export { extractInterpreter } from "./extract-interpreter.ts";
export { extractJar } from "./extract-jar.ts";
export { extractStandalone } from "./extract-standalone.ts";
export { type TreeMember, writeTreeMembers } from "./write-tree-members.ts";
export { recordProblem, type RecordProblem } from "./record-problem.ts";
export { relocate, type Relocated } from "./relocate.ts";
export { withoutToolchain } from "./standalone-toolchain.ts";
export { isUnwanted } from "./unwanted-files.ts";
export { embeddableTreePath, windowsTreePath } from "./windows-layout.ts";
