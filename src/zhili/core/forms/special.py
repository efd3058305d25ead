"""Fields with a meaning of their own: where it is, files, and what says who a person is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, check_citizen_id, check_phone
from zhili.core.files import kinds
from zhili.core.forms.errors import Invalid
from zhili.core.forms.field import Column, Field, Gathered
from zhili.core.forms.strings import number_text, tidy
from zhili.core.web import words

DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{0,20})?")
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
TOKEN = re.compile(r"[A-Za-z0-9_-]*")
_BY_ENDING = {"archives": ".zip", "models": ".glb,.ply,.las,.laz", "documents": ".ofd"}
"""Kinds that browsers know by no name."""


def _accepted(groups: Iterable[str]) -> str:
    named = [mime for group in groups for mime in kinds.GROUPS[group]]
    return ",".join([*named, *(_BY_ENDING[group] for group in groups if group in _BY_ENDING)])


# Named one by one: asked for image/*, an iPhone sends HEIC; asked for JPEG, it converts by itself.
ACCEPTED = "image/jpeg,image/png,image/webp,video/mp4,audio/mpeg,audio/mp4,audio/amr,application/pdf"
REPEATS = 50
"""Names of the same file beyond the allowed number that are read before giving up."""
DECIMALS = 7
"""Kept of a coordinate in degrees: about a centimetre."""


class Place(Field):
    """Where: WGS-84 degrees, an address, or both. Form keys: <name>_lon, <name>_lat, <name>_address.

    Kept as {"lon", "lat", "address"}, each only if given. A place outside the city is a valid answer.
    """

    type = "place"
    partial = "place"
    parts = ("lon", "lat", "address")
    longest: ClassVar = 200

    def __init__(self, label: str, *, point_required: bool = False, **common: Any) -> None:
        super().__init__(label, **common)
        self.point_required = point_required

    def empty(self, raw: object) -> bool:
        if isinstance(raw, Mapping):
            return all(super(Place, self).empty(raw.get(part)) for part in self.parts) and not set(raw) - set(
                self.parts
            )
        return super().empty(raw)

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> Any:
        if isinstance(raw, str):  # one cell or one line: the address
            raw = {"address": raw}
        if not isinstance(raw, Mapping):
            raise self.wrong(_("“{label}”应当是地址或地图上的一个点，请重新填写。"))
        if set(raw) - set(self.parts):
            raise self.wrong(_("“{label}”里只能有经度、纬度和地址，请去掉其他内容。"))
        place: dict[str, Any] = {}
        lon, lat = raw.get("lon"), raw.get("lat")
        if Field.empty(self, lon) != Field.empty(self, lat):
            raise self.wrong(_("“{label}”的经度和纬度要一起填，或者都不填。"))
        if not Field.empty(self, lon):
            place["lon"], place["lat"] = self.point(lon, lat)
        elif self.point_required:
            raise self.wrong(_("请在地图上点出“{label}”。"))
        address = raw.get("address")
        if address is not None:
            address = tidy(address, self.title, max_length=self.longest, lines=True).replace("\n", " ")
            if address:
                place["address"] = address
        return place or None

    def point(self, raw_lon: Any, raw_lat: Any) -> tuple[float, float]:
        lon, lat = self.degrees(raw_lon), self.degrees(raw_lat)
        if abs(lon) <= 90 < abs(lat) <= 180:
            raise self.wrong(_("“{label}”的经度和纬度好像填反了，请对调。"))
        if abs(lon) > 180 or abs(lat) > 90:
            raise self.wrong(_("“{label}”的经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间，请改正。"))
        if lon == 0 and lat == 0:  # what a phone without a fix sends
            raise self.wrong(_("没有取得“{label}”的定位，请在地图上点选，或只写地址。"))
        return lon, lat

    def degrees(self, raw: Any) -> float:
        if isinstance(raw, str) and DEGREES.fullmatch(plain := number_text(raw)):
            raw = float(plain)
        if isinstance(raw, int | float) and not isinstance(raw, bool) and -1000 < raw < 1000:
            return round(float(raw), DECIMALS)
        raise self.wrong(_("“{label}”的经度和纬度应当是数字，例如 120.7551 和 30.7461，请改正。"))

    def keep(self, value: Any, into: Gathered) -> None:
        super().keep(value, into)
        into.lon, into.lat = value.get("lon"), value.get("lat")
        into.address = value.get("address", "")

    def please(self) -> str:
        return _("请填写“{label}”的地址，或在地图上点出位置。").format(label=self.title)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "lon": {"type": "number", "minimum": -180, "maximum": 180},
                "lat": {"type": "number", "minimum": -90, "maximum": 90},
                "address": {"type": "string", "minLength": 1, "maxLength": self.longest},
            },
            "dependentRequired": {"lon": ["lat"], "lat": ["lon"]},
            "anyOf": [{"required": ["lon", "lat"]}]
            + ([] if self.point_required else [{"required": ["address"]}]),
            "additionalProperties": False,
        }

    def spec(self) -> dict[str, Any]:
        return {"point_required": self.point_required, "max_length": self.longest}

    def columns(self) -> list[Column]:
        must = self.required and not self.when
        point = self.point_required and must
        title = self.title
        lon, lat = _("{label}（经度）"), _("{label}（纬度）")
        return [
            Column(f"{self.name}_address", title, "text", must and not point, help=self.hint()),
            Column(f"{self.name}_lon", lon.format(label=title), "decimal", point),
            Column(f"{self.name}_lat", lat.format(label=title), "decimal", point),
        ]


class Files(Field):
    """Uploaded beforehand, named here by "uuid" or "uuid:token"; kept as a list of uuids.

    groups: the kinds it takes (files.kinds.GROUPS: pictures, documents, recordings, video, archives, models); none
    given: what anybody may send (photos, PDF, sound, MP4). original: photos are sent as the camera made them, not
    shrunk on the phone; for evidence. glass: a signature, which may be drawn on the screen.
    """

    type = "files"
    partial = "files"
    many = True

    def __init__(
        self,
        label: str,
        *,
        max: int = 9,
        min: int = 0,
        accept: str = "",
        groups: tuple[str, ...] = (),
        original: bool = False,
        glass: bool = False,
        **common: Any,
    ) -> None:
        super().__init__(label, **common)
        self.max = max
        self.min = min
        if unknown := set(groups) - set(kinds.GROUPS):
            raise ValueError(f"no such groups of files: {sorted(unknown)}; there are {sorted(kinds.GROUPS)}")
        self.groups = frozenset(groups)
        self.original = original or glass
        self.glass = glass
        self.accept = accept or (_accepted(groups) if groups else ACCEPTED)

    def empty(self, raw: object) -> bool:
        return super().empty(raw) or raw == [""]  # a file input left alone

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> Any:
        if isinstance(raw, str):
            raw = [raw]
        if not isinstance(raw, list | tuple):
            raise self.wrong(_("“{label}”应当是已上传文件的编号，请重新上传。"))
        given = [one for one in raw if not isinstance(one, str) or one.strip()]
        if len(given) > self.max + REPEATS:
            raise self.too_many(len(given))
        found: dict[str, str] = {}
        for one in given:
            identity, token = self.read(one)
            found[identity] = token or found.get(identity, "")
        if len(found) > self.max:
            raise self.too_many(len(found))
        if found and len(found) < self.min:
            raise self.wrong(_("“{label}”至少要 {min} 个，请再上传。"), min=self.min)
        return found or None

    def too_many(self, now: int) -> Invalid:
        sentence = _("“{label}”最多 {max} 个，现在有 {now} 个，请减少。")
        return self.wrong(sentence, max=self.max, now=now)

    def read(self, raw: Any) -> tuple[str, str]:
        if isinstance(raw, str) and len(raw) <= 300:
            identity, _colon, token = raw.strip().partition(":")
            if UUID_TEXT.fullmatch(identity) and TOKEN.fullmatch(token):
                return str(UUID(identity)), token
        raise self.wrong(_("“{label}”里有一个文件没有传好，请删掉它再传一次。"))

    def keep(self, value: Any, into: Gathered) -> None:
        into.values[self.name] = list(value)
        into.files.update(value)
        if self.groups:
            into.groups.update(dict.fromkeys(value, self.groups))

    def please(self) -> str:
        return _("请上传“{label}”。").format(label=self.title)

    def schema(self) -> dict[str, Any]:
        least = max(self.min, int(self.required))
        item = {"type": "string", "pattern": f"^{UUID_TEXT.pattern}(:[A-Za-z0-9_-]{{0,200}})?$"}
        return {"type": "array", "items": item, "maxItems": self.max} | ({"minItems": least} if least else {})

    def spec(self) -> dict[str, Any]:
        return {"max": self.max, "min": self.min, "accept": self.accept}

    def columns(self) -> list[Column]:
        return []  # a spreadsheet holds no files


class Personal(Field):
    """What says who a person is. Never kept with the other answers: it goes to people.Secret.

    kind: name, phone, citizen_id, address, email or bank_account. seen_by: who will see it; shown beside the question.
    """

    type = "personal"
    kinds: ClassVar = {
        "name": ("name", "text", 50),
        "phone": ("tel", "tel", 30),
        "citizen_id": ("off", "text", 30),
        "address": ("street-address", "text", 200),
        "email": ("email", "email", 254),
        "bank_account": ("off", "numeric", 40),
    }
    """kind: (autocomplete, inputmode, longest)."""

    def __init__(self, label: str, *, kind: str, seen_by: str, **common: Any) -> None:
        if kind not in self.kinds:
            raise TypeError(f"{label}: unknown kind of personal value {kind!r}")
        if not seen_by:
            raise TypeError(f"{label}: a form must say who will see a personal value")
        if common.get("public"):
            raise TypeError(f"{label}: a personal value is never public")
        super().__init__(label, seen_by=seen_by, **common)
        self.kind = kind
        self.autocomplete, self.inputmode, self.longest = self.kinds[kind]

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> str:
        if isinstance(raw, int) and not isinstance(raw, bool) and self.kind in ("phone", "citizen_id"):
            raw = str(raw) if 0 <= raw < 10**20 else raw  # spreadsheets and careless clients send numbers
        text = tidy(raw, self.title, max_length=self.longest)
        return getattr(self, f"check_{self.kind}")(text) if text else ""

    def check_name(self, text: str) -> str:
        if not any(letter.isalpha() for letter in text):
            raise self.wrong(_("“{label}”应当是姓名或称呼，请重新填写。"))
        return " ".join(text.split())

    def check_phone(self, text: str) -> str:
        try:
            return check_phone(text)
        except CodeError:
            sentence = _("“{label}”不像一个电话号码，请填手机号，或带区号的座机号，例如 0573-82521234。")
            raise self.wrong(sentence) from None

    def check_citizen_id(self, text: str) -> str:
        try:
            return check_citizen_id(text)
        except CodeError as error:
            raise self.wrong(_("“{label}”不对：{why}。"), why=words.fault_of(error)) from None

    def check_bank_account(self, text: str) -> str:
        digits = re.sub(r"[\s\-]", "", text)
        if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 30):
            raise self.wrong(_("“{label}”应当是 8 到 30 位数字的银行账号，请核对。"))
        return digits

    def check_address(self, text: str) -> str:
        return text

    def check_email(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError:
            raise self.wrong(_("“{label}”不像一个邮箱地址，应当像 name@example.com，请改正。")) from None
        return text

    def keep(self, value: Any, into: Gathered) -> None:
        into.personal[self.name] = value
        into.kinds[self.name] = self.kind

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest, "writeOnly": True} | (
            {"minLength": 1} if self.required else {}
        )

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "max_length": self.longest}

    def columns(self) -> list[Column]:
        must = self.required and not self.when
        return [Column(self.name, self.title, "text", must, personal=True, help=self.hint())]
