"""API clients that acted in the name of a person get a service identity of their own.

That person keeps being counted as one who knows the secret: what the client requests is approved by somebody else.
"""

from django.contrib.auth.hashers import make_password
from django.db import migrations


def separate(apps, schema_editor):
    User = apps.get_model("auth", "User")
    for client in apps.get_model("billing", "ApiClient").objects.order_by("pk"):
        client.known_to = [client.user_id]
        client.user = User.objects.create(
            username=f"client-{client.pk}-{client.client_id[:6]}", first_name=client.name[:150], password=make_password(None)
        )
        client.save(update_fields=["known_to", "user"])


class Migration(migrations.Migration):
    dependencies = [("billing", "0017_api_client_identity")]
    operations = [migrations.RunPython(separate, migrations.RunPython.noop)]
