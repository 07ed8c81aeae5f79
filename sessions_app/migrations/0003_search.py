from collections.abc import Callable

from django.db import migrations

# The text of what people wrote, and the names of files and documents, as `sessions_app.search` asks for them. Rows that
# somebody wrote only: a sweep pays nothing for it.
SEARCH = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """CREATE INDEX timeline_words_search ON sessions_app_timelineentry
    USING gin (to_tsvector('simple', coalesce(payload ->> 'text', '') || ' ' || coalesce(payload ->> 'name', '')))
    WHERE kind IN ('message', 'note', 'attached', 'document_sent')""",
    "CREATE INDEX customer_name_search ON sessions_app_customer USING gin (upper(name) gin_trgm_ops)",
    "CREATE INDEX customer_email_search ON sessions_app_customer USING gin (upper(email) gin_trgm_ops)",
    "CREATE INDEX customer_phone_search ON sessions_app_customer USING gin (upper(phone) gin_trgm_ops)",
]
NO_SEARCH = [
    "DROP INDEX timeline_words_search",
    "DROP INDEX customer_name_search",
    "DROP INDEX customer_email_search",
    "DROP INDEX customer_phone_search",
]


def on_postgresql(statements: list[str]) -> Callable[..., None]:
    """The embedded default searches in a simpler form."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    replaces = [
        ("sessions_app", "0006_rights_and_search"),
        ("sessions_app", "0009_search_documents"),
    ]

    dependencies = [("sessions_app", "0002_roles")]

    operations = [migrations.RunPython(on_postgresql(SEARCH), on_postgresql(NO_SEARCH))]
