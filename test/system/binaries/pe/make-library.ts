/** Makes the smallest library of PE32+ that exports these names: headers, and one section with the export directory. */
export function libraryWith(names: readonly string[], machine = 0x8664): Buffer {
  const bytes = Buffer.alloc(0x2000);
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write("PE\0\0", 0x40, "latin1");
  bytes.writeUInt16LE(machine, 0x44);
  bytes.writeUInt16LE(1, 0x46);
  bytes.writeUInt16LE(240, 0x54);
  bytes.writeUInt16LE(0x20b, 0x58);
  // The section is at address 0x5000, and at 0x400 in the file.
  const [address, start] = [0x5000, 0x400];
  bytes.writeUInt32LE(address + 16, 0x58 + 112);
  bytes.writeUInt32LE(address, 0x58 + 240 + 12);
  bytes.writeUInt32LE(0x1000, 0x58 + 240 + 16);
  bytes.writeUInt32LE(start, 0x58 + 240 + 20);
  bytes.writeUInt32LE(names.length, start + 16 + 24);
  bytes.writeUInt32LE(address + 64, start + 16 + 32);
  let text = 64 + names.length * 4;
  for (const [index, name] of names.entries()) {
    bytes.writeUInt32LE(address + text, start + 64 + index * 4);
    bytes.write(`${name}\0`, start + text, "latin1");
    text += name.length + 1;
  }
  return bytes;
}
