import type { OutputChunk } from "@claw/core";

const HEADER_BYTES = 8;

/**
 * Reads the engine's framing of two streams in one: a type byte, three zero bytes, a big-endian length, the payload.
 * Payload is handed on as it arrives, so memory stays at one chunk whatever length a frame claims; and it reads no
 * faster than `onBytes` returns. Rejects when the stream breaks off inside a frame.
 */
export async function demultiplex(
  source: AsyncIterable<Uint8Array>,
  onBytes: (stream: OutputChunk["stream"], bytes: Uint8Array) => void,
): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerFill = 0;
  let payloadLeft = 0;
  for await (const chunk of source) {
    let offset = 0;
    while (offset < chunk.length) {
      if (payloadLeft > 0) {
        const piece = chunk.subarray(offset, offset + payloadLeft);
        onBytes(header[0] === 2 ? "stderr" : "stdout", piece);
        payloadLeft -= piece.length;
        offset += piece.length;
        continue;
      }
      const piece = chunk.subarray(offset, offset + HEADER_BYTES - headerFill);
      header.set(piece, headerFill);
      headerFill += piece.length;
      offset += piece.length;
      if (headerFill < HEADER_BYTES) continue;
      headerFill = 0;
      payloadLeft = header.readUInt32BE(4);
      if (header.readUInt32BE(0) % 0x1000000 !== 0 || header.readUInt8(0) > 2) {
        throw new Error("the engine's output stream is malformed");
      }
    }
  }
  if (headerFill > 0 || payloadLeft > 0) throw new Error("the engine's output stream broke off inside a frame");
}
