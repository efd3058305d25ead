"""治理: the open platform on which a city runs its public matters."""

__version__ = "0.1.0"
