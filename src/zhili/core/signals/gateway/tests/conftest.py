from zhili.core.signals.gateway.tests.doubles import kept

__all__ = ["kept"]
