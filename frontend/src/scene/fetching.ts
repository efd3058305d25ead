/** A large file, with how much of it has come. */
export class Unreachable extends Error {}

export async function fetchBytes(url: string, told: (had: number, all: number) => void, stop: AbortSignal): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal: stop, credentials: "same-origin" });
  } catch (error) {
    if (stop.aborted) throw error;
    throw new Unreachable("network");
  }
  if (!answer.ok || answer.redirected || !answer.body) throw new Unreachable(String(answer.status));
  const all = Number(answer.headers.get("Content-Length") ?? 0);
  const pieces: BlobPart[] = [];
  const reader = answer.body.getReader();
  let had = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Unreachable("cut off");
    });
    if (done) break;
    pieces.push(value as Uint8Array<ArrayBuffer>);
    had += value.byteLength;
    told(had, all);
  }
  return new Blob(pieces, { type: answer.headers.get("Content-Type") ?? "" });
}

/** 1234567 → "1.2 MB" */
export function bytes(count: number): string {
  return count < 1048576 ? `${Math.max(1, Math.round(count / 1024))} KB` : `${(count / 1048576).toFixed(1)} MB`;
}
