import django.db.models.deletion
import django.db.models.functions.text
import policies_app.kinds
import sessions_app.documents.kinds
import sessions_app.kinds
import sessions_app.signing_in.kinds
import sessions_app.webhooks.kinds
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("sessions_app", "0001_sessions_and_timelines"),
        ("sessions_app", "0002_workstreams_and_overrides"),
        ("sessions_app", "0003_agents_in_first_workstream"),
        ("sessions_app", "0005_queue_seats_and_devices"),
        ("sessions_app", "0007_documents"),
        ("sessions_app", "0010_refused_values"),
        ("sessions_app", "0011_widget_sessions"),
        ("sessions_app", "0013_widget_sessions_checked"),
        ("sessions_app", "0014_rest_api"),
        ("sessions_app", "0015_webhooks"),
        ("sessions_app", "0016_erase_customers"),
        ("sessions_app", "0017_signing_in"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("policies_app", "0001_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="As customers see it.", max_length=100, verbose_name="name")),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="How many sessions the agent holds at once. 1: a single active session.",
                        verbose_name="capacity",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("available", "Available"), ("away", "Away"), ("offline", "Offline")],
                        default=policies_app.kinds.AgentStatus["OFFLINE"],
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "last_seen_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last seen at"),
                ),
                (
                    "last_active_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last active at"),
                ),
                (
                    "last_assigned_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last got a session at"),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agent",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "workstreams",
                    models.ManyToManyField(
                        blank=True,
                        help_text="In which the agent can start sessions.",
                        related_name="agents",
                        to="policies_app.workstream",
                        verbose_name="workstreams",
                    ),
                ),
            ],
            options={
                "verbose_name": "agent",
                "verbose_name_plural": "agents",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("capacity__gte", 1), ("capacity__lte", 1000)),
                        name="capacity_in_bounds",
                        violation_error_message="Give a capacity from 1 to 1000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    policies_app.kinds.AgentStatus["AVAILABLE"],
                                    policies_app.kinds.AgentStatus["AWAY"],
                                    policies_app.kinds.AgentStatus["OFFLINE"],
                                ],
                            )
                        ),
                        name="agent_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, default="", max_length=40, verbose_name="phone")),
                (
                    "language",
                    models.CharField(blank=True, default="", editable=False, max_length=20, verbose_name="language"),
                ),
                (
                    "came_by",
                    models.CharField(
                        choices=[("invitation", "Invitation session"), ("widget", "Widget session")],
                        db_default="invitation",
                        default=policies_app.kinds.Channel["INVITATION"],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("email_is_typed", models.BooleanField(db_default=False, default=False, editable=False)),
                ("subject", models.CharField(blank=True, db_default="", default="", editable=False, max_length=300)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased at")),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "permissions": [("erase_customer", "Can erase customers")],
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="customer_email",
                    ),
                    models.Index(
                        models.F("phone"), condition=models.Q(("phone", ""), _negated=True), name="customer_phone"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("subject"),
                        condition=models.Q(("subject", ""), _negated=True),
                        name="customer_subject_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email", ""), ("phone", ""), _negated=True),
                            ("came_by", policies_app.kinds.Channel["WIDGET"]),
                            ("erased_at__isnull", False),
                            _connector="OR",
                        ),
                        name="customer_can_be_reached",
                        violation_error_message="Enter an e-mail address or a phone number.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(("email", ""), ("language", ""), ("phone", ""), ("subject", "")),
                            _connector="OR",
                        ),
                        name="erased_customer_is_nobody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LiveSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("invitation", "Invitation session"), ("widget", "Widget session")],
                        max_length=20,
                        verbose_name="channel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("active", "Open"),
                            ("disconnected", "Customer disconnected"),
                            ("ended", "Ended"),
                        ],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("is_prepared", models.BooleanField(default=False, verbose_name="prepared")),
                ("queued_at", models.DateTimeField(blank=True, null=True, verbose_name="waits in the queue since")),
                ("assigned_at", models.DateTimeField(blank=True, null=True, verbose_name="assigned at")),
                ("answer_by", models.DateTimeField(blank=True, null=True, verbose_name="agent answers until")),
                ("passed_by", models.JSONField(blank=True, default=list, editable=False)),
                ("hold_until", models.DateTimeField(blank=True, null=True, verbose_name="seat held until")),
                ("waits_since", models.DateTimeField(blank=True, null=True, verbose_name="customer waits since")),
                ("seen_by_agent", models.PositiveIntegerField(default=0, editable=False)),
                ("seen_by_customer", models.PositiveIntegerField(default=0, editable=False)),
                ("joined_at", models.DateTimeField(blank=True, null=True, verbose_name="customer joined at")),
                (
                    "last_agent_activity_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last activity of the agent"),
                ),
                (
                    "customer_busy_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="customer last seen completing something"),
                ),
                ("warned_at", models.DateTimeField(blank=True, null=True, verbose_name="warned at")),
                (
                    "disconnected_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="customer disconnected at"),
                ),
                (
                    "grace_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="counts as disconnected from"),
                ),
                (
                    "return_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="customer can come back until"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("abandoned", "Ended because the customer left the queue"),
                            ("ended_by_agent", "Ended by the agent"),
                            ("agent_inactive", "Ended because the agent was inactive"),
                            ("ended_by_customer", "Ended by the customer"),
                            ("reconnect_timeout", "Ended because the customer did not come back in time"),
                            ("superseded", "Ended because the customer started a new session"),
                            ("ended_by_api", "Ended by an integration"),
                            ("ended_by_admin", "Ended by an administrator"),
                        ],
                        default="",
                        max_length=30,
                        verbose_name="reason of the end",
                    ),
                ),
                ("full_until", models.DateTimeField(blank=True, null=True, verbose_name="full access until")),
                ("limited_until", models.DateTimeField(blank=True, null=True, verbose_name="limited access until")),
                (
                    "follow_up_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="waits for an answer since"),
                ),
                (
                    "asked_for_time_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="customer asked for more time at"),
                ),
                ("extended_at", models.DateTimeField(blank=True, null=True, verbose_name="more time given at")),
                ("last_number", models.PositiveIntegerField(default=0, verbose_name="last number of the timeline")),
                (
                    "last_hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        editable=False,
                        max_length=64,
                    ),
                ),
                ("next_due_at", models.DateTimeField(blank=True, null=True, verbose_name="next due at")),
                ("clock_seen", models.PositiveBigIntegerField(default=0, editable=False)),
                (
                    "next_due_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("warn", "Warn that the session is about to close"),
                            ("end_inactive", "End because the agent is inactive"),
                            ("return", "Return to the queue because the agent does not answer"),
                            ("disconnect", "Count the customer as disconnected"),
                            ("abandon", "End because the customer left the queue"),
                            ("end_hold", "Release the seat that is held for the customer"),
                            ("end_away", "End because the customer did not come back in time"),
                            ("limit_access", "Change to limited access"),
                            ("close_access", "End the customer's access"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="next due",
                    ),
                ),
                ("retry_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="sessions_app.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="sessions_app.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "end_policy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies_app.policyversion",
                        verbose_name="policy at the end",
                    ),
                ),
                (
                    "widget",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="policies_app.chatwidget",
                        verbose_name="chat widget",
                    ),
                ),
                (
                    "workstream",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="policies_app.workstream",
                        verbose_name="workstream",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "permissions": [
                    ("extend_access", "Can give a customer more time after the end"),
                    ("apply_to_ended", "Can apply a policy to sessions that have ended"),
                    ("explain_session", "Can see why a session ended and who may do what until when"),
                    ("monitor_session", "Can read along in sessions of other agents"),
                    ("take_over_session", "Can take over sessions of other agents"),
                    ("release_seat", "Can release seats that agents hold"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)), fields=["next_due_at"], name="session_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", policies_app.kinds.SessionState["ACTIVE"])),
                        fields=["workstream", "last_agent_activity_at"],
                        name="session_active_since",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("customer_busy_at__isnull", False), ("state", policies_app.kinds.SessionState["ACTIVE"])
                        ),
                        fields=["workstream", "customer_busy_at"],
                        name="session_customer_busy",
                    ),
                    models.Index(
                        condition=models.Q(("state", policies_app.kinds.SessionState["QUEUED"])),
                        fields=["workstream", "queued_at", "id"],
                        name="session_in_queue",
                    ),
                    models.Index(
                        condition=models.Q(("assigned_at__isnull", False), ("queued_at__isnull", False)),
                        fields=["workstream", "-assigned_at"],
                        name="session_from_queue",
                    ),
                    models.Index(
                        condition=models.Q(("state", policies_app.kinds.SessionState["ENDED"]), _negated=True),
                        fields=["agent", "-id"],
                        name="session_open_of_agent",
                    ),
                    models.Index(
                        condition=models.Q(("grace_until__isnull", False)),
                        fields=["grace_until"],
                        name="session_in_grace",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [policies_app.kinds.SessionState["QUEUED"], policies_app.kinds.SessionState["ACTIVE"]],
                            ),
                            ("widget__isnull", False),
                        ),
                        fields=["id"],
                        name="session_open_of_widget",
                    ),
                    models.Index(
                        condition=models.Q(("widget__isnull", False)), fields=["widget"], name="session_of_widget"
                    ),
                    models.Index(
                        condition=models.Q(("follow_up_since__isnull", False)),
                        fields=["agent", "follow_up_since"],
                        name="session_follow_up",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    policies_app.kinds.SessionState["QUEUED"],
                                    policies_app.kinds.SessionState["ACTIVE"],
                                    policies_app.kinds.SessionState["DISCONNECTED"],
                                    policies_app.kinds.SessionState["ENDED"],
                                ],
                            )
                        ),
                        name="session_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel", policies_app.kinds.Channel["WIDGET"]),
                            models.Q(
                                ("channel", policies_app.kinds.Channel["INVITATION"]),
                                (
                                    "state__in",
                                    [
                                        policies_app.kinds.SessionState["ACTIVE"],
                                        policies_app.kinds.SessionState["ENDED"],
                                        policies_app.kinds.SessionState["QUEUED"],
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_is_never_disconnected",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end_policy__isnull", False),
                                (
                                    "end_reason__in",
                                    [
                                        policies_app.kinds.EndReason["ABANDONED"],
                                        policies_app.kinds.EndReason["ENDED_BY_AGENT"],
                                        policies_app.kinds.EndReason["AGENT_INACTIVE"],
                                        policies_app.kinds.EndReason["ENDED_BY_CUSTOMER"],
                                        policies_app.kinds.EndReason["RECONNECT_TIMEOUT"],
                                        policies_app.kinds.EndReason["SUPERSEDED"],
                                        policies_app.kinds.EndReason["ENDED_BY_API"],
                                        policies_app.kinds.EndReason["ENDED_BY_ADMIN"],
                                    ],
                                ),
                                ("ended_at__isnull", False),
                                ("full_until__gte", models.F("ended_at")),
                                ("full_until__isnull", False),
                                ("limited_until__gte", models.F("full_until")),
                                ("limited_until__isnull", False),
                                ("state", policies_app.kinds.SessionState["ENDED"]),
                            ),
                            models.Q(
                                models.Q(("state", policies_app.kinds.SessionState["ENDED"]), _negated=True),
                                ("end_policy", None),
                                ("end_reason", ""),
                                ("ended_at", None),
                                ("full_until", None),
                                ("limited_until", None),
                            ),
                            _connector="OR",
                        ),
                        name="ended_has_moment_reason_policy_and_windows",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [policies_app.kinds.SessionState["QUEUED"], policies_app.kinds.SessionState["ENDED"]],
                            ),
                            models.Q(("agent__isnull", False), ("last_agent_activity_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="assigned_session_has_agent_and_activity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", policies_app.kinds.SessionState["QUEUED"]), _negated=True),
                            models.Q(
                                models.Q(
                                    ("next_due_at", None),
                                    ("next_due_kind", policies_app.kinds.DueKind["ABANDON"]),
                                    _connector="OR",
                                ),
                                ("agent", None),
                                ("answer_by", None),
                                ("queued_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="waiting_session_has_moment_and_no_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_by", None), ("state", policies_app.kinds.SessionState["ACTIVE"]), _connector="OR"
                        ),
                        name="only_active_session_is_offered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_prepared", False),
                            models.Q(
                                ("channel", policies_app.kinds.Channel["INVITATION"]),
                                ("state", policies_app.kinds.SessionState["ACTIVE"]),
                            ),
                            _connector="OR",
                        ),
                        name="prepared_session_is_active_invitation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hold_until", None),
                            models.Q(
                                ("hold_until__lte", models.F("return_until")),
                                ("return_until__isnull", False),
                                ("state", policies_app.kinds.SessionState["DISCONNECTED"]),
                            ),
                            _connector="OR",
                        ),
                        name="hold_only_while_disconnected_and_can_return",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("return_until", None),
                            ("state", policies_app.kinds.SessionState["DISCONNECTED"]),
                            _connector="OR",
                        ),
                        name="return_only_while_disconnected",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grace_until", None),
                            models.Q(
                                ("channel", policies_app.kinds.Channel["WIDGET"]),
                                ("disconnected_at__isnull", False),
                                (
                                    "state__in",
                                    [
                                        policies_app.kinds.SessionState["QUEUED"],
                                        policies_app.kinds.SessionState["ACTIVE"],
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="grace_only_of_widget_before_disconnected",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("disconnected_at__isnull", False),
                                ("next_due_at__isnull", False),
                                ("state", policies_app.kinds.SessionState["DISCONNECTED"]),
                            ),
                            models.Q(("state", policies_app.kinds.SessionState["DISCONNECTED"]), _negated=True),
                            _connector="OR",
                        ),
                        name="disconnected_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("widget", None), ("channel", policies_app.kinds.Channel["WIDGET"]), _connector="OR"
                        ),
                        name="widget_only_of_widget_session",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="ended_not_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_due_at", None), ("next_due_kind", "")),
                            models.Q(
                                ("next_due_at__isnull", False),
                                (
                                    "next_due_kind__in",
                                    [
                                        policies_app.kinds.DueKind["WARN"],
                                        policies_app.kinds.DueKind["END_INACTIVE"],
                                        policies_app.kinds.DueKind["RETURN"],
                                        policies_app.kinds.DueKind["DISCONNECT"],
                                        policies_app.kinds.DueKind["ABANDON"],
                                        policies_app.kinds.DueKind["END_HOLD"],
                                        policies_app.kinds.DueKind["END_AWAY"],
                                        policies_app.kinds.DueKind["LIMIT_ACCESS"],
                                        policies_app.kinds.DueKind["CLOSE_ACCESS"],
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="due_has_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("follow_up_since", None),
                            ("state", policies_app.kinds.SessionState["ENDED"]),
                            _connector="OR",
                        ),
                        name="follow_up_only_after_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extended_at", None), ("state", policies_app.kinds.SessionState["ENDED"]), _connector="OR"
                        ),
                        name="extended_only_after_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("file", models.FileField(max_length=200, upload_to="", verbose_name="file")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "thumbnail",
                    models.FileField(blank=True, default="", max_length=200, upload_to="", verbose_name="thumbnail"),
                ),
                ("width", models.PositiveIntegerField(blank=True, null=True, verbose_name="width")),
                ("height", models.PositiveIntegerField(blank=True, null=True, verbose_name="height")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
            },
        ),
        migrations.CreateModel(
            name="AccessLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "Invitation"),
                            ("shown", "Shown to the agent"),
                            ("asked", "Asked for by the customer"),
                            ("more_time", "Sent with more time"),
                            ("handover", "To continue on another device"),
                            ("reconnect", "To reconnect to a chat"),
                        ],
                        default=sessions_app.kinds.LinkKind["INVITATION"],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("sent_to", models.CharField(blank=True, default="", max_length=254, verbose_name="sent to")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="lets in until")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sessions_app.agent",
                        verbose_name="created by",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "link",
                "verbose_name_plural": "links",
                "permissions": [("revoke_link", "Can revoke links of customers")],
            },
        ),
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret", models.TextField(verbose_name="secret")),
                ("last_step", models.BigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="set up at")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used at")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "authenticator app",
                "verbose_name_plural": "authenticator apps",
            },
        ),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "browser",
                "verbose_name_plural": "browsers",
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("first_seen_at", models.DateTimeField(verbose_name="first seen at")),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen at")),
                ("user_agent", models.CharField(blank=True, default="", max_length=300, verbose_name="browser")),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="devices",
                        to="sessions_app.accesslink",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "device",
                "verbose_name_plural": "devices",
                "indexes": [
                    models.Index(condition=models.Q(("link__isnull", False)), fields=["link"], name="device_by_link")
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="As agents and customers see it.", max_length=100, unique=True, verbose_name="name"
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Turn off to keep agents from sending it. What was sent stays.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "workstreams",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Whose agents can send it. None: all.",
                        related_name="document_templates",
                        to="policies_app.workstream",
                        verbose_name="workstreams",
                    ),
                ),
            ],
            options={
                "verbose_name": "document template",
                "verbose_name_plural": "document templates",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        choices=[("reading", "Being read"), ("ready", "Ready"), ("refused", "Cannot be used")],
                        default=sessions_app.documents.kinds.VersionState["READING"],
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("file", models.FileField(editable=False, max_length=200, upload_to="", verbose_name="file")),
                ("file_name", models.CharField(editable=False, max_length=150, verbose_name="name of the file")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("pages", models.JSONField(default=list, editable=False, verbose_name="pages")),
                ("fields", models.JSONField(default=list, editable=False, verbose_name="fields")),
                ("problems", models.JSONField(default=list, editable=False, verbose_name="problems")),
                ("saved_at", models.DateTimeField(editable=False, verbose_name="saved at")),
                (
                    "saved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="sessions_app.documenttemplate",
                        verbose_name="template",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a document template",
                "verbose_name_plural": "versions of document templates",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("template"), models.F("number"), name="template_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    sessions_app.documents.kinds.VersionState["READING"],
                                    sessions_app.documents.kinds.VersionState["READY"],
                                    sessions_app.documents.kinds.VersionState["REFUSED"],
                                ],
                            )
                        ),
                        name="template_version_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("form", "Document to complete"), ("files", "Files to add")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("note", models.TextField(blank=True, default="", verbose_name="note to the customer")),
                ("most_files", models.PositiveSmallIntegerField(default=1, verbose_name="files at the most")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To complete"),
                            ("completed", "Being prepared"),
                            ("ready", "Completed"),
                            ("recalled", "Recalled"),
                        ],
                        default=sessions_app.documents.kinds.DocumentState["OPEN"],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("viewed_at", models.DateTimeField(null=True, verbose_name="first opened at")),
                ("saved_at", models.DateTimeField(null=True, verbose_name="last change at")),
                ("completed_at", models.DateTimeField(null=True, verbose_name="completed at")),
                ("recalled_at", models.DateTimeField(null=True, verbose_name="recalled at")),
                ("asked", models.PositiveIntegerField(default=0, verbose_name="fields for the customer")),
                ("filled", models.PositiveIntegerField(default=0, verbose_name="of these filled in")),
                ("consent", models.JSONField(default=dict, verbose_name="consent")),
                (
                    "result",
                    models.FileField(
                        blank=True, default="", max_length=200, upload_to="", verbose_name="completed document"
                    ),
                ),
                ("result_size", models.PositiveBigIntegerField(null=True, verbose_name="size in bytes")),
                ("result_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("failures", models.PositiveSmallIntegerField(default=0, verbose_name="failed attempts to prepare it")),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sessions_app.agent",
                        verbose_name="sent by",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="sessions_app.templateversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "completed")), fields=["completed_at"], name="document_to_prepare"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    sessions_app.documents.kinds.DocumentState["OPEN"],
                                    sessions_app.documents.kinds.DocumentState["COMPLETED"],
                                    sessions_app.documents.kinds.DocumentState["READY"],
                                    sessions_app.documents.kinds.DocumentState["RECALLED"],
                                ],
                            )
                        ),
                        name="document_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", sessions_app.documents.kinds.DocumentKind["FORM"]), ("version__isnull", False)
                            ),
                            models.Q(("kind", sessions_app.documents.kinds.DocumentKind["FILES"]), ("version", None)),
                            _connector="OR",
                        ),
                        name="document_form_has_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("completed_at", None),
                                ("recalled_at", None),
                                ("state", sessions_app.documents.kinds.DocumentState["OPEN"]),
                            ),
                            models.Q(
                                ("completed_at", None),
                                ("recalled_at__isnull", False),
                                ("state", sessions_app.documents.kinds.DocumentState["RECALLED"]),
                            ),
                            models.Q(
                                ("completed_at__isnull", False),
                                ("recalled_at", None),
                                (
                                    "state__in",
                                    [
                                        sessions_app.documents.kinds.DocumentState["COMPLETED"],
                                        sessions_app.documents.kinds.DocumentState["READY"],
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="document_state_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", sessions_app.documents.kinds.DocumentKind["FORM"]),
                                ("state", sessions_app.documents.kinds.DocumentState["READY"]),
                                _negated=True,
                            ),
                            models.Q(
                                models.Q(("result", ""), _negated=True),
                                models.Q(("result_sha256", ""), _negated=True),
                                ("result_size__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="document_ready_has_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("filled__lte", models.F("asked"))), name="document_filled_at_most_asked"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_files__gte", 1)), name="document_files_at_least_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked_by",
                        to="sessions_app.attachment",
                        verbose_name="attachment",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="sessions_app.document",
                        verbose_name="document",
                    ),
                ),
            ],
            options={
                "verbose_name": "file that was asked for",
                "verbose_name_plural": "files that were asked for",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DocumentValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300, verbose_name="field")),
                ("value", models.TextField(blank=True, verbose_name="value")),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="sessions_app.document",
                        verbose_name="document",
                    ),
                ),
            ],
            options={
                "verbose_name": "value of a field",
                "verbose_name_plural": "values of fields",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(models.F("document"), models.F("name"), name="document_value_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Integration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                (
                    "name",
                    models.CharField(
                        help_text="As timelines and the history name it.",
                        max_length=100,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                ("scopes", models.JSONField(default=list, verbose_name="may")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Off: all of its tokens are refused.", verbose_name="active"
                    ),
                ),
                ("requests_per_minute", models.PositiveIntegerField(default=600, verbose_name="requests per minute")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created at")),
                (
                    "workstreams",
                    models.ManyToManyField(
                        blank=True,
                        help_text="To which it is limited. None: all of them.",
                        related_name="+",
                        to="policies_app.workstream",
                        verbose_name="workstreams",
                    ),
                ),
            ],
            options={
                "verbose_name": "integration",
                "verbose_name_plural": "integrations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("requests_per_minute__gte", 1), ("requests_per_minute__lte", 100000)),
                        name="integration_rate_in_bounds",
                        violation_error_message="Give a number from 1 to 100,000.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("beginning", models.CharField(editable=False, max_length=20, verbose_name="begins with")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="made at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="holds until")),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked at")),
                (
                    "last_used_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used at"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to="sessions_app.integration",
                        verbose_name="integration",
                    ),
                ),
            ],
            options={
                "verbose_name": "token",
                "verbose_name_plural": "tokens",
                "permissions": [("manage_apitoken", "Can make, rotate and revoke tokens")],
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None), ("expires_at__gt", models.F("created_at")), _connector="OR"
                        ),
                        name="token_expires_after_it_was_made",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=255)),
                ("asked", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(default="")),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sessions_app.integration"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["created_at"], name="kept_answer_age")],
                "constraints": [
                    models.UniqueConstraint(models.F("integration"), models.F("key"), name="kept_answer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("used", "Let in"),
                            ("over", "Refused: the session is over"),
                            ("revoked", "Refused: the link was revoked"),
                            ("unknown", "Refused: there is no such link"),
                            ("wrong_person", "Refused: somebody else, or nobody, is signed in"),
                            ("other_device", "Refused: on another device"),
                            ("too_many", "Refused: too many attempts"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("user_agent", models.CharField(blank=True, default="", max_length=300, verbose_name="browser")),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="sessions_app.accesslink",
                        verbose_name="link",
                    ),
                ),
                (
                    "widget",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="policies_app.chatwidget",
                        verbose_name="chat widget",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt to use a link",
                "verbose_name_plural": "attempts to use links",
                "indexes": [models.Index(fields=["-at"], name="link_event_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    sessions_app.kinds.LinkOutcome["USED"],
                                    sessions_app.kinds.LinkOutcome["OVER"],
                                    sessions_app.kinds.LinkOutcome["REVOKED"],
                                    sessions_app.kinds.LinkOutcome["UNKNOWN"],
                                    sessions_app.kinds.LinkOutcome["WRONG_PERSON"],
                                    sessions_app.kinds.LinkOutcome["OTHER_DEVICE"],
                                    sessions_app.kinds.LinkOutcome["TOO_MANY"],
                                ],
                            )
                        ),
                        name="link_outcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HalfTyped",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sessions_app.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="half_typed",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "half-typed text",
                "verbose_name_plural": "half-typed texts",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("session"), condition=models.Q(("agent", None)), name="half_typed_of_customer_once"
                    ),
                    models.UniqueConstraint(
                        models.F("session"),
                        models.F("agent"),
                        condition=models.Q(("agent__isnull", False)),
                        name="half_typed_of_agent_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "author",
                    models.CharField(
                        choices=[("agent", "Agent"), ("customer", "Customer")], max_length=20, verbose_name="author"
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                ("key", models.UUIDField(editable=False, verbose_name="idempotency key")),
                ("entered", models.JSONField(db_default={}, default=dict, editable=False)),
                (
                    "document",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refused",
                        to="sessions_app.document",
                        verbose_name="document",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "constraints": [models.UniqueConstraint(models.F("session"), models.F("key"), name="draft_key_once")],
            },
        ),
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.CharField(editable=False, max_length=200)),
                ("sent_to", models.CharField(max_length=254, verbose_name="sent to")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0, verbose_name="wrong tries")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="used at")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "one-time code",
                "verbose_name_plural": "one-time codes",
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("credential_id", models.CharField(editable=False, max_length=1400, unique=True)),
                ("credential", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="added at")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "passkey",
                "verbose_name_plural": "passkeys",
            },
        ),
        migrations.CreateModel(
            name="ProviderAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=300, verbose_name="provider")),
                ("subject", models.CharField(max_length=255, verbose_name="subject")),
                ("created_at", models.DateTimeField(verbose_name="linked at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "account at a provider",
                "verbose_name_plural": "accounts at providers",
                "constraints": [
                    models.UniqueConstraint(models.F("issuer"), models.F("subject"), name="subject_once_at_provider")
                ],
            },
        ),
        migrations.CreateModel(
            name="QuickReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shortcut",
                    models.SlugField(
                        help_text="What agents type after a slash to find it, such as hello.",
                        max_length=30,
                        verbose_name="shortcut",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quick_replies",
                        to="sessions_app.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "workstream",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: of all workstreams.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quick_replies",
                        to="policies_app.workstream",
                        verbose_name="workstream",
                    ),
                ),
            ],
            options={
                "verbose_name": "quick reply",
                "verbose_name_plural": "quick replies",
                "ordering": ["shortcut"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("agent", None), ("workstream", None), _connector="OR"),
                        name="quick_reply_is_shared_or_personal",
                    ),
                    models.UniqueConstraint(
                        models.F("shortcut"),
                        condition=models.Q(("agent", None), ("workstream", None)),
                        name="shared_quick_reply_once",
                    ),
                    models.UniqueConstraint(
                        models.F("shortcut"),
                        models.F("workstream"),
                        condition=models.Q(("workstream__isnull", False)),
                        name="workstream_quick_reply_once",
                    ),
                    models.UniqueConstraint(
                        models.F("shortcut"),
                        models.F("agent"),
                        condition=models.Q(("agent__isnull", False)),
                        name="personal_quick_reply_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("user"), models.F("digest"), name="recovery_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("follow", "Open sessions follow an edit"), ("apply", "Ended sessions get a policy")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "workstreams",
                    models.JSONField(default=list, help_text="Keys of those concerned.", verbose_name="workstreams"),
                ),
                ("ended_since", models.DateTimeField(blank=True, null=True, verbose_name="sessions ended since")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="sessions")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("place", models.JSONField(default=dict, editable=False)),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rollouts",
                        to="policies_app.policyversion",
                        verbose_name="policy version",
                    ),
                ),
            ],
            options={
                "verbose_name": "rollout",
                "verbose_name_plural": "rollouts",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("finished_at", None)), fields=["id"], name="rollout_under_way")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "happening",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("refused", "Refused"),
                            ("locked_out", "Locked out"),
                            ("signed_out", "Signed out"),
                            ("ended", "Ended by Parley"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("password", "Password"),
                            ("app", "Code of the authenticator app"),
                            ("passkey", "Passkey"),
                            ("recovery", "Recovery code"),
                            ("oidc", "Single sign-on"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="how",
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("browser", models.CharField(blank=True, default="", max_length=300, verbose_name="browser")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "indexes": [
                    models.Index(fields=["at"], name="sign_in_oldest"),
                    models.Index(fields=["user", "-at"], name="sign_in_of_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "happening__in",
                                [
                                    sessions_app.signing_in.kinds.Happening["SIGNED_IN"],
                                    sessions_app.signing_in.kinds.Happening["REFUSED"],
                                    sessions_app.signing_in.kinds.Happening["LOCKED_OUT"],
                                    sessions_app.signing_in.kinds.Happening["SIGNED_OUT"],
                                    sessions_app.signing_in.kinds.Happening["ENDED"],
                                ],
                            )
                        ),
                        name="happening_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "way__in",
                                [
                                    "",
                                    sessions_app.signing_in.kinds.Way["PASSWORD"],
                                    sessions_app.signing_in.kinds.Way["APP"],
                                    sessions_app.signing_in.kinds.Way["PASSKEY"],
                                    sessions_app.signing_in.kinds.Way["RECOVERY"],
                                    sessions_app.signing_in.kinds.Way["OIDC"],
                                ],
                            )
                        ),
                        name="way_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
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
                (
                    "actor",
                    models.CharField(
                        choices=[
                            ("agent", "Agent"),
                            ("customer", "Customer"),
                            ("system", "Parley"),
                            ("admin", "Administrator"),
                            ("api", "Integration"),
                        ],
                        max_length=20,
                        verbose_name="who",
                    ),
                ),
                ("payload", models.JSONField(default=dict, verbose_name="content")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("key", models.UUIDField(blank=True, editable=False, null=True, verbose_name="idempotency key")),
                ("hash", models.CharField(editable=False, max_length=64)),
                (
                    "erased_sha256",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sessions_app.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "policy_version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies_app.policyversion",
                        verbose_name="policy version",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="timeline",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline",
                "constraints": [
                    models.UniqueConstraint(models.F("session"), models.F("number"), name="timeline_number_once"),
                    models.UniqueConstraint(
                        models.F("session"),
                        models.F("key"),
                        condition=models.Q(("key__isnull", False)),
                        name="timeline_key_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="timeline_starts_at_one"),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "actor__in",
                                [
                                    sessions_app.kinds.Actor["AGENT"],
                                    sessions_app.kinds.Actor["CUSTOMER"],
                                    sessions_app.kinds.Actor["SYSTEM"],
                                    sessions_app.kinds.Actor["ADMIN"],
                                    sessions_app.kinds.Actor["API"],
                                ],
                            )
                        ),
                        name="timeline_actor_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("url", models.CharField(max_length=2000, verbose_name="address")),
                ("kinds", models.JSONField(blank=True, default=list, verbose_name="kinds of rows")),
                (
                    "with_notes",
                    models.BooleanField(
                        default=False,
                        help_text="What agents write for each other: notes, and words with a transfer or with more time.",
                        verbose_name="notes too",
                    ),
                ),
                ("is_paused", models.BooleanField(default=False, verbose_name="paused")),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("asked", "An administrator or integration paused it"),
                            ("gone", "It answered that it is gone for good (410)"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="why it is paused",
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="paused at")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("since", models.DateTimeField(verbose_name="hears of rows since")),
                ("looked_through", models.PositiveBigIntegerField(default=0, editable=False)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("failing_since", models.DateTimeField(blank=True, null=True, verbose_name="fails since")),
                ("rests_until", models.DateTimeField(blank=True, null=True, verbose_name="not asked until")),
                ("last_success_at", models.DateTimeField(blank=True, null=True, verbose_name="last delivered at")),
                ("last_problem", models.CharField(blank=True, default="", max_length=300, verbose_name="last problem")),
                (
                    "workstreams",
                    models.ManyToManyField(
                        blank=True,
                        help_text="None: all of them.",
                        related_name="+",
                        to="policies_app.workstream",
                        verbose_name="workstreams",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_paused", False), ("pause_reason", ""), ("paused_at", None)),
                            models.Q(
                                ("is_paused", True),
                                (
                                    "pause_reason__in",
                                    [
                                        sessions_app.webhooks.kinds.PauseReason["ASKED"],
                                        sessions_app.webhooks.kinds.PauseReason["GONE"],
                                    ],
                                ),
                                ("paused_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="webhook_paused_has_moment_and_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_number", models.PositiveIntegerField(default=0, verbose_name="sent up to")),
                ("next_try_at", models.DateTimeField(blank=True, null=True, verbose_name="next try at")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="failed tries")),
                ("first_failed_at", models.DateTimeField(blank=True, null=True, verbose_name="fails since")),
                ("parked_at", models.DateTimeField(blank=True, null=True, verbose_name="parked at")),
                ("lease", models.UUIDField(blank=True, editable=False, null=True)),
                ("leased_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cursors",
                        to="sessions_app.webhookendpoint",
                        verbose_name="webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "session of a webhook",
                "verbose_name_plural": "sessions of webhooks",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["endpoint"], name="webhook_cursor_endpoint"),
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["endpoint", "next_try_at"],
                        name="webhook_due",
                    ),
                    models.Index(
                        condition=models.Q(("parked_at__isnull", False)),
                        fields=["endpoint", "parked_at"],
                        name="webhook_parked",
                    ),
                    models.Index(
                        condition=models.Q(("leased_until__isnull", False)),
                        fields=["endpoint", "leased_until"],
                        name="webhook_leased",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("session"), models.F("endpoint"), name="webhook_cursor_once"),
                    models.CheckConstraint(
                        condition=models.Q(("parked_at", None), ("next_try_at", None), _connector="OR"),
                        name="webhook_parked_is_not_tried",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_failed_at", None), ("tries", 0)),
                            models.Q(("first_failed_at__isnull", False), ("tries__gt", 0)),
                            _connector="OR",
                        ),
                        name="webhook_failed_has_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="row")),
                ("event", models.CharField(max_length=100, verbose_name="webhook-id")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("milliseconds", models.PositiveIntegerField(verbose_name="took (ms)")),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="status")),
                ("answer", models.TextField(blank=True, default="", verbose_name="answer")),
                ("problem", models.CharField(blank=True, default="", max_length=300, verbose_name="problem")),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sessions_app.livesession",
                        verbose_name="session",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="sessions_app.webhookendpoint",
                        verbose_name="webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of a webhook",
                "verbose_name_plural": "deliveries of webhooks",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["endpoint", "-id"], name="webhook_attempt_newest"),
                    models.Index(fields=["at"], name="webhook_attempt_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("material", models.TextField(verbose_name="secret")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="holds until")),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secrets",
                        to="sessions_app.webhookendpoint",
                        verbose_name="webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook secret",
                "verbose_name_plural": "webhook secrets",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WidgetKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "algorithm",
                    models.CharField(
                        choices=[
                            ("RS256", "RS256 (RSA key)"),
                            ("ES256", "ES256 (elliptic curve key)"),
                            ("HS256", "HS256 (shared secret)"),
                        ],
                        max_length=10,
                        verbose_name="algorithm",
                    ),
                ),
                ("material", models.TextField(verbose_name="key")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("not_before", models.DateTimeField(blank=True, null=True, verbose_name="holds from")),
                ("not_after", models.DateTimeField(blank=True, null=True, verbose_name="holds until")),
                (
                    "last_used_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used at"),
                ),
                (
                    "widget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="policies_app.chatwidget",
                        verbose_name="chat widget",
                    ),
                ),
            ],
            options={
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "algorithm__in",
                                [
                                    policies_app.kinds.Algorithm["RS256"],
                                    policies_app.kinds.Algorithm["ES256"],
                                    policies_app.kinds.Algorithm["HS256"],
                                ],
                            )
                        ),
                        name="algorithm_known",
                    ),
                    models.UniqueConstraint(models.F("widget"), models.F("name"), name="key_name_once_in_widget"),
                ],
            },
        ),
        migrations.AddField(
            model_name="livesession",
            name="current_device",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="sessions_app.device",
            ),
        ),
    ]
