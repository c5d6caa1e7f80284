import Bunzip from "seek-bzip";

const pieceLength = 1 << 20;

/**
 * Decompresses bzip2, several streams one after the other too (pbzip2 writes them); what else may follow the last is
 * passed over, as Python does. `admit` is told of each piece before more is made, and may throw. All at once, not
 * bit by bit: archives like this are few and old. Throws an `Error`.
 */
export function bunzip(compressed: Buffer, admit: (bytes: number) => void): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let piece = Buffer.allocUnsafe(pieceLength);
  let filled = 0;
  let at = 0;
  const finishPiece = () => {
    admit(filled);
    pieces.push(piece.subarray(0, filled));
    piece = Buffer.allocUnsafe(pieceLength);
    filled = 0;
  };
  const output = {
    writeByte(byte: number) {
      piece[filled++] = byte;
      if (filled === pieceLength) finishPiece();
    },
  };
  const input = {
    readByte(): number {
      const byte = compressed[at++];
      if (byte === undefined) throw new Error("unexpected end of file");
      return byte;
    },
    read(buffer: Uint8Array, offset: number, length: number): number {
      const count = compressed.copy(buffer, offset, at, at + length);
      at += count;
      return count;
    },
  };
  do Bunzip.decode(input, output);
  while (compressed.toString("latin1", at, at + 3) === "BZh");
  if (filled > 0) finishPiece();
  return pieces;
}
