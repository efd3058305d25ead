"""A small room of known size, as a model (GLB) and as a panorama: for the demo city and for tests. Made, not stored.

4.00 m along x, 3.00 m along z, 2.50 m high; (0, 0, 0) is the middle of the floor, -z is the wall with the door. The
table's top is 1.20 × 0.60 m at a height of 0.75 m. Invented; no real place.
"""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDE, DEEP, HIGH = 4.0, 3.0, 2.5
CAMERA = (-0.6, 1.6, 0.3)
"""Where the panorama was taken; its middle looks along -z."""
TABLE = ((0.25, 0.0, -0.35), (1.45, 0.75, 0.25))
"""Two opposite corners of the box that holds the table."""
MARKER = (0.55, 0.79, -0.1)
"""The top of evidence card 1, on the table."""
Box = tuple[tuple[float, float, float], tuple[float, float, float], tuple[int, int, int]]
Array = NDArray[Any]

WALL, FLOOR, CEILING, SKIRT = (222, 219, 208), (168, 132, 96), (240, 240, 236), (150, 142, 128)
WOOD, DARK, STEEL, CLOTH, CARD, GLASS = (
    (146, 104, 66),
    (86, 62, 44),
    (120, 130, 134),
    (66, 98, 122),
    (236, 190, 40),
    (176, 206, 220),
)
PLANK = 0.2


def furniture() -> list[Box]:
    """What stands in the room, as boxes of one colour."""
    (x0, _, z0), (x1, top, z1) = TABLE
    legs: list[Box] = [
        ((x, 0.0, z), (x + 0.06, top - 0.04, z + 0.06), DARK)
        for x in (x0 + 0.04, x1 - 0.1)
        for z in (z0 + 0.04, z1 - 0.1)
    ]
    half_w, half_d = WIDE / 2, DEEP / 2
    return [
        ((x0, top - 0.04, z0), (x1, top, z1), WOOD),
        *legs,
        ((0.62, 0.0, 0.55), (1.06, 0.45, 0.97), CLOTH),
        ((0.62, 0.45, 0.93), (1.06, 0.92, 0.97), CLOTH),
        ((-half_w, 0.0, 0.2), (-half_w + 0.45, 1.9, 1.3), WOOD),  # a cupboard
        ((-half_w + 0.45, 0.02, 0.74), (-half_w + 0.46, 1.88, 0.76), DARK),
        ((-1.3, 0.0, -half_d), (-0.4, 2.05, -half_d + 0.03), DARK),  # the door
        ((-0.52, 1.0, -half_d + 0.03), (-0.44, 1.05, -half_d + 0.08), STEEL),
        ((half_w - 0.02, 0.9, -0.9), (half_w, 2.0, 0.7), GLASS),  # the window
        ((half_w - 0.05, 0.84, -0.96), (half_w, 0.9, 0.76), CEILING),
        ((0.5, 0.75, -0.13), (0.6, 0.79, -0.07), CARD),  # evidence cards 1 and 2
        ((-0.35, 0.0, 0.72), (-0.25, 0.06, 0.78), CARD),
        ((1.05, 0.75, -0.2), (1.13, 0.87, -0.12), STEEL),  # a mug
        ((-0.12, 0.0, 1.0), (0.14, 0.03, 1.12), DARK),
    ]


def _shell() -> list[Box]:
    """The room itself as boxes seen from inside: floor in planks, walls, skirting, ceiling. Flat ones have no depth."""
    w, d = WIDE / 2, DEEP / 2
    planks: list[Box] = []
    for i in range(round(WIDE / PLANK)):
        shade = 1 - 0.07 * ((i * 7) % 5) / 2
        colour = (int(FLOOR[0] * shade), int(FLOOR[1] * shade), int(FLOOR[2] * shade))
        planks.append(((-w + i * PLANK, 0.0, -d), (-w + (i + 1) * PLANK, 0.0, d), colour))
    return [
        *planks,
        ((-w, HIGH, -d), (w, HIGH, d), CEILING),
        ((-w, 0.0, -d), (-w, HIGH, d), WALL),
        ((w, 0.0, -d), (w, HIGH, d), WALL),
        ((-w, 0.0, -d), (w, HIGH, -d), WALL),
        ((-w, 0.0, d), (w, HIGH, d), WALL),
    ]


def glb() -> bytes:
    """The room as binary glTF 2.0, metres, y up; walls face inwards, so that one looks in from outside."""
    corners: list[tuple[float, float, float]] = []
    normals: list[tuple[float, ...]] = []
    colours: list[tuple[int, ...]] = []
    faces: list[int] = []

    def quad(
        four: list[tuple[float, float, float]], normal: tuple[float, ...], colour: tuple[int, ...]
    ) -> None:
        at = len(corners)
        corners.extend(four)
        normals.extend([normal] * 4)
        colours.extend([(*colour, 255)] * 4)
        faces.extend([at, at + 1, at + 2, at, at + 2, at + 3])

    for low, high, colour in _shell():
        axis = next(i for i in range(3) if low[i] == high[i])
        inward = 1.0 if low[axis] <= 0 else -1.0
        quad(_side(low, high, axis, high[axis], inward), _unit(axis, inward), colour)
    for low, high, colour in furniture():
        for axis in range(3):
            for end, way in ((low[axis], -1.0), (high[axis], 1.0)):
                quad(_side(low, high, axis, end, way), _unit(axis, way), colour)
    return _packed(
        np.array(corners, np.float32),
        np.array(normals, np.float32),
        _linear(colours),
        np.array(faces, np.uint16),
    )


def _side(low: Any, high: Any, axis: int, end: float, way: float) -> list[tuple[float, float, float]]:
    """One side of a box, counter-clockwise as seen from where it faces."""
    u, v = [(1, 2), (2, 0), (0, 1)][axis]
    found = []
    for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)) if way > 0 else ((0, 0), (0, 1), (1, 1), (1, 0)):
        at = [0.0, 0.0, 0.0]
        at[axis], at[u], at[v] = end, (low, high)[a][u], (low, high)[b][v]
        found.append((at[0], at[1], at[2]))
    return found


def _unit(axis: int, way: float) -> tuple[float, ...]:
    return tuple(way if i == axis else 0.0 for i in range(3))


def _linear(colours: list[tuple[int, ...]]) -> Array:
    """glTF's vertex colours are linear light; ours are as seen."""
    seen = np.array(colours, np.float64) / 255
    seen[:, :3] **= 2.2
    return np.round(seen * 255).astype(np.uint8)


def _packed(corners: Array, normals: Array, colours: Array, faces: Array) -> bytes:
    parts = [corners, normals, colours, faces]
    views, at = [], 0
    for part, target in zip(parts, (34962, 34962, 34962, 34963), strict=True):
        views.append({"buffer": 0, "byteOffset": at, "byteLength": part.nbytes, "target": target})
        at += part.nbytes + -part.nbytes % 4
    count = len(corners)
    bounds = {"min": corners.min(0).tolist(), "max": corners.max(0).tolist()}
    described = {
        "asset": {"version": "2.0", "generator": "zhili demo room"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "room"}],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 1}}],
        "meshes": [
            {
                "primitives": [
                    {"attributes": {"POSITION": 0, "NORMAL": 1, "COLOR_0": 2}, "indices": 3, "material": 0}
                ]
            }
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": count, "type": "VEC3", **bounds},
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5121, "count": count, "type": "VEC4", "normalized": True},
            {"bufferView": 3, "componentType": 5123, "count": len(faces), "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": at}],
    }
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join(part.tobytes() + b"\0" * (-part.nbytes % 4) for part in parts)
    chunks = (
        struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(body), 0x004E4942) + body
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def panorama(width: int = 2048) -> bytes:
    """The same room as an equirectangular JPEG, seen from ``CAMERA``: each pixel's ray is followed to what it meets."""
    height = width // 2
    right = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    up = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    level = np.cos(up)[:, None]
    rays = np.stack(
        [
            np.sin(right)[None] * level,
            np.broadcast_to(np.sin(up)[:, None], (height, width)),
            -np.cos(right)[None] * level,
        ],
        axis=-1,
    ).reshape(-1, 3)
    out = np.empty((len(rays), 3), np.uint8)
    for start in range(0, len(rays), 1 << 18):  # in pieces: a few hundred megabytes less
        out[start : start + (1 << 18)] = _seen(rays[start : start + (1 << 18)])
    made = io.BytesIO()
    Image.fromarray(out.reshape(height, width, 3)).save(made, "JPEG", quality=84, optimize=True)
    return made.getvalue()


def _seen(rays: Array) -> Array:
    """The colours along rays from the camera."""
    eye = np.array(CAMERA)
    half = np.array([WIDE / 2, HIGH, DEEP / 2])
    low, high = np.array([-half[0], 0.0, -half[2]]), half
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.where(rays > 0, (high - eye) / rays, (low - eye) / rays)
    out[~np.isfinite(out)] = np.inf
    axis, far = out.argmin(1), out.min(1)
    colour = _room_colour(eye + rays * far[:, None], axis, rays)
    for box_low, box_high, paint in furniture():
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (np.array(box_low) - eye) / rays, (np.array(box_high) - eye) / rays
        enter, leave = np.fmin(first, second), np.fmax(first, second)
        side, near = enter.argmax(1), enter.max(1)
        met = (near < leave.min(1)) & (near > 0) & (near < far)
        facing = -np.sign(rays[np.arange(len(rays)), side])
        shade = np.where(side == 1, np.where(facing > 0, 1.0, 0.55), np.where(side == 0, 0.86, 0.74))
        colour[met] = (np.array(paint) * shade[:, None])[met]
        far = np.where(met, near, far)
    return np.clip(colour, 0, 255).astype(np.uint8)


def _room_colour(at: Array, axis: Array, rays: Array) -> Array:
    """Floor, walls with a skirting, ceiling; darker towards edges, as rooms are."""
    colour = np.empty((len(at), 3))
    floor, ceiling = (axis == 1) & (rays[:, 1] < 0), (axis == 1) & (rays[:, 1] > 0)
    plank = np.floor((at[:, 0] + WIDE / 2) / PLANK)
    colour[:] = np.where((at[:, 1] < 0.08)[:, None], np.array(SKIRT), np.array(WALL))
    colour *= np.where(axis == 0, 0.93, 1.0)[:, None]
    colour[ceiling] = CEILING
    colour[floor] = np.array(FLOOR) * (1 - 0.07 * ((plank * 7) % 5) / 2)[floor, None]
    walls = np.stack(
        [WIDE / 2 - abs(at[:, 0]), np.minimum(at[:, 1], HIGH - at[:, 1]), DEEP / 2 - abs(at[:, 2])], axis=1
    )
    walls[np.arange(len(at)), axis] = 9.0
    nearest = np.clip(walls.min(1), 0, 0.35) / 0.35
    return np.asarray(colour * (0.82 + 0.18 * nearest)[:, None])
