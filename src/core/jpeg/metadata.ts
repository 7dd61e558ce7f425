/** What every encoding of an image carries beside its pixels. */
export interface Metadata {
  /** Colour profile. */
  readonly icc?: Buffer;
  /** 2..8 where the picture is to be turned or mirrored (Exif 2.3, tag 0x0112). */
  readonly orientation?: number;
}

/** An EXIF block that says nothing but the orientation. */
export function orientationExif(orientation: number): Buffer {
  const exif = Buffer.alloc(26);
  exif.write('MM\0*', 0, 'latin1');
  exif.writeUInt32BE(8, 4); // the first directory follows the TIFF header
  exif.writeUInt16BE(1, 8); // one entry
  exif.writeUInt16BE(0x0112, 10);
  exif.writeUInt16BE(3, 12); // of type SHORT
  exif.writeUInt32BE(1, 14);
  exif.writeUInt16BE(orientation, 18);
  return exif;
}
