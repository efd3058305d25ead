/** What a file holds, as something three draws. Nothing is fetched from here: what a file asks for elsewhere is refused. */
import {
  BufferAttribute, DoubleSide, Group, LinearFilter, LinearMipmapLinearFilter, LoadingManager, Mesh, MeshBasicMaterial, MeshStandardMaterial,
  type Object3D, Points, PointsMaterial, SphereGeometry, SRGBColorSpace, Texture, TextureLoader,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { PLYLoader } from "three/examples/jsm/loaders/PLYLoader.js";

/** Why a file is not shown; `word` names the sentence on the page, `detail` goes into it. */
export class NotShown extends Error {
  constructor(readonly word: "broken" | "packed" | "elsewhere", readonly detail = "") {
    super(word);
  }
}

/** Packed meshes and textures need decoders that are WebAssembly, which the content policy of this site does not run. */
const PACKED = ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_texture_basisu"];

export async function model(file: Blob): Promise<Object3D> {
  const bytes = await file.arrayBuffer();
  refuseAhead(described(bytes));
  const loader = new GLTFLoader(ownPicturesOnly());
  // Its usual loader fetches pictures from blob: addresses, which the policy allows for images and not for fetch.
  loader.register((parser) => {
    (parser as unknown as { textureLoader: TextureLoader }).textureLoader = new TextureLoader(
      (parser as unknown as { options: { manager: LoadingManager } }).options.manager,
    );
    return { name: "pictures-as-images" };
  });
  try {
    const found = await loader.parseAsync(bytes, "");
    return found.scene;
  } catch (error) {
    if (error instanceof NotShown) throw error;
    throw new NotShown("broken", error instanceof Error ? error.message.slice(0, 120) : "");
  }
}

function ownPicturesOnly(): LoadingManager {
  const manager = new LoadingManager();
  manager.setURLModifier((url) => {
    if (!url.startsWith("blob:")) throw new NotShown("elsewhere");
    return url;
  });
  return manager;
}

interface Described {
  extensionsRequired?: string[];
  extensionsUsed?: string[];
  buffers?: { uri?: string }[];
  images?: { uri?: string }[];
}

/** The JSON of a GLB: its first chunk. */
function described(bytes: ArrayBuffer): Described {
  try {
    const view = new DataView(bytes);
    if (view.getUint32(0, true) !== 0x46546c67 || view.getUint32(4, true) !== 2 || view.getUint32(16, true) !== 0x4e4f534a) throw new Error();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 20, view.getUint32(12, true)))) as Described;
  } catch {
    throw new NotShown("broken");
  }
}

function refuseAhead(json: Described): void {
  const packed = (json.extensionsRequired ?? []).filter((one) => PACKED.includes(one));
  if (packed.length) throw new NotShown("packed", packed.join(", "));
  if ([...(json.buffers ?? []), ...(json.images ?? [])].some((one) => one.uri !== undefined)) throw new NotShown("elsewhere");
}

export async function cloud(file: Blob, up: string): Promise<Object3D> {
  let geometry;
  try {
    geometry = new PLYLoader().parse(await file.arrayBuffer());
  } catch (error) {
    throw new NotShown("broken", error instanceof Error ? error.message.slice(0, 120) : "");
  }
  const at = geometry.getAttribute("position") as BufferAttribute | undefined;
  if (!at?.count) throw new NotShown("broken");
  if (up === "z") geometry.rotateX(-Math.PI / 2);
  const vertexColors = geometry.hasAttribute("color");
  const group = new Group();
  if (geometry.index) {
    geometry.computeVertexNormals();
    group.add(new Mesh(geometry, new MeshStandardMaterial({ vertexColors, color: vertexColors ? 0xffffff : 0xb8c2bf, side: DoubleSide, roughness: 1 })));
    return group;
  }
  geometry.computeBoundingSphere();
  const size = (2 * (geometry.boundingSphere?.radius ?? 1)) / Math.cbrt(at.count) / 6;
  group.add(new Points(geometry, new PointsMaterial({ vertexColors, color: vertexColors ? 0xffffff : 0x0f766e, size, sizeAttenuation: true })));
  return group;
}

export interface Panorama { ball: Object3D; pixels: number }

/** A ball seen from inside. The middle of the picture is -z, its right edge is behind; `most` is the widest texture. */
export async function panorama(file: Blob, most: number): Promise<Panorama> {
  const texture = new Texture(await pictureOf(file, most));
  texture.colorSpace = SRGBColorSpace;
  texture.flipY = false; // which a bitmap would not heed; the shape is turned over instead
  texture.minFilter = LinearMipmapLinearFilter;
  texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  const shape = new SphereGeometry(50, 128, 64);
  const uv = shape.getAttribute("uv");
  for (let i = 0; i < uv.count; i++) uv.setY(i, 1 - uv.getY(i));
  shape.scale(-1, 1, 1);
  shape.rotateY(-Math.PI / 2);
  return { ball: new Mesh(shape, new MeshBasicMaterial({ map: texture, toneMapped: false })), pixels: (texture.image as { width: number }).width };
}

async function pictureOf(file: Blob, most: number): Promise<ImageBitmap | HTMLCanvasElement> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new NotShown("broken");
  }
  if (picture.width <= most) return picture;
  const smaller = document.createElement("canvas");
  [smaller.width, smaller.height] = [most, Math.round((most * picture.height) / picture.width)];
  smaller.getContext("2d")?.drawImage(picture, 0, 0, smaller.width, smaller.height);
  picture.close();
  return smaller;
}

/** Gives back what a drawing took of the graphics memory. */
export function release(object: Object3D): void {
  object.traverse((one) => {
    const { geometry, material } = one as Mesh;
    geometry?.dispose?.();
    for (const each of Array.isArray(material) ? material : material ? [material] : []) {
      for (const value of Object.values(each)) {
        if (!(value instanceof Texture)) continue;
        (value.image as ImageBitmap | undefined)?.close?.();
        value.dispose();
      }
      each.dispose();
    }
  });
}
