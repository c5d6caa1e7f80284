import { readMachO } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";

/** No macOS has a minor version of more than two digits. */
const orderOf = ([major, minor]: readonly [number, number]) => major * 1000 + minor;

/** Computes the oldest macOS that all programs and libraries run on, for each processor. */
export class OldestSystems {
  /** The `orderOf` of the system, by processor. */
  readonly #needed = new Map<string, number>();

  see(bytes: Uint8Array): void {
    for (const { processor, oldest } of readMachO(bytes) ?? []) {
      if (oldest === undefined) continue;
      this.#needed.set(processor, Math.max(this.#needed.get(processor) ?? 0, orderOf(oldest)));
    }
  }

  /**
   * Returns the platform tag. That of universal code is Intel's, since every Mac with an Apple processor has macOS 11.
   */
  tag({ platformTags: [usual = ""] }: Pick<Interpreter, "platformTags">): string {
    const order = this.#needed.get(usual.endsWith("_arm64") ? "arm64" : "x86_64");
    if (order === undefined) return usual;
    const major = Math.floor(order / 1000);
    return usual.replace(/^macosx_\d+_\d+/, `macosx_${major}_${major > 10 ? 0 : order % 1000}`);
  }
}
