// A recording in WebM put into Ogg, packet by packet and without coding it again: WhatsApp voice notes are Opus in Ogg (RFC 7845).
const INSIDE = new Set([0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0]); // Segment, Cluster, Tracks, TrackEntry, BlockGroup
const CODEC_PRIVATE = 0x63a2, BLOCK = 0xa1, SIMPLE_BLOCK = 0xa3;
const SEGMENTS_PER_PAGE = 200;
export const TYPE = 'audio/ogg; codecs=opus';

/** @param {Blob} blob WebM with Opus, as browsers record it. Anything else comes back as it is. */
export async function toOgg(blob) {
  const { head, packets } = readWebm(new Uint8Array(await blob.arrayBuffer()));
  return head && packets.length > 0 ? new Blob(writeOgg(head, packets), { type: TYPE }) : blob;
}

function readWebm(bytes) {
  const packets = [];
  let head = null;
  for (let at = 0; at < bytes.length;) {
    const id = number(bytes, at, true);
    const size = id && number(bytes, at + id.length, false);
    if (!size) break;
    const start = at + id.length + size.length;
    // Containers are walked through; their own sizes (often unknown while recording) are not needed.
    if (INSIDE.has(id.value)) { at = start; continue; }
    const content = bytes.subarray(start, start + size.value);
    if (id.value === CODEC_PRIVATE) head = content;
    // Track number (one byte), time code (two), flags (one), then the packet; audio comes without lacing.
    else if (id.value === SIMPLE_BLOCK || id.value === BLOCK) packets.push(content.subarray(4));
    at = start + size.value;
  }
  return { head, packets: packets.filter(one => one.length > 0) };
}

/** An EBML number: the leading zeros of the first byte tell the length. */
function number(bytes, at, keepMark) {
  const first = bytes[at];
  if (!first) return null;
  const length = Math.clz32(first) - 23;
  let value = keepMark ? first : first & ((1 << (8 - length)) - 1);
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
  return { value, length };
}

/** Samples of an Opus packet at 48 kHz (RFC 6716, section 3.1). */
export function samples(packet) {
  const config = packet[0] >> 3;
  const one = config < 12 ? [480, 960, 1920, 2880][config & 3] : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][config & 3];
  const frames = [1, 2, 2, packet[1] & 63][packet[0] & 3];
  return one * frames;
}

function writeOgg(head, packets) {
  const text = new TextEncoder();
  const vendor = text.encode('AI Bot Kit');
  const tags = new Uint8Array(16 + vendor.length);
  tags.set(text.encode('OpusTags'));
  new DataView(tags.buffer).setUint32(8, vendor.length, true);
  tags.set(vendor, 12);
  const pages = [page([head], 0, 0, 2), page([tags], 0, 1, 0)];
  let position = 0, waiting = [], segments = 0;
  packets.forEach((packet, index) => {
    waiting.push(packet);
    segments += Math.floor(packet.length / 255) + 1;
    position += samples(packet);
    const last = index === packets.length - 1;
    if (last || segments + 6 > SEGMENTS_PER_PAGE) {
      pages.push(page(waiting, position, pages.length, last ? 4 : 0));
      waiting = [];
      segments = 0;
    }
  });
  return pages;
}

function page(packets, position, sequence, flags) {
  const lacing = packets.flatMap(one => [...Array(Math.floor(one.length / 255)).fill(255), one.length % 255]);
  const bytes = new Uint8Array(27 + lacing.length + packets.reduce((sum, one) => sum + one.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setBigUint64(6, BigInt(position), true);
  view.setUint32(14, 0x41424b31, true);
  view.setUint32(18, sequence, true);
  bytes[26] = lacing.length;
  bytes.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const one of packets) { bytes.set(one, at); at += one.length; }
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

/** Ogg's CRC: polynomial 04c11db7, not reflected, from zero. */
function checksum(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
