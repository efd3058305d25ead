"""What stops an import before anything is written. Each says what, where, and what to do next."""


class ImportRefused(ValueError):
    """The file cannot be read, or belongs to something else."""


class MappingRefused(ImportRefused):
    """The mapping does not fit: names its line, the column, and the row where it shows."""
