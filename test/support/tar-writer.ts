/** A member of a tar archive to be written; `target` makes it a link. */
export interface NewTarMember {
  readonly path: string;
  readonly data?: string;
  readonly mode?: number;
  readonly target?: string;
  /** The type byte, where it is neither file nor symbolic link. */
  readonly type?: string;
  /** Written instead of the true one. */
  readonly checksum?: number;
}

/** Writes a ustar archive; names that are too long the way of pax. */
export function writeTar(members: readonly NewTarMember[]): Buffer {
  return Buffer.concat([...members.flatMap(blocks), Buffer.alloc(1024)]);
}

function blocks(member: NewTarMember): Buffer[] {
  const data = Buffer.from(member.data ?? "");
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
  if (Buffer.byteLength(member.path) <= 100) return [header(member, data.length), data, padding];
  const record = (length: number): string => `${length} path=${member.path}\n`;
  let length = 0;
  while (Buffer.byteLength(record(length)) !== length) length = Buffer.byteLength(record(length));
  const pax = blocks({ path: "pax", data: record(length), type: "x" });
  return [...pax, header({ ...member, path: "cut-off" }, data.length), data, padding];
}

function header(member: NewTarMember, size: number): Buffer {
  const bytes = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    bytes.write(`${value.toString(8).padStart(digits, "0")}\0`, at, "latin1");
  bytes.write(member.path, 0);
  octal(member.mode ?? 0o644, 100, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  bytes.write(member.type ?? (member.target === undefined ? "0" : "2"), 156);
  bytes.write(member.target ?? "", 157);
  bytes.write("ustar\u000000", 257, "latin1");
  bytes.fill(" ", 148, 156);
  octal(member.checksum ?? bytes.reduce((sum, byte) => sum + byte, 0), 148, 6);
  return bytes;
}
