import { readMachO } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";

/** No macOS has a minor version of more than two digits. */
const orderOf = ([major, minor]: readonly [number, number]) => major * 1000 + minor;

/** Computes the oldest macOS that all programs and libraries run on, for each processor. */
export class OldestSystems {
  readonly #needed = new Map<string, readonly [number, number]>();

  see(bytes: Uint8Array): void {
    for (const { processor, oldest } of readMachO(bytes) ?? []) {
      if (oldest === undefined) continue;
      const known = this.#needed.get(processor) ?? oldest;
      this.#needed.set(processor, orderOf(oldest) > orderOf(known) ? oldest : known);
    }
  }

  /**
   * Returns the platform tag. That of universal code is Intel's, since every Mac with an Apple processor has macOS 11.
   */
  tag({ platformTags: [usual = ""] }: Pick<Interpreter, "platformTags">): string {
    const oldest = this.#needed.get(usual.endsWith("_arm64") ? "arm64" : "x86_64");
    if (oldest === undefined) return usual;
    return usual.replace(/^macosx_\d+_\d+/, `macosx_${oldest[0]}_${oldest[0] > 10 ? 0 : oldest[1]}`);
  }
}
