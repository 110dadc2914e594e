"""How staff write a quota."""

import pytest

from uploads.models import UploadQuota
from users.admin.people import QuotaForm


@pytest.mark.parametrize("size_bytes", [0, 1, 5_000_000, 3 * 2**29, 2**40 + 1])
def test_a_quota_is_written_in_gigabytes_and_kept_to_the_byte(size_bytes: int) -> None:
    field = QuotaForm(instance=UploadQuota(max_bytes=size_bytes))["max_bytes"]
    assert field.field.clean(field.value()) == size_bytes


def test_what_is_no_number_of_gigabytes_is_refused_and_still_there() -> None:
    form = QuotaForm({"max_bytes": "a lot"}, instance=UploadQuota())
    assert (form.errors["max_bytes"], form["max_bytes"].value()) == (["Enter a number."], "a lot")
