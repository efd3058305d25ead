"""Tying uploads to a step: only by who uploaded them, and only once."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.files import kinds
from zhili.core.files.models import Attachment, File
from zhili.core.files.refusal import UploadRefused
from zhili.core.people.actors import Actor


def check_attachable(
    ids: Iterable[str | UUID],
    tokens: Mapping[str, str] | None,
    actor: Actor,
    groups: Mapping[str, frozenset[str]] | None = None,
) -> list[File]:
    """The files in the order named. One query.

    groups: the kinds that the question takes, by file (kinds.GROUPS); a file without takes what anybody may send.
    Raises UploadRefused (422) unless each still waits to be attached, and comes with its token or from the
    account that uploaded it. Which of these failed is not told: a guess shall learn nothing.
    """
    wanted = list(dict.fromkeys(str(one) for one in ids))
    if not wanted:
        return []
    found = {str(file.pk): file for file in File.objects.filter(pk__in=wanted, expires_at__gt=timezone.now())}
    tokens = tokens or {}
    if not all(one in found and owns(actor, tokens.get(one, ""), found[one]) for one in wanted):
        raise not_attachable()
    for one in wanted:
        refuse_other_kinds(found[one], (groups or {}).get(one))
    return [found[one] for one in wanted]


def refuse_other_kinds(file: File, groups: frozenset[str] | None) -> None:
    taken = {mime for group in groups for mime in kinds.GROUPS[group]} if groups else kinds.BASIC
    if file.mime not in taken:
        raise UploadRefused(_("这一项不收这种文件：{name}。请换一个。").format(name=file.name), 415)


def owns(actor: Actor, token: str, file: File) -> bool:
    if actor.account_id is not None and actor.account_id == file.created_by_id:
        return True
    given = hashlib.sha256(token.encode()).digest()
    return bool(token) and hmac.compare_digest(given, bytes(file.upload_token_hash))


def attach(files: Iterable[File], case_id: int, step_seq: int, *, public: bool = False) -> None:
    """Keeps the files with a step. Call it in the step's transaction, with what check_attachable gave.

    Two queries. Raises UploadRefused (422) if another step took one of them meanwhile; roll back then.
    """
    wanted = list(files)
    ids = [file.pk for file in wanted]
    taken = File.objects.filter(pk__in=ids, expires_at__isnull=False).update(expires_at=None)
    if taken != len(wanted):
        raise not_attachable()
    Attachment.objects.bulk_create(
        Attachment(file=file, case_id=case_id, step_seq=step_seq, public=public) for file in wanted
    )


def hold(files: Iterable[File]) -> None:
    """Keeps files that belong to no case but to a row that names them. Call it in the transaction of that row.

    Raises UploadRefused (422) if another took one of them meanwhile; roll back then.
    """
    ids = {file.pk for file in files}
    if File.objects.filter(pk__in=ids, expires_at__isnull=False).update(expires_at=None) != len(ids):
        raise not_attachable()


def not_attachable() -> UploadRefused:
    return UploadRefused(_("有文件已经过期、用过，或不是您上传的，请重新上传后再提交。"), 422)
