import { PosyError } from "../../../errors/posy-error.ts";
import { appendSegment } from "./append-segment.ts";
import type { ElfChange, ElfParts } from "./elf-change.ts";
import { dynamicTag } from "./elf-format.ts";
import { type DynamicEntry, ElfImage, isElf } from "./elf-image.ts";
import { stringsOffset, versionNeeds } from "./read-elf.ts";
import { forgetRunPath, overwriteRunPath } from "./run-path.ts";

export interface ElfEdit {
  /** The folders in which to look for needed libraries; "" for only the system's. */
  readonly runPath?: string;
  readonly soname?: string;
  /** New names of needed libraries: old name → new name. */
  readonly needed?: ReadonlyMap<string, string>;
}

/**
 * Changes where a program or library looks for libraries, and under which names. A run path that is not
 * longer than the old one overwrites it. Otherwise a new segment is added at the end of the file, as patchelf
 * does: it has all strings, including the new ones, the program headers, and the dynamic table if that has no
 * room for another entry. No existing data move. Throws `invalid-archive` if the file is not valid ELF.
 */
export function editElf(bytes: Uint8Array, edit: ElfEdit, label: string): Uint8Array {
  try {
    if (!isElf(bytes)) throw new RangeError("it does not begin with the signature of ELF");
    return edited(new ElfImage(Uint8Array.from(bytes)), edit);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PosyError("invalid-archive", `\`${label}\` can't be read as an ELF file`, {
      hint: "it may be damaged: build or install that Python again",
      cause,
    });
  }
}

function edited(image: ElfImage, edit: ElfEdit): Uint8Array {
  const segments = image.segments();
  const dynamic = image.dynamic(segments);
  if (dynamic.length === 0) return image.bytes;
  const parts = { image, segments, dynamic, strings: stringsOffset(image, segments, dynamic) };
  const changes = changesFor(parts, edit);
  if (changes.every((change) => overwriteRunPath(parts, change))) return image.bytes;
  for (const change of changes) forgetRunPath(parts, change);
  return appendSegment(parts, changes);
}

function changesFor({ image, segments, dynamic, strings }: ElfParts, edit: ElfEdit): ElfChange[] {
  const changes: ElfChange[] = [];
  const textOf = ({ value }: { value: number }) => image.text(strings + value);
  const put = (tag: number, text: string, entry?: DynamicEntry) => {
    if (entry !== undefined && textOf(entry) === text) return;
    changes.push({ tag, text, ...(entry === undefined ? {} : { entry }) });
  };
  for (const entry of dynamic) {
    const renamed = entry.tag === dynamicTag.needed ? edit.needed?.get(textOf(entry)) : undefined;
    if (renamed !== undefined) put(dynamicTag.needed, renamed, entry);
  }
  for (const { file } of versionNeeds(image, segments, dynamic)) {
    const renamed = edit.needed?.get(textOf(file));
    if (renamed !== undefined) changes.push({ tag: 0, text: renamed, at: file.at });
  }
  const named = (tag: number) => dynamic.filter((entry) => entry.tag === tag);
  if (edit.soname !== undefined) put(dynamicTag.soname, edit.soname, named(dynamicTag.soname)[0]);
  if (edit.runPath !== undefined) {
    const ways = [...named(dynamicTag.runpath), ...named(dynamicTag.rpath)];
    for (const entry of ways) put(entry.tag, edit.runPath, entry);
    if (ways.length === 0 && edit.runPath !== "") put(dynamicTag.runpath, edit.runPath);
  }
  return changes;
}
