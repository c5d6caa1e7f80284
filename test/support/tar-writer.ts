/** A member of a tar archive; `target` makes it a symbolic link. */
export interface NewTarMember {
  readonly path: string;
  readonly data?: string | Uint8Array;
  readonly mode?: number;
  readonly target?: string;
  /** The type byte, if the member is neither a file nor a symbolic link. */
  readonly type?: string;
  /** Written instead of the correct checksum. */
  readonly checksum?: number;
  /** Computes the checksum with signed bytes, as old tools did. */
  readonly signedChecksum?: boolean;
  /** Written instead of the correct size. The data do not change. */
  readonly size?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
  /** Additional records of the pax header before the member. */
  readonly pax?: Readonly<Record<string, string>>;
}

/** Writes a ustar archive. Paths longer than 100 bytes get a pax header. */
export function writeTar(members: readonly NewTarMember[]): Buffer {
  return Buffer.concat([...members.flatMap(blocks), Buffer.alloc(1024)]);
}

function blocks(member: NewTarMember): Buffer[] {
  const data = Buffer.from(member.data ?? "");
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
  const long = Buffer.byteLength(member.path) > 100;
  const records = { ...(long ? { path: member.path } : {}), ...member.pax };
  const { pax: _, ...plain } = long ? { ...member, path: "cut-off" } : member;
  const encoded = [header(plain, member.size ?? data.length), data, padding];
  const text = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return text.length === 0
    ? encoded
    : [...blocks({ path: "pax", data: text.join(""), type: "x" }), ...encoded];
}

/** Returns a pax record. The length at its start includes its digits. */
function paxRecord(key: string, value: string): string {
  const record = (length: number): string => `${length} ${key}=${value}\n`;
  let length = 0;
  while (Buffer.byteLength(record(length)) !== length) length = Buffer.byteLength(record(length));
  return record(length);
}

function header(member: NewTarMember, size: number): Buffer {
  const bytes = Buffer.alloc(512);
  const octal = (value: number, offset: number, digits: number) =>
    bytes.write(`${value.toString(8).padStart(digits, "0")}\0`, offset, "latin1");
  bytes.write(member.path, 0);
  octal(member.mode ?? 0o644, 100, 7);
  octal(size, 124, 11);
  octal(member.mtime ?? 0, 136, 11);
  bytes.write(member.type ?? (member.target === undefined ? "0" : "2"), 156);
  bytes.write(member.target ?? "", 157);
  bytes.write("ustar\u000000", 257, "latin1");
  bytes.fill(" ", 148, 156);
  const counted = (byte: number) => (member.signedChecksum && byte > 127 ? byte - 256 : byte);
  octal(member.checksum ?? bytes.reduce((sum, byte) => sum + counted(byte), 0), 148, 6);
  return bytes;
}
