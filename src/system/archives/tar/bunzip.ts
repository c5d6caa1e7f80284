import Bunzip from "seek-bzip";

const pieceLength = 1 << 20;

/**
 * Decompresses bzip2, including several streams in sequence (pbzip2 writes them). Other data after the last
 * stream are ignored, as in Python. Calls `admit` with the length of each piece before the next one is made;
 * it may throw. Decompresses everything at once, since such archives are few and old. Throws an `Error`.
 */
export function bunzip(compressed: Buffer, admit: (bytes: number) => void): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let piece = Buffer.allocUnsafe(pieceLength);
  let filled = 0;
  let position = 0;
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
      const byte = compressed[position++];
      if (byte === undefined) throw new Error("unexpected end of file");
      return byte;
    },
    read(buffer: Uint8Array, offset: number, length: number): number {
      const count = compressed.copy(buffer, offset, position, position + length);
      position += count;
      return count;
    },
  };
  do Bunzip.decode(input, output);
  while (compressed.toString("latin1", position, position + 3) === "BZh");
  if (filled > 0) finishPiece();
  return pieces;
}
