/**
 * Applications as one file. stub/ is a small program in C, and stubs.json has it compiled for each platform
 * (`npm run build:stubs`). A file of an application is this program with a payload: the compressed application. On the
 * first start the program unpacks the payload into the user's cache, then it starts the interpreter (stub/stub.c says
 * how). write-executable.ts puts both together; app-bundle.ts makes a bundle for macOS of it. `.pyz` files (PEP 441)
 * are for machines that have a Python.
 */
export { writeAppBundle } from "./app-bundle.ts";
export { programWords } from "./program-words.ts";
export { type FileInformation, windowsResources } from "./windows-resources.ts";
export { type ExecutableOptions, writeExecutable } from "./write-executable.ts";
export { writePyz } from "./write-pyz.ts";
