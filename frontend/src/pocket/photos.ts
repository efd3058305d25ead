/** Pictures are made small before they are kept: a poor phone has little room, and a village little signal. */
const LONGEST = 1600;
const QUALITY = 0.8;

/** A JPEG of at most 1600 pixels a side, upright; the file as it came where it cannot be drawn. */
export async function smaller(file: File): Promise<{ name: string; blob: Blob }> {
  if (!file.type.startsWith("image/")) return { name: file.name, blob: file };
  try {
    const drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(drawn.width * scale);
    canvas.height = Math.round(drawn.height * scale);
    canvas.getContext("2d")!.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    drawn.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (blob && blob.size < file.size) return { name: file.name.replace(/\.\w+$/, "") + ".jpg", blob };
  } catch {
    // a format this phone cannot draw: the server looks at it
  }
  return { name: file.name, blob: file };
}
