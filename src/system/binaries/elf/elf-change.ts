import type { DynamicEntry, ElfImage, Segment } from "./elf-image.ts";

/** An ELF file, and what of it an edit looks at. */
export interface ElfParts {
  readonly image: ElfImage;
  readonly segments: readonly Segment[];
  readonly dynamic: readonly DynamicEntry[];
  /** File offset of `.dynstr`. */
  readonly strings: number;
}

/** A number to be written into the dynamic table or the version needs, once the new strings have their places. */
export interface ElfChange {
  readonly text: string;
  /** Entry of the dynamic table, or undefined for a new one. */
  readonly entry?: DynamicEntry;
  /** File offset of a 32-bit number outside of the dynamic table. */
  readonly at?: number;
  readonly tag: number;
}
