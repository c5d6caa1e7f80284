/** A member of a tar archive to be written; `target` makes it a link. */
export interface NewTarMember {
  readonly path: string;
  readonly data?: string | Uint8Array;
  readonly mode?: number;
  readonly target?: string;
  /** The type byte, where it is neither file nor symbolic link. */
  readonly type?: string;
  /** Written instead of the true one. */
  readonly checksum?: number;
  /** Bytes added up as signed numbers, as old tools did. */
  readonly signedChecksum?: boolean;
  /** Written instead of the true one; no data are added. */
  readonly size?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
  /** More records of a pax header before it. */
  readonly pax?: Readonly<Record<string, string>>;
}

/** Writes a ustar archive; names that are too long the way of pax. */
export function writeTar(members: readonly NewTarMember[]): Buffer {
  return Buffer.concat([...members.flatMap(blocks), Buffer.alloc(1024)]);
}

function blocks(member: NewTarMember): Buffer[] {
  const data = Buffer.from(member.data ?? "");
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
  const long = Buffer.byteLength(member.path) > 100;
  const records = { ...(long ? { path: member.path } : {}), ...member.pax };
  const { pax: _, ...plain } = long ? { ...member, path: "cut-off" } : member;
  const own = [header(plain, member.size ?? data.length), data, padding];
  const text = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return text.length === 0 ? own : [...blocks({ path: "pax", data: text.join(""), type: "x" }), ...own];
}

/** The length in front counts itself. */
function paxRecord(key: string, value: string): string {
  const record = (length: number): string => `${length} ${key}=${value}\n`;
  let length = 0;
  while (Buffer.byteLength(record(length)) !== length) length = Buffer.byteLength(record(length));
  return record(length);
}

function header(member: NewTarMember, size: number): Buffer {
  const bytes = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    bytes.write(`${value.toString(8).padStart(digits, "0")}\0`, at, "latin1");
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
