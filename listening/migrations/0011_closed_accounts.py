from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("listening", "0010_rollup_days_of_all"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosedAccount",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("erase_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
