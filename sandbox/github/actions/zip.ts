import { crc32 } from "node:zlib";

/** A ZIP archive of some files, stored as they are: how GitHub hands out logs and artifacts. */
export function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, bytes] of Object.entries(files)) {
    const name = Buffer.from(path);
    const sum = crc32(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    common(local, 4, sum, bytes.length, name.length);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(0x0314, 4); // made on Unix
    common(central, 6, sum, bytes.length, name.length);
    central.writeUInt32LE((0o100644 << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    parts.push(local, name, bytes);
    directory.push(central, name);
    at += local.length + name.length + bytes.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}

/** The fields that both headers of a file share, from "version needed" to "extra length". */
function common(header: Buffer, from: number, sum: number, size: number, nameLength: number): void {
  header.writeUInt16LE(20, from);
  header.writeUInt16LE(0x0800, from + 2); // names in UTF-8
  header.writeUInt16LE(0, from + 4);
  header.writeUInt32LE(0x00210000, from + 6); // 1980-01-01, the same for the same files
  header.writeUInt32LE(sum, from + 10);
  header.writeUInt32LE(size, from + 14);
  header.writeUInt32LE(size, from + 18);
  header.writeUInt16LE(nameLength, from + 22);
}
