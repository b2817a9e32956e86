// Just enough of ZIP (APPNOTE 6.3, without encryption) to know which file a byte belongs to.

/** The files of an archive: name, and where their bytes lie. */
export function filesOf(zip) {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const files = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const head = zip.readUInt32LE(at + 42);
    const start = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    files.push({
      name: zip.toString("utf8", at + 46, at + 46 + name),
      start,
      end: start + zip.readUInt32LE(at + 20),
    });
    at += 46 + name + extra + comment;
  }
  return files;
}
