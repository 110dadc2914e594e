import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import history.models


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0002_account_export"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.CharField(max_length=7, verbose_name="period")),
                (
                    "token",
                    models.CharField(default=history.models.new_token, editable=False, max_length=32, unique=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shared_reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "shared review",
                "verbose_name_plural": "shared reviews",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "period"), name="one_share_a_review"),
                ],
            },
        ),
    ]
