"""What a scene's file holds, read before anybody opens it: its size in its own units, and why it cannot be shown.

Headers and tables only; nothing is unpacked or drawn. The browser refuses the same, but an office should learn it when
it makes the scene, not a judge when they open it.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from django.utils.translation import gettext as _

MOST_TEXT = 16 * 2**20
"""Bytes of description read of a model: the part that names its pieces, not their shapes."""
MOST_TRIANGLES = 4_000_000
MOST_POINTS = 5_000_000
FARTHEST = 1e5
"""Coordinates beyond this lose a centimetre in 32 bits."""
PACKED = (
    "KHR_draco_mesh_compression",
    "EXT_meshopt_compression",
    "KHR_meshopt_compression",
    "KHR_texture_basisu",
)
GLB, PLY, JPEG = "model/gltf-binary", "model/x-ply", "image/jpeg"
KINDS = {GLB: "model", PLY: "points", JPEG: "panorama"}


class Unreadable(ValueError):
    """Why this file makes no scene, in words for whoever chose it."""


@dataclass(frozen=True)
class Held:
    """``low`` and ``high``: the corners of what it holds, in its units and y up; empty for a panorama. ``count``:
    triangles, points or pixels across."""

    kind: str
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    count: int = 0


def panorama(width: int | None, height: int | None) -> Held:
    """A picture all the way round: twice as wide as high. Raises Unreadable."""
    if not width or not height or abs(width - 2 * height) > 2:
        raise Unreadable(_("全景照片要是完整的球面照片，宽正好是高的两倍；这张不是。"))
    return Held("panorama", count=width)


def glb(source: IO[bytes]) -> Held:
    """A binary glTF 2.0. Raises Unreadable."""
    head = source.read(20)
    try:
        magic, version, _size, text, kind = struct.unpack("<4sIIII", head)
        if magic != b"glTF" or version != 2 or kind != 0x4E4F534A or not 2 <= text <= MOST_TEXT:
            raise ValueError
        described = json.loads(source.read(text))
        _refuse_packed(described)
        return _bounds(described)
    except (struct.error, ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("这个模型文件读不懂，可能已经损坏。请重新导出为 GLB（glTF 2.0）。")) from None


def _refuse_packed(described: dict[str, Any]) -> None:
    packed = sorted(set(described.get("extensionsRequired", [])) & set(PACKED))
    if packed:
        words = _("这个模型用了压缩（%(names)s），浏览器在本站不能解开。请不压缩，重新导出。")
        raise Unreadable(words % {"names": "、".join(packed)})
    pieces = [*described.get("buffers", []), *described.get("images", [])]
    if any("uri" in one for one in pieces):
        raise Unreadable(_("这个模型的一部分在别的文件里。请导出为单个 GLB 文件，贴图也放在里面。"))


def _bounds(described: dict[str, Any]) -> Held:
    """The box around all that its scene draws, and how many triangles that is."""
    nodes, meshes, accessors = (described.get(name, []) for name in ("nodes", "meshes", "accessors"))
    scenes = described.get("scenes", [])
    roots = scenes[described.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
    corners: list[Any] = []
    triangles, walked = 0, 0
    todo = [(one, np.eye(4)) for one in roots]
    while todo:
        at, above = todo.pop()
        walked += 1
        if walked > 100_000:  # nodes in a ring
            raise ValueError
        node = nodes[at]
        here = above @ _placed(node)
        todo.extend((child, here) for child in node.get("children", []))
        for part in meshes[node["mesh"]]["primitives"] if "mesh" in node else ():
            held = accessors[part["attributes"]["POSITION"]]
            low, high = held["min"], held["max"]
            ends = [
                (x, y, z, 1.0)
                for x in (low[0], high[0])
                for y in (low[1], high[1])
                for z in (low[2], high[2])
            ]
            corners.append(np.array(ends) @ here.T)
            triangles += (accessors[part["indices"]] if "indices" in part else held)["count"] // 3
    if not corners:
        raise Unreadable(_("这个模型里没有可以显示的形状。"))
    if triangles > MOST_TRIANGLES:
        raise Unreadable(
            _("这个模型太细，超过 %(most)d 万个三角形，请减面后再用。") % {"most": MOST_TRIANGLES // 10_000}
        )
    every = np.concatenate(corners)[:, :3]
    return _held("model", every.min(0), every.max(0), triangles)


def _placed(node: dict[str, Any]) -> Any:
    """A node's own matrix."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    made = np.eye(4)
    made[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), float)
    made[:3, 3] = node.get("translation", (0, 0, 0))
    return made


TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"), **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"), **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"), **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"), **dict.fromkeys(("double", "float64"), "f8"),
}  # fmt: skip


def ply(source: IO[bytes], up: str) -> Held:
    """A point cloud or mesh in little-endian PLY. Raises Unreadable."""
    head = source.read(64 * 1024)
    end = head.find(b"end_header")
    found = re.match(rb"ply\r?\nformat (\w+) 1\.0\r?\n", head)
    if end < 0 or not found:
        raise Unreadable(_("这个点云文件读不懂，可能已经损坏。请重新导出为 PLY。"))
    if found[1] != b"binary_little_endian":
        raise Unreadable(_("请把点云导出为二进制（binary little endian）的 PLY。"))
    lines = head[:end].decode("latin-1").split("\n")
    counts = [line.split() for line in lines if line.startswith("element")]
    first = [index for index, line in enumerate(lines) if line.startswith("element")]
    try:
        if counts[0][1] != "vertex":
            raise ValueError
        count = int(counts[0][2])
        rows = lines[first[0] + 1 : first[1] if len(first) > 1 else None]
        columns = [line.split() for line in rows if line.startswith("property")]
        kind = np.dtype([(column[2], "<" + TYPES[column[1]]) for column in columns])
        if not 0 < count <= MOST_POINTS:
            raise Unreadable(
                _("点云要有 1 到 %(most)d 万个点，请抽稀后再用。") % {"most": MOST_POINTS // 10_000}
            )
        source.seek(end + len(b"end_header") + (2 if head[end + 10 : end + 11] == b"\r" else 1))
        points = np.frombuffer(source.read(count * kind.itemsize), kind, count)
        low, high = ([float(f(points[axis])) for axis in "xyz"] for f in (np.min, np.max))
    except Unreadable:
        raise
    except (ValueError, KeyError, IndexError):
        raise Unreadable(_("这个点云文件读不懂，可能已经损坏。请重新导出为 PLY。")) from None
    if up == "z":
        low, high = [low[0], low[2], -high[1]], [high[0], high[2], -low[1]]
    return _held("points", low, high, count)


def _held(kind: str, low: Any, high: Any, count: int) -> Held:
    ends = [float(one) for one in (*low, *high)]
    if not np.all(np.isfinite(ends)) or max(map(abs, ends)) > FARTHEST:
        raise Unreadable(_("坐标太大，量不准厘米。请把模型移到原点附近再导出（例如减去一个整数的偏移）。"))
    return Held(kind, tuple(ends[:3]), tuple(ends[3:]), count)
