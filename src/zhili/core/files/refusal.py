"""Why an upload was not taken."""


class UploadRefused(Exception):
    """An upload that is not taken. `reason`: a sentence for the uploader, in the reader's language.

    `status`: 411 no length given, 413 too large, 415 kind not taken, 422 broken or not usable,
    429 too many today, 503 cannot be checked now, 507 no room.
    """

    def __init__(self, reason: str, status: int = 422) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
