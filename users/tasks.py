"""Doorbells: what the background worker is asked to do."""

from functools import partial

from django.db import transaction
from django_tasks import task

from users.takedown_mail import mail_about_takedowns


@task()
def mail_takedowns(user_id: int, kind: str, takedown_ids: list[int]) -> None:
    mail_about_takedowns(user_id, kind, takedown_ids)


def mail_about_takedowns_later(user_id: int, kind: str, takedown_ids: list[int]) -> None:
    transaction.on_commit(partial(mail_takedowns.enqueue, user_id, str(kind), takedown_ids))
