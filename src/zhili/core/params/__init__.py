"""Dated parameters with their legal source, and the working calendar."""

from zhili.core.params.declarations import Param, declare, declared

__all__ = ["Param", "declare", "declared"]
