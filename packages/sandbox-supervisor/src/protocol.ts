/** The other half of `native/protocol.h`, which says what each frame holds. A test compares the two. */
export const PROTOCOL_VERSION = 1;
export const FRAME_HEADER = 9;
export const FRAME_PAYLOAD_MAX = 65_536;
export const OUTPUT_WINDOW = 262_144;
export const INPUT_WINDOW = 65_536;
export const EXEC_MAX = 1_048_576;

export const Frame = {
  exec: 0x01,
  execPart: 0x02,
  stdin: 0x03,
  stdinEof: 0x04,
  signal: 0x05,
  resize: 0x06,
  background: 0x07,
  list: 0x08,
  ping: 0x09,
  credit: 0x0a,
  netListen: 0x10,
  netSend: 0x11,
  netEnd: 0x12,
  netReset: 0x13,
  netCredit: 0x14,
  ready: 0x81,
  stdout: 0x82,
  stderr: 0x83,
  exit: 0x84,
  stdinCredit: 0x85,
  listed: 0x86,
  pong: 0x87,
  netOpen: 0x90,
  netData: 0x91,
  netClosed: 0x92,
  netGrant: 0x93,
  netListening: 0x94,
} as const;
