import type { DynamicEntry, ElfImage, Segment } from "./elf-image.ts";

/** An ELF file, and the parts of it that an edit needs. */
export interface ElfParts {
  readonly image: ElfImage;
  readonly segments: readonly Segment[];
  readonly dynamic: readonly DynamicEntry[];
  /** The file offset of `.dynstr`. */
  readonly strings: number;
}

/**
 * A reference to a new string. The offset of the string is written into the dynamic table or into the version needs
 * when it is known.
 */
export interface ElfChange {
  readonly text: string;
  /** The entry of the dynamic table to change. Undefined for a new entry, and if `at` is set. */
  readonly entry?: DynamicEntry;
  /** The file offset of a 32-bit number outside of the dynamic table. */
  readonly at?: number;
  readonly tag: number;
}
