/**
 * Executables and libraries: reading and editing ELF (Linux) and Mach-O (macOS) files, so that interpreters can be
 * moved, and making libraries of Windows that forward to another one.
 */
export { editElf } from "./elf/edit-elf.ts";
export { isElf } from "./elf/elf-image.ts";
export { type Elf, readElf } from "./elf/read-elf.ts";
export { requiredSymbols } from "./elf/required-symbols.ts";
export { stripElf } from "./elf/strip-elf.ts";
export { editMachO } from "./macho/edit-macho.ts";
export { forwardingLibrary } from "./pe/forwarding-library.ts";
export { isMachO } from "./macho/macho-image.ts";
export { readMachO } from "./macho/read-macho.ts";
export {
  type BundleHashes,
  machOSignature,
  machOWithContent,
} from "./macho/embed-content.ts";
export { addResources, type Resource, resourceKind } from "./pe/add-resources.ts";
export { versionInformation } from "./pe/version-information.ts";
