"""Doorbells: what the background worker is asked to do."""

from django_tasks import task

from uploads.checking import check_now


@task()
def check_upload(upload_id: str) -> None:
    check_now(upload_id)
