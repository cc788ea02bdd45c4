"""Tables, and what makes a chain of them."""

from django.db import migrations, models

# The text that is hashed, as config/kit/audit/verify.py reads it again.
CANONICAL = """
    jsonb_build_array(
        {day}, {number}, entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        entry.actor_kind, entry.actor, entry.actor_id, host(entry.address), entry.request_id, entry.action,
        entry.object_type, entry.object_id, entry.object_name, entry.before, entry.after, entry.reason
    )::text
"""

FUNCTIONS = f"""
CREATE FUNCTION audit_append(
    actor_kind text, actor text, actor_id bigint, address inet, request_id text, action text,
    object_type text, object_id text, object_name text, before jsonb, after jsonb, reason text
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit_entry (
        at, actor_kind, actor, actor_id, address, request_id, action,
        object_type, object_id, object_name, before, after, reason
    ) VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    RETURNING id
$$;

-- Runs when the transaction commits: only then the place in the chain is known, and the head is locked for no longer
-- than a commit takes.
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head audit_day;
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    made bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_chain'));
    SELECT * INTO head FROM audit_day ORDER BY day DESC LIMIT 1;
    IF head.day IS NULL OR head.day < today THEN  -- a clock that was set back continues the latest day
        INSERT INTO audit_day (day, previous, count, hash)
        VALUES (today, coalesce(head.hash, ''::bytea), 0, coalesce(head.hash, ''::bytea))
        RETURNING * INTO head;
    END IF;
    UPDATE audit_entry AS entry
    SET day = head.day, number = head.count + 1,
        hash = sha256(head.hash || convert_to({CANONICAL.format(day="head.day", number="head.count + 1")}, 'UTF8'))
    WHERE entry.id = NEW.id RETURNING entry.hash INTO made;
    UPDATE audit_day SET count = count + 1, hash = made WHERE day = head.day;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION audit_chain();
"""  # noqa: S608 constants

GONE = "DROP TRIGGER audit_chain ON audit_entry; DROP FUNCTION audit_chain; DROP FUNCTION audit_append;"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Day',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('previous', models.BinaryField()),
                ('count', models.BigIntegerField()),
                ('hash', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('count', models.BigIntegerField()),
                ('hash', models.BinaryField()),
                ('signed_at', models.DateTimeField(auto_now_add=True)),
                ('key', models.CharField(help_text='The public key (Ed25519, hexadecimal).', max_length=64)),
                ('signature', models.CharField(help_text='Of day, count and hash (hexadecimal).', max_length=128)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='Time')),
                ('actor_kind', models.CharField(choices=[('person', 'Person'), ('service', 'Service'), ('system', 'System')], max_length=8, verbose_name='Kind of actor')),
                ('actor', models.CharField(max_length=150, verbose_name='Actor')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='User')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='Address')),
                ('request_id', models.CharField(max_length=64, verbose_name='Request')),
                ('action', models.CharField(choices=[('log_in.succeeded', 'Logged in'), ('log_in.failed', 'Log-in failed'), ('log_out', 'Logged out'), ('factor.changed', 'Second factor changed'), ('key.issued', 'Token or key issued'), ('key.ended', 'Session, token or key ended'), ('created', 'Created'), ('changed', 'Changed'), ('deleted', 'Deleted'), ('permission.granted', 'Permission granted'), ('permission.revoked', 'Permission revoked'), ('secret.shown', 'Secret shown'), ('card.seen', 'Card looked up'), ('exported', 'Exported'), ('imported', 'Imported'), ('change.asked', 'Change asked for'), ('change.applied', 'Change approved'), ('change.rejected', 'Change rejected'), ('change.withdrawn', 'Change withdrawn'), ('money', 'Money'), ('money.approved', 'Refund or settlement approved'), ('money.rejected', 'Refund or settlement rejected')], max_length=40, verbose_name='Action')),
                ('object_type', models.CharField(max_length=64, verbose_name='Type')),
                ('object_id', models.CharField(max_length=64, verbose_name='Object')),
                ('object_name', models.CharField(max_length=200, verbose_name='Name')),
                ('before', models.JSONField(null=True, verbose_name='Before')),
                ('after', models.JSONField(null=True, verbose_name='After')),
                ('reason', models.CharField(max_length=500, verbose_name='Reason')),
                ('day', models.DateField(null=True)),
                ('number', models.BigIntegerField(null=True)),
                ('hash', models.BinaryField(null=True)),
            ],
            options={
                'verbose_name': 'Entry of the audit log',
                'verbose_name_plural': 'Audit log',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['object_type', 'object_id', '-id'], name='audit_entry_object'), models.Index(fields=['actor', '-id'], name='audit_entry_actor'), models.Index(fields=['action', '-id'], name='audit_entry_action'), models.Index(fields=['at'], name='audit_entry_at')],
                'constraints': [models.UniqueConstraint(fields=('day', 'number'), name='audit_entry_place')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, GONE),
    ]
