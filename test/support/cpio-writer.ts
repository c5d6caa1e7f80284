export interface NewCpioMember {
  readonly path: string;
  readonly data?: Uint8Array | string;
  /** File type and permissions. Default: 0o100644, or 0o120755 with `target`. */
  readonly mode?: number;
  readonly target?: string;
  /** Hard links of one file share it. Default: a new one. */
  readonly inode?: number;
  readonly names?: number;
}

/** Writes a cpio archive in the format `odc`, which Apple's packages use, or `newc`. */
export function writeCpio(members: readonly NewCpioMember[], format: "odc" | "newc" = "odc"): Buffer {
  const parts: Buffer[] = [];
  for (const [index, member] of [...members, { path: "TRAILER!!!", mode: 0 }].entries()) {
    const { path, target, inode = index + 1, names = 1 } = member as NewCpioMember;
    const data = Buffer.from((target ?? (member as NewCpioMember).data ?? "") as string);
    const mode = member.mode ?? (target === undefined ? 0o100644 : 0o120755);
    const name = Buffer.from(`${path}\0`);
    if (format === "odc") {
      const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
      const numbers = [1, inode, mode, 0, 0, names, 0].map((value) => octal(value, 6)).join("");
      parts.push(
        Buffer.from(`070707${numbers}${octal(0, 11)}${octal(name.length, 6)}${octal(data.length, 11)}`),
        name,
        data,
      );
      continue;
    }
    const hex = (value: number) => value.toString(16).padStart(8, "0");
    const numbers = [inode, mode, 0, 0, names, 0, data.length, 0, 1, 0, 0, name.length, 0].map(hex).join("");
    const padded = (bytes: Buffer, before: number) =>
      Buffer.concat([bytes, Buffer.alloc((4 - ((before + bytes.length) % 4)) % 4)]);
    parts.push(Buffer.from(`070701${numbers}`), padded(name, 110), padded(data, 0));
  }
  return Buffer.concat(parts);
}
