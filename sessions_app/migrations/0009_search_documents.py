from collections.abc import Callable

from django.db import migrations

# Each statement by itself, outside of a transaction: nobody waits for any of them, however many rows there are. Each
# can be done again after it was interrupted.
FORWARDS = [
    "ALTER TABLE sessions_app_timelineentry VALIDATE CONSTRAINT timeline_kind_known",
    "DROP INDEX CONCURRENTLY IF EXISTS timeline_words_search",
    # As `timeline_text_search` of migration 0006, and the names of documents that were sent.
    """CREATE INDEX CONCURRENTLY timeline_words_search ON sessions_app_timelineentry
    USING gin (to_tsvector('simple', coalesce(payload ->> 'text', '') || ' ' || coalesce(payload ->> 'name', '')))
    WHERE kind IN ('message', 'note', 'attached', 'document_sent')""",
    "DROP INDEX CONCURRENTLY IF EXISTS timeline_text_search",
]
BACKWARDS = [
    "DROP INDEX CONCURRENTLY IF EXISTS timeline_text_search",
    """CREATE INDEX CONCURRENTLY timeline_text_search ON sessions_app_timelineentry
    USING gin (to_tsvector('simple', coalesce(payload ->> 'text', '') || ' ' || coalesce(payload ->> 'name', '')))
    WHERE kind IN ('message', 'note', 'attached')""",
    "DROP INDEX CONCURRENTLY IF EXISTS timeline_words_search",
]


def on_postgresql(statements: list[str]) -> Callable[..., None]:
    """The embedded default searches in a simpler form, and checks rows when it adds a constraint."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("sessions_app", "0008_document_rights")]

    operations = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS), atomic=False)]
