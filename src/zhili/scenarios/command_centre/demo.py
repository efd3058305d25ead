"""The command centre's share of the demo city. Its figures are those of the other scenarios."""


def load() -> dict[str, int]:
    """Nothing of its own yet."""
    return {}
