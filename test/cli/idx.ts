import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** The first images of an IDX file, as an IDX file. */
export async function headOfIdx(from: string, to: string, count: number): Promise<void> {
  const whole = gunzipSync(await readFile(from));
  const dimensions = whole.readUInt8(3);
  const header = Buffer.from(whole.subarray(0, 4 + 4 * dimensions));
  const itemBytes = (whole.length - header.length) / header.readUInt32BE(4);
  header.writeUInt32BE(count, 4);
  await writeFile(to, Buffer.concat([header, whole.subarray(header.length, header.length + count * itemBytes)]));
}
