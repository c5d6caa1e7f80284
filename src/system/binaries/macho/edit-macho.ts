import { PosyError } from "../../../errors/posy-error.ts";
import { command, machSlices } from "./macho-image.ts";
import { isNeed } from "./read-macho.ts";
import { signAdHoc } from "./sign-macho.ts";

export interface MachEdit {
  /** Returns the new name of a needed library or of a run path, or undefined if the name does not change. */
  readonly renamed: (name: string) => string | undefined;
  /** The new install name of a library. */
  readonly id?: string;
  /**
   * Makes further changes to the code for one processor, after the names. Returns whether it changed
   * something.
   */
  readonly change?: (slice: Buffer) => boolean;
}

/**
 * Changes where a program or library looks for libraries. A new name overwrites the old one, so that no data
 * move; it must fit into its load command. The change invalidates a signature, so a slice that had one gets
 * an "ad hoc" signature (of nobody), without which Macs with Apple's processors do not start it. Returns
 * `bytes` itself if there is nothing to change. Throws `invalid-archive` if the file is broken or a name does
 * not fit.
 */
export function editMachO(bytes: Uint8Array, edit: MachEdit, label: string): Uint8Array {
  const result = Uint8Array.from(bytes);
  try {
    let changed = false;
    for (const slice of machSlices(result)) {
      let changedSlice = false;
      for (const each of slice.commands) {
        const isId = each.kind === command.idDylib;
        if (!isId && !isNeed(each.kind) && each.kind !== command.runPath) continue;
        const { value, start, room } = slice.text(each);
        const name = isId ? edit.id : edit.renamed(value);
        if (name === undefined || name === value) continue;
        const text = Buffer.from(name);
        if (text.length > room) throw new RangeError(`no room for ${name}`);
        slice.bytes.fill(0, start, start + room);
        slice.bytes.set(text, start);
        changedSlice = true;
      }
      changedSlice = edit.change?.(slice.bytes) === true || changedSlice;
      if (changedSlice) signAdHoc(slice, label.slice(label.lastIndexOf("/") + 1));
      changed ||= changedSlice;
    }
    return changed ? result : bytes;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PosyError(
      "invalid-archive",
      `\`${label}\` can't be changed as a Mach-O file: ${cause.message}`,
      {
        hint: "it may be damaged: download its archive again",
        cause,
      },
    );
  }
}
