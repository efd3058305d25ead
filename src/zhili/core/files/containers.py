"""Whether the larger kinds are whole: films, sound, models and point clouds. Only headers and lengths are read."""

import json
import mmap
import re
import struct

from django.utils.translation import gettext as _

from zhili.core.files.refusal import UploadRefused

LARGEST_SCENE = 32 * 1024 * 1024
"""Bytes of a model's JSON we are ready to read."""
STRIDES = {
    **dict.fromkeys((b"char", b"uchar", b"int8", b"uint8"), 1),
    **dict.fromkeys((b"short", b"ushort", b"int16", b"uint16"), 2),
    **dict.fromkeys((b"int", b"uint", b"float", b"int32", b"uint32", b"float32"), 4),
    **dict.fromkeys((b"double", b"float64"), 8),
}


def whole_glb(data: mmap.mmap) -> bool:
    """Khronos glTF 2.0, binary container: the length told is the length there is, and chunks fill it."""
    if len(data) < 20 or struct.unpack_from("<I", data, 8)[0] != len(data) or data[16:20] != b"JSON":
        return False
    at = 12
    while at + 8 <= len(data):
        at += 8 + int(struct.unpack_from("<I", data, at)[0])
    return at == len(data)


def refuse_reaching_out(data: mmap.mmap) -> None:
    """A model whose parts lie elsewhere shows something else tomorrow, and tells others who looks at it."""
    (length,) = struct.unpack_from("<I", data, 12)
    try:
        if length > LARGEST_SCENE:
            raise ValueError("too long")
        scene = json.loads(data[20 : 20 + length])
        parts = [*scene.get("buffers", []), *scene.get("images", [])]
        outside = [one for one in parts if not str(one.get("uri", "data:")).startswith("data:")]
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise UploadRefused(_("这个三维模型读不懂，可能已经损坏，请重新导出为 GLB 再传。"), 422) from None
    if outside:
        raise UploadRefused(
            _("这个三维模型的贴图或数据在别处，不在文件里。请导出成一个自带全部内容的 GLB 再传。"), 422
        )


def whole_ply(data: mmap.mmap) -> bool:
    """Header ended; of a binary cloud without lists, as many bytes as its points need."""
    end = data.find(b"end_header", 0, 65_536)
    if end < 0:
        return False
    header = bytes(data[:end])
    body = len(data) - (data.find(b"\n", end) + 1)
    if b"format ascii" in header:
        return body > 0
    needed = 0
    for part in header.split(b"element ")[1:]:
        told = re.match(rb"\S+ +([0-9]{1,12})", part)
        if told is None:
            return False
        sizes = [STRIDES.get(kind, 0) for kind in re.findall(rb"property +(\S+)", part)]
        needed += int(told[1]) * sum(sizes)  # a list's own length is in the data: at least what is certain
    return body >= needed


def whole_las(data: mmap.mmap) -> bool:
    """ASPRS LAS 1.0 to 1.4: points begin within the file, and (not compressed) as many as told fit in."""
    if len(data) < 227:
        return False
    (begin,) = struct.unpack_from("<I", data, 96)
    form, length, count = struct.unpack_from("<BHI", data, 104)
    compressed = form & 0x80
    return bool(begin <= len(data) and (compressed or begin + length * count <= len(data)))


def whole_wave(data: mmap.mmap) -> bool:
    """RIFF: the length told is there, and there is sound."""
    told = struct.unpack_from("<I", data, 4)[0] if len(data) >= 44 else 0
    return bool(told and told + 8 <= len(data) + 1 and data.find(b"data", 12, 65_536) > 0)


def whole_matroska(data: mmap.mmap) -> bool:
    """EBML: the segment that follows the header does not reach beyond the end (or has no length: a live one)."""
    header = element(data, 0)
    segment = element(data, header[1]) if header else None
    if header is None or segment is None or segment[0] != b"\x18\x53\x80\x67":
        return False
    return segment[1] == -1 or segment[1] <= len(data)


def element(data: mmap.mmap, at: int) -> tuple[bytes, int] | None:
    """(id, where it ends; -1: not told) of the EBML element at a place."""
    if at < 0 or at + 12 > len(data) or not data[at]:
        return None
    name = 9 - data[at].bit_length()
    first = data[at + name]
    if name > 4 or not first:
        return None
    size = 9 - first.bit_length()
    length = int.from_bytes(data[at + name : at + name + size]) & ((1 << 7 * size) - 1)
    if length == (1 << 7 * size) - 1:
        return bytes(data[at : at + name]), -1
    return bytes(data[at : at + name]), at + name + size + length
