"""The built front end: where the file behind an entry of the Vite manifest is served."""

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "zhili"


@lru_cache(maxsize=4)
def _read(stamp: int) -> dict[str, dict]:
    manifest: dict[str, dict] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return manifest


def manifest() -> dict[str, dict]:
    """Entries by source path. Empty when nothing was built: pages then show plain, but show."""
    try:
        stamp = (FOLDER / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(stamp)


def entry(name: str) -> dict:
    """The manifest's entry for ``app.ts`` or ``src/app.ts``; {} when there is none."""
    known = manifest()
    return known.get(name) or known.get(f"src/{name}") or {}


def script(name: str) -> str:
    """The address of an entry's script, or "" when nothing was built.

    By the name Vite gave it, which tells its content already: parts that load later import it by that name, and under a
    second one it would run twice.
    """
    found = entry(name).get("file")
    return f"{static('zhili/')}{found}" if found else ""


def styles(name: str) -> list[str]:
    """The addresses of the style sheets an entry brings."""
    return [static(f"zhili/{file}") for file in entry(name).get("css", [])]


def first_load(name: str) -> list[str]:
    """The addresses of everything a page with this entry draws itself with, and of the small parts it loads when they
    are needed; the islands, which are large, come with use. Scripts import each other by their plain names."""
    known, found = manifest(), [*styles(name), script(name)]
    todo, seen = [entry(name)], set[str]()
    while todo:
        one = todo.pop()
        later = [key for key in one.get("dynamicImports", []) if "/islands/" not in key]
        for key in [*one.get("imports", []), *later]:
            if key not in seen and key in known:
                seen.add(key)
                todo.append(known[key])
    plain = static("zhili/")
    found += [f"{plain}{known[key]['file']}" for key in sorted(seen) if not known[key].get("isEntry")]
    return [one for one in found if one]
