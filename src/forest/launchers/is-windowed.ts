import { open } from "node:fs/promises";

/** Whether a program for Windows has no console window: the field `Subsystem` of its header is 2. */
export async function isWindowed(program: string): Promise<boolean> {
  const file = await open(program);
  try {
    const head = Buffer.alloc(4096);
    await file.read(head, 0, head.length, 0);
    const header = head.readUInt32LE(0x3c);
    return header + 24 + 70 <= head.length && head.readUInt16LE(header + 24 + 68) === 2;
  } finally {
    await file.close();
  }
}
