"""A changed password and a deactivation end all sessions, tokens and keys of a user, whatever writes the row."""

from django.db import migrations

CREATE = """
CREATE FUNCTION identity_end_logins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM knox_authtoken WHERE user_id = NEW.id;
    DELETE FROM django_session WHERE session_key IN (
        SELECT handle FROM identity_login WHERE user_id = NEW.id AND kind = 'browser'
    );
    UPDATE identity_login SET ended_at = now() WHERE user_id = NEW.id AND ended_at IS NULL;
    INSERT INTO identity_access (user_id, contracts, channels, tenants, token_generation)
    VALUES (NEW.id, '{}', '{}', '{}', 1)
    ON CONFLICT (user_id) DO UPDATE SET token_generation = identity_access.token_generation + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER identity_end_logins AFTER UPDATE OF password, is_active ON auth_user FOR EACH ROW
WHEN (OLD.password IS DISTINCT FROM NEW.password OR (OLD.is_active AND NOT NEW.is_active))
EXECUTE FUNCTION identity_end_logins();
"""
DROP = """
DROP TRIGGER identity_end_logins ON auth_user;
DROP FUNCTION identity_end_logins();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0004_login"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("knox", "0009_extend_authtoken_field"),
        ("sessions", "0001_initial"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
