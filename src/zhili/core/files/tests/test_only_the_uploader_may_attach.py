import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from zhili.core.files import UploadRefused, attach, check_attachable
from zhili.core.files.models import Attachment, File
from zhili.core.files.tests.samples import picture, send
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.people.models import Account

pytestmark = pytest.mark.django_db


def signed_in(name: str) -> Actor:
    account = Account.objects.create(username=name)
    return Actor(kind="account", id=account.pk, account_id=account.pk)


def test_with_the_token_anyone_who_was_given_it_may_attach() -> None:
    kept = send(picture())
    (found,) = check_attachable([str(kept.id)], {str(kept.id): kept.token}, ANONYMOUS)
    attach([found], 7, 1, public=True)
    attachment = Attachment.objects.get()
    assert (attachment.file_id, attachment.case_id, attachment.step_seq, attachment.public) == (
        kept.id,
        7,
        1,
        True,
    )
    assert File.objects.get().expires_at is None


def test_the_uploading_account_needs_no_token_and_others_do() -> None:
    uploader, other = signed_in("zhang"), signed_in("li")
    kept = send(picture(), actor=uploader)
    assert check_attachable([kept.id], None, uploader)
    for stranger in (other, ANONYMOUS):
        with pytest.raises(UploadRefused):
            check_attachable([kept.id], {str(kept.id): "guess"}, stranger)
        with pytest.raises(UploadRefused):
            check_attachable([kept.id], {}, stranger)


def test_files_without_an_account_do_not_belong_to_everyone_without_one() -> None:
    kept = send(picture())
    with pytest.raises(UploadRefused):
        check_attachable([kept.id], {str(kept.id): ""}, ANONYMOUS)


def test_a_file_is_attached_once() -> None:
    kept = send(picture())
    tokens = {str(kept.id): kept.token}
    attach(check_attachable([kept.id], tokens, ANONYMOUS), 7, 1)
    with pytest.raises(UploadRefused) as refused:
        check_attachable([kept.id], tokens, ANONYMOUS)
    assert refused.value.status == 422


def test_of_two_steps_taking_the_same_file_one_loses() -> None:
    kept = send(picture())
    tokens = {str(kept.id): kept.token}
    first = check_attachable([kept.id], tokens, ANONYMOUS)
    second = check_attachable([kept.id], tokens, ANONYMOUS)
    attach(first, 7, 1)
    with pytest.raises(UploadRefused), transaction.atomic():
        attach(second, 8, 1)
    assert [one.case_id for one in Attachment.objects.all()] == [7]


def test_order_is_kept_and_repeats_count_once() -> None:
    kept = [send(picture(size=(10 + n, 10))) for n in range(3)]
    tokens = {str(one.id): one.token for one in kept}
    ids = [kept[2].id, kept[0].id, kept[2].id]
    assert [file.pk for file in check_attachable(ids, tokens, ANONYMOUS)] == [kept[2].id, kept[0].id]


def test_what_does_not_exist_or_waited_too_long_is_refused_alike() -> None:
    kept = send(picture())
    File.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    said = set()
    for identity in (kept.id, uuid.uuid4()):
        with pytest.raises(UploadRefused) as refused:
            check_attachable([identity], {str(identity): kept.token}, ANONYMOUS)
        said.add(refused.value.reason)
    assert said == {"有文件已经过期、用过，或不是您上传的，请重新上传后再提交。"}


def test_it_costs_one_query_to_check_and_two_to_attach(django_assert_num_queries: object) -> None:
    kept = [send(picture(size=(10 + n, 10))) for n in range(3)]
    tokens = {str(one.id): one.token for one in kept}
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = check_attachable([one.id for one in kept], tokens, ANONYMOUS)
    with django_assert_num_queries(2):  # type: ignore[operator]
        attach(found, 7, 1)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert check_attachable([], None, ANONYMOUS) == []
