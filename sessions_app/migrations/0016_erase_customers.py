import policies_app.kinds
import sessions_app.kinds
from django.db import migrations, models


class AddConstraintUnchecked(migrations.AddConstraint):
    """On PostgreSQL new rows are checked from now on, and those that are there by migration 0015: reading all of them
    here would stop all of Parley for as long as that takes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        statement = self.constraint.create_sql(model, schema_editor)
        schema_editor.execute(f"{statement} NOT VALID", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("policies_app", "0005_chat_widgets"),
        ("sessions_app", "0015_webhooks"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="apitoken",
            options={
                "default_permissions": ("view",),
                "permissions": [("manage_apitoken", "Can make, rotate and revoke tokens")],
                "verbose_name": "token",
                "verbose_name_plural": "tokens",
            },
        ),
        migrations.AlterModelOptions(
            name="customer",
            options={
                "permissions": [("erase_customer", "Can erase customers")],
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
            },
        ),
        migrations.RemoveConstraint(
            model_name="customer",
            name="customer_can_be_reached",
        ),
        migrations.RemoveConstraint(
            model_name="timelineentry",
            name="timeline_kind_known",
        ),
        migrations.AddField(
            model_name="customer",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased at"),
        ),
        migrations.AddField(
            model_name="timelineentry",
            name="erased_sha256",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name="timelineentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("started", "Session started"),
                    ("invited", "Invitation sent"),
                    ("invitation_failed", "Invitation could not be sent"),
                    ("link_shown", "Link shown to the agent"),
                    ("joined", "Customer joined"),
                    ("queued", "Waits in the queue"),
                    ("assigned", "Assigned"),
                    ("accepted", "Opened by the agent"),
                    ("returned", "Back in the queue"),
                    ("transferred", "Transferred"),
                    ("taken_over", "Taken over"),
                    ("seat_released", "Seat released"),
                    ("message", "Message"),
                    ("note", "Note"),
                    ("customer_changed", "Customer's details changed"),
                    ("customer_erased", "Customer erased"),
                    ("link_revoked", "Link revoked"),
                    ("link_asked", "Customer asked for a new link"),
                    ("device_added", "Customer came in on another device"),
                    ("device_refused", "Another device was refused"),
                    ("device_switched", "Customer continues in another browser"),
                    ("link_inserted", "Reconnect link inserted"),
                    ("code_sent", "One-time code sent"),
                    ("attached", "File added"),
                    ("disconnected", "Customer disconnected"),
                    ("reconnected", "Customer is back"),
                    ("closed", "Closed by the agent while the customer was away"),
                    ("hold_over", "Seat no longer held for the customer"),
                    ("warned", "About to close because the agent is inactive"),
                    ("kept_open", "Kept open"),
                    ("ended", "Session ended"),
                    ("follow_up_done", "Follow-up done"),
                    ("asked_for_time", "Customer asked for more time"),
                    ("extended", "More time given"),
                    ("policy_applied", "Another policy applied by an administrator"),
                    ("document_sent", "Document sent"),
                    ("document_opened", "Document opened by the customer"),
                    ("document_completed", "Document completed"),
                    ("document_ready", "Completed document ready"),
                    ("document_failed", "Completed document could not be prepared"),
                    ("document_recalled", "Document recalled"),
                    ("access_limited", "Customer's access is now limited"),
                    ("access_closed", "Customer's access is over"),
                ],
                max_length=30,
                verbose_name="kind",
            ),
        ),
        AddConstraintUnchecked(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", ""), ("phone", ""), _negated=True),
                    ("came_by", policies_app.kinds.Channel["WIDGET"]),
                    ("erased_at__isnull", False),
                    _connector="OR",
                ),
                name="customer_can_be_reached",
                violation_error_message="Enter an e-mail address or a phone number.",
            ),
        ),
        AddConstraintUnchecked(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at", None),
                    models.Q(("email", ""), ("language", ""), ("phone", ""), ("subject", "")),
                    _connector="OR",
                ),
                name="erased_customer_is_nobody",
            ),
        ),
        AddConstraintUnchecked(
            model_name="timelineentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            sessions_app.kinds.EntryKind["STARTED"],
                            sessions_app.kinds.EntryKind["INVITED"],
                            sessions_app.kinds.EntryKind["INVITATION_FAILED"],
                            sessions_app.kinds.EntryKind["LINK_SHOWN"],
                            sessions_app.kinds.EntryKind["JOINED"],
                            sessions_app.kinds.EntryKind["QUEUED"],
                            sessions_app.kinds.EntryKind["ASSIGNED"],
                            sessions_app.kinds.EntryKind["ACCEPTED"],
                            sessions_app.kinds.EntryKind["RETURNED"],
                            sessions_app.kinds.EntryKind["TRANSFERRED"],
                            sessions_app.kinds.EntryKind["TAKEN_OVER"],
                            sessions_app.kinds.EntryKind["SEAT_RELEASED"],
                            sessions_app.kinds.EntryKind["MESSAGE"],
                            sessions_app.kinds.EntryKind["NOTE"],
                            sessions_app.kinds.EntryKind["CUSTOMER_CHANGED"],
                            sessions_app.kinds.EntryKind["CUSTOMER_ERASED"],
                            sessions_app.kinds.EntryKind["LINK_REVOKED"],
                            sessions_app.kinds.EntryKind["LINK_ASKED"],
                            sessions_app.kinds.EntryKind["DEVICE_ADDED"],
                            sessions_app.kinds.EntryKind["DEVICE_REFUSED"],
                            sessions_app.kinds.EntryKind["DEVICE_SWITCHED"],
                            sessions_app.kinds.EntryKind["LINK_INSERTED"],
                            sessions_app.kinds.EntryKind["CODE_SENT"],
                            sessions_app.kinds.EntryKind["ATTACHED"],
                            sessions_app.kinds.EntryKind["DISCONNECTED"],
                            sessions_app.kinds.EntryKind["RECONNECTED"],
                            sessions_app.kinds.EntryKind["CLOSED"],
                            sessions_app.kinds.EntryKind["HOLD_OVER"],
                            sessions_app.kinds.EntryKind["WARNED"],
                            sessions_app.kinds.EntryKind["KEPT_OPEN"],
                            sessions_app.kinds.EntryKind["ENDED"],
                            sessions_app.kinds.EntryKind["FOLLOW_UP_DONE"],
                            sessions_app.kinds.EntryKind["ASKED_FOR_TIME"],
                            sessions_app.kinds.EntryKind["EXTENDED"],
                            sessions_app.kinds.EntryKind["POLICY_APPLIED"],
                            sessions_app.kinds.EntryKind["DOCUMENT_SENT"],
                            sessions_app.kinds.EntryKind["DOCUMENT_OPENED"],
                            sessions_app.kinds.EntryKind["DOCUMENT_COMPLETED"],
                            sessions_app.kinds.EntryKind["DOCUMENT_READY"],
                            sessions_app.kinds.EntryKind["DOCUMENT_FAILED"],
                            sessions_app.kinds.EntryKind["DOCUMENT_RECALLED"],
                            sessions_app.kinds.EntryKind["ACCESS_LIMITED"],
                            sessions_app.kinds.EntryKind["ACCESS_CLOSED"],
                        ],
                    )
                ),
                name="timeline_kind_known",
            ),
        ),
    ]
