"""Where the published test vectors are, for tests that skip without them."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[5] / "shared" / "data" / "vectors"


def vectors(name: str) -> Path:
    """The folder of these vectors; skips with the reason when they are not there."""
    found = FOLDER / name
    if not found.exists():
        pytest.skip(f"not applicable: the vectors {name} are not beside the checkout")
    return found
