/** What the first bytes of a connection say. */
export type ClientHello =
  /** Not before `atLeast` bytes are there is it worth another look. */
  | { readonly state: "incomplete"; readonly atLeast: number }
  | { readonly state: "hello"; readonly serverName: string | undefined }
  | { readonly state: "invalid"; readonly reason: string };

/** Real ones have some 2 kB, with post-quantum keys. */
export const MAX_HELLO_BYTES = 16_384;

const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
const MAX_RECORD = 16_384;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;

/** Reads a TLS ClientHello, which may be split over records. Never throws. */
export function parseClientHello(bytes: Uint8Array): ClientHello {
  const joined = handshakeMessage(bytes);
  if ("state" in joined) return joined;
  try {
    return { state: "hello", serverName: serverNameOf(joined.message) };
  } catch (error) {
    if (error instanceof Malformed) return { state: "invalid", reason: error.message };
    throw error;
  }
}

/** The body of the ClientHello, out of the records it came in. */
function handshakeMessage(bytes: Uint8Array): ClientHello | { readonly message: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let collected = 0;
  let needed: number | undefined;
  for (let at = 0; ; ) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE) return invalid("it does not begin with a TLS handshake");
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return invalid("its TLS record has an unknown version");
    if (bytes.length < at + RECORD_HEADER) return { state: "incomplete", atLeast: at + RECORD_HEADER };
    const length = view.getUint16(at + 3);
    if (length === 0 || length > MAX_RECORD) return invalid("its TLS record has an impossible length");
    const end = at + RECORD_HEADER + length;
    if (end > MAX_HELLO_BYTES) return invalid("its first message is too long");
    if (bytes.length < end) return { state: "incomplete", atLeast: end };
    parts.push(bytes.subarray(at + RECORD_HEADER, end));
    collected += length;
    at = end;
    if (collected < HANDSHAKE_HEADER) continue;
    needed ??= messageLength(Buffer.concat(parts));
    if (needed === undefined) return invalid("its first message is no ClientHello");
    if (needed > MAX_HELLO_BYTES) return invalid("its first message is too long");
    if (collected > needed) return invalid("something follows the ClientHello in its record");
    if (collected === needed) return { message: Buffer.concat(parts).subarray(HANDSHAKE_HEADER) };
  }
}

function messageLength(header: Buffer): number | undefined {
  return header[0] === CLIENT_HELLO ? HANDSHAKE_HEADER + header.readUIntBE(1, 3) : undefined;
}

function serverNameOf(message: Uint8Array): string | undefined {
  const hello = reader(message);
  hello.skip(2 + 32);
  hello.block(1, { atMost: 32 });
  hello.block(2);
  hello.block(1);
  if (hello.isAtEnd()) return undefined;
  const extensions = reader(hello.block(2));
  hello.mustEnd();
  let found: string | undefined;
  while (!extensions.isAtEnd()) {
    const type = extensions.number(2);
    const data = extensions.block(2);
    if (type !== SERVER_NAME) continue;
    if (found !== undefined) throw new Malformed("it names its server twice");
    found = nameIn(data);
  }
  return found;
}

function nameIn(extension: Uint8Array): string {
  const outer = reader(extension);
  const list = reader(outer.block(2));
  outer.mustEnd();
  if (list.number(1) !== HOST_NAME) throw new Malformed("its server name is of an unknown kind");
  const name = list.block(2);
  list.mustEnd();
  if (name.length === 0) throw new Malformed("its server name is empty");
  // Bytes beyond ASCII stay what they are: no host has them.
  return Buffer.from(name).toString("latin1");
}

class Malformed extends Error {}

/** Reads big-endian numbers and blocks that begin with their length. */
function reader(bytes: Uint8Array) {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new Malformed("its ClientHello ends in the middle");
    at += count;
    return bytes.subarray(at - count, at);
  };
  const number = (width: number): number => take(width).reduce((sum, byte) => sum * 256 + byte, 0);
  return {
    number,
    skip: (count: number): void => void take(count),
    block(width: 1 | 2, { atMost = Number.POSITIVE_INFINITY } = {}): Uint8Array {
      const length = number(width);
      if (length > atMost) throw new Malformed("its ClientHello has a field that is too long");
      return take(length);
    },
    isAtEnd: (): boolean => at === bytes.length,
    mustEnd(): void {
      if (at !== bytes.length) throw new Malformed("its ClientHello has more than it says");
    },
  };
}

const invalid = (reason: string): ClientHello => ({ state: "invalid", reason });
