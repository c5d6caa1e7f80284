import { command, isMachO, machSlices, type MachSlice, processor } from "./macho-image.ts";

/** The properties of the code for one processor. */
export interface MachO {
  /** `x86_64`, `arm64`, or the number of another processor. */
  readonly processor: string;
  /** The install name, by which other files link to a library. */
  readonly id?: string;
  /** The names of the libraries that it needs, as written. */
  readonly needed: readonly string[];
  readonly runPaths: readonly string[];
  /** The oldest macOS that it runs on: `[10, 13]`. */
  readonly oldest?: readonly [major: number, minor: number];
}

const needCommands: ReadonlySet<number> = new Set([
  command.loadDylib,
  command.loadWeakDylib,
  command.lazyLoadDylib,
  command.reexportDylib,
  command.loadUpwardDylib,
]);

/** Returns whether a load command names a library that is needed. */
export function isNeed(kind: number): boolean {
  return needCommands.has(kind);
}

/** Reads all slices of a Mach-O file. Returns undefined if it is broken or not Mach-O. */
export function readMachO(bytes: Uint8Array): readonly MachO[] | undefined {
  if (!isMachO(bytes)) return undefined;
  try {
    return machSlices(bytes).map(described);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function described(slice: MachSlice): MachO {
  const texts = (wanted: (kind: number) => boolean) =>
    slice.commands.filter(({ kind }) => wanted(kind)).map((each) => slice.text(each).value);
  const [id] = texts((kind) => kind === command.idDylib);
  const oldest = oldestSystem(slice);
  const known = Object.entries(processor).find(([, number]) => number === slice.processor);
  return {
    processor: known?.[0] ?? String(slice.processor),
    ...(id === undefined ? {} : { id }),
    needed: texts(isNeed),
    runPaths: texts((kind) => kind === command.runPath),
    ...(oldest === undefined ? {} : { oldest }),
  };
}

/** Reads the oldest supported macOS version. Its format is `xxxx.yy.zz`, one digit per 4 bits. */
function oldestSystem({ bytes, commands }: MachSlice): readonly [number, number] | undefined {
  for (const { kind, at } of commands) {
    if (kind !== command.versionMin && kind !== command.buildVersion) continue;
    // A build version begins with its platform; 1 is macOS.
    if (kind === command.buildVersion && bytes.readUInt32LE(at + 8) !== 1) continue;
    const version = bytes.readUInt32LE(at + (kind === command.buildVersion ? 12 : 8));
    return [version >>> 16, (version >>> 8) & 0xff];
  }
  return undefined;
}
