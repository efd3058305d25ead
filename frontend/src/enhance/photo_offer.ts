/** A photo that knows where it was taken marks the place, as long as none is marked. */
import { placeOf } from "./photo_place";
import { coordinates, setPlace } from "./place";

export async function offerPlace(form: HTMLFormElement, photo: File): Promise<void> {
  const field = form.querySelector<HTMLElement>("[data-place]");
  const inputs = field && coordinates(field);
  if (!field || !inputs || inputs.lon.value) return;
  const found = await placeOf(photo);
  if (found && !inputs.lon.value) setPlace(field, { ...found, source: "photo" });
}
