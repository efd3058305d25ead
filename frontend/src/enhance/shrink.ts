/**
 * A photo made small enough to send from anywhere: its longest side at most 1600 px, turned upright. Drawing it anew
 * leaves behind what the camera wrote into it. What this browser cannot draw (HEIC, say) is sent as it is.
 */
const LONGEST = 1600;
const QUALITY = 0.8;
const DRAWN = /^image\/(jpeg|png|webp|heic|heif|avif)$/;

export interface Shrunk {
  file: File;
  /** Bytes before; 0 when it was left as it is. */
  before: number;
}

export async function shrink(file: File): Promise<Shrunk> {
  const asItIs = { file, before: 0 };
  if (!DRAWN.test(file.type) || typeof createImageBitmap === "undefined") return asItIs;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * share));
    canvas.height = Math.max(1, Math.round(image.height * share));
    const pen = canvas.getContext("2d");
    if (!pen) return asItIs;
    pen.fillStyle = "#fff"; // what was see-through is white on paper
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    // A drawing saved as PNG may be smaller as it is; a photo is drawn anew even then, for what the camera wrote into it.
    if (!made || (file.type === "image/png" && made.size >= file.size)) return asItIs;
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return { file: new File([made], name, { type: "image/jpeg" }), before: file.size };
  } catch {
    return asItIs;
  }
}

export function inWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
