import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import policies_app.kinds
import policies_app.models.chat_widget
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("policies_app", "0001_end_session_behavior"),
        ("policies_app", "0002_workstreams_and_overrides"),
        ("policies_app", "0004_assignment_devices_and_files"),
        ("policies_app", "0005_chat_widgets"),
        ("policies_app", "0006_saved_through"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SystemSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "allowed_redirect_hosts",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="One a line, such as example.com, or *.example.com for all its subdomains. Customers are sent to no other hosts. Empty: any host.",
                        verbose_name="Allowed hosts for redirects",
                    ),
                ),
                (
                    "away_after",
                    models.DurationField(
                        default=datetime.timedelta(seconds=600),
                        help_text="So long without a key, a touch or a movement of the pointer. They get no new sessions then.",
                        verbose_name="Agents are away after",
                    ),
                ),
                (
                    "link_lasts",
                    models.DurationField(
                        blank=True,
                        help_text="For coming in. Who is in already stays in. Empty: as long as the customer has access.",
                        null=True,
                        verbose_name="Links of customers last",
                    ),
                ),
            ],
            options={
                "verbose_name": "general settings",
                "verbose_name_plural": "general settings",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="system_settings_are_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("away_after__gt", datetime.timedelta(0))), name="away_after_takes_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("link_lasts", None), ("link_lasts__gt", datetime.timedelta(0)), _connector="OR"
                        ),
                        name="links_last_some_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Workstream",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Agents can start sessions in it. Sessions that there are stay.",
                        verbose_name="active",
                    ),
                ),
                (
                    "assignment",
                    models.CharField(
                        choices=[
                            ("automatic", "Given to the agent with most free capacity"),
                            ("pick", "Picked from the queue by agents"),
                        ],
                        default=policies_app.kinds.Assignment["AUTOMATIC"],
                        max_length=20,
                        verbose_name="New sessions from the queue are",
                    ),
                ),
                (
                    "answer_within",
                    models.DurationField(
                        blank=True,
                        default=datetime.timedelta(seconds=60),
                        help_text="A session that was given to an agent who does not open it for so long goes back to the queue, and the agent becomes away. Empty: it stays with the agent, also when they sign out.",
                        null=True,
                        verbose_name="Agents answer within",
                    ),
                ),
                (
                    "auto_close_after",
                    models.DurationField(
                        default=datetime.timedelta(seconds=600),
                        help_text="A chat whose customer dropped out and does not come back for so long ends. It is also the reconnect time limit of the workstream's chat widgets.",
                        verbose_name="Auto-close after inactivity",
                    ),
                ),
                (
                    "returning_customer",
                    models.CharField(
                        choices=[
                            ("ask", "Ask the agent"),
                            ("continue", "Continue the previous session"),
                            ("new", "Start a new session"),
                        ],
                        default=policies_app.kinds.ReturningCustomer["ASK"],
                        max_length=20,
                        verbose_name="A customer who has an open session already",
                    ),
                ),
                (
                    "device_access",
                    models.CharField(
                        choices=[
                            ("any", "Any device"),
                            ("first", "First device only"),
                            ("code", "First device, others after a one-time code"),
                        ],
                        default=policies_app.kinds.DeviceAccess["ANY"],
                        help_text="One-time codes go to the customer's e-mail address or phone.",
                        max_length=20,
                        verbose_name="Customers come in from",
                    ),
                ),
                (
                    "largest_file_mb",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as large as this installation allows.",
                        null=True,
                        verbose_name="Largest file (MB)",
                    ),
                ),
                (
                    "most_files",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as many as this installation allows.",
                        null=True,
                        verbose_name="Most files in a session",
                    ),
                ),
                ("file_groups", models.JSONField(blank=True, default=list, verbose_name="Allowed files")),
            ],
            options={
                "verbose_name": "workstream",
                "verbose_name_plural": "workstreams",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "assignment__in",
                                [policies_app.kinds.Assignment["AUTOMATIC"], policies_app.kinds.Assignment["PICK"]],
                            )
                        ),
                        name="assignment_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "device_access__in",
                                [
                                    policies_app.kinds.DeviceAccess["ANY"],
                                    policies_app.kinds.DeviceAccess["FIRST"],
                                    policies_app.kinds.DeviceAccess["CODE"],
                                ],
                            )
                        ),
                        name="device_access_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "returning_customer__in",
                                [
                                    policies_app.kinds.ReturningCustomer["ASK"],
                                    policies_app.kinds.ReturningCustomer["CONTINUE"],
                                    policies_app.kinds.ReturningCustomer["NEW"],
                                ],
                            )
                        ),
                        name="returning_customer_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_within", None), ("answer_within__gt", datetime.timedelta(0)), _connector="OR"
                        ),
                        name="answer_within_takes_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("auto_close_after__gte", datetime.timedelta(seconds=60)),
                            ("auto_close_after__lte", datetime.timedelta(days=30)),
                        ),
                        name="auto_close_in_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("snapshot", models.JSONField(null=True, verbose_name="settings")),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                (
                    "saved_through",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=100, verbose_name="saved through"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
                (
                    "workstream",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies_app.workstream",
                        verbose_name="workstream",
                    ),
                ),
            ],
            options={
                "verbose_name": "policy version",
                "verbose_name_plural": "policy versions",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["workstream", "-saved_at", "-id"], name="policy_version_in_force")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("snapshot__isnull", False), ("workstream__isnull", False), _connector="OR"),
                        name="only_an_override_is_removed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notices",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=20, verbose_name="language")),
                ("warning_agent", models.TextField(blank=True, default="", verbose_name="Before the session closes")),
                ("end_agent", models.TextField(blank=True, default="", verbose_name="After the end")),
                ("redirect_agent", models.TextField(blank=True, default="", verbose_name="On the Welcome page")),
                (
                    "limited_agent",
                    models.TextField(blank=True, default="", verbose_name="When the customer's access is limited"),
                ),
                (
                    "over_agent",
                    models.TextField(blank=True, default="", verbose_name="When the customer's access is over"),
                ),
                (
                    "warning_customer",
                    models.TextField(blank=True, default="", verbose_name="Before the session closes"),
                ),
                ("end_customer", models.TextField(blank=True, default="", verbose_name="After the end")),
                (
                    "redirect_customer",
                    models.TextField(blank=True, default="", verbose_name="When they are sent to another page"),
                ),
                ("limited_customer", models.TextField(blank=True, default="", verbose_name="When access is limited")),
                ("over_customer", models.TextField(blank=True, default="", verbose_name="When access is over")),
                (
                    "workstream",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for all workstreams.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="policies_app.workstream",
                        verbose_name="workstream",
                    ),
                ),
            ],
            options={
                "verbose_name": "notices",
                "verbose_name_plural": "notices",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("workstream", models.Value(0)),
                        models.F("language"),
                        name="notices_once_for_each_language",
                        violation_error_message="There are notices for this workstream in this language already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EndSessionBehavior",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "redirect_agent",
                    models.CharField(
                        choices=[("welcome", "Back to Welcome page"), ("stay", "Stay in room")],
                        default=policies_app.kinds.AgentRedirect["WELCOME"],
                        max_length=20,
                        verbose_name="Redirect agent",
                    ),
                ),
                (
                    "end_when_inactive",
                    models.BooleanField(default=False, verbose_name="End session when agent is inactive"),
                ),
                ("inactive_after", models.DurationField(blank=True, null=True, verbose_name="Duration")),
                (
                    "activity_counts",
                    models.CharField(
                        choices=[("anywhere", "Anywhere in Parley"), ("session", "In this session")],
                        default=policies_app.kinds.ActivityCounts["ANYWHERE"],
                        max_length=20,
                        verbose_name="Activity counts",
                    ),
                ),
                ("warn_before", models.DurationField(blank=True, null=True, verbose_name="Warn before")),
                (
                    "wait_for_customer",
                    models.BooleanField(default=False, verbose_name="Wait while the customer is completing something"),
                ),
                ("wait_at_most", models.DurationField(blank=True, null=True, verbose_name="Wait at most")),
                ("access_on", models.BooleanField(default=False, verbose_name="End session access")),
                (
                    "access",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full_unlimited", "Full access (unlimited)"),
                            ("full_restricted", "Full access (time restricted)"),
                            ("limited", "Limited access"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="Access level",
                    ),
                ),
                ("access_for", models.DurationField(blank=True, null=True, verbose_name="Duration of access")),
                ("attachments", models.BooleanField(default=False, verbose_name="Attachments")),
                ("chat", models.BooleanField(default=False, verbose_name="Chat")),
                ("then_limited", models.BooleanField(default=False, verbose_name="Continue to limited access")),
                (
                    "then_limited_for",
                    models.DurationField(blank=True, null=True, verbose_name="Duration of limited access"),
                ),
                ("redirect_customer_on", models.BooleanField(default=False, verbose_name="Redirect customer")),
                ("redirect_customer", models.CharField(blank=True, default="", max_length=2000, verbose_name="URL")),
                (
                    "version",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies_app.policyversion",
                    ),
                ),
                (
                    "workstream",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="override",
                        to="policies_app.workstream",
                        verbose_name="workstream",
                    ),
                ),
            ],
            options={
                "verbose_name": "End session behavior",
                "verbose_name_plural": "End session behavior",
                "permissions": [
                    ("change_agent_tab", "Can change the tab Agent"),
                    ("change_customer_tab", "Can change the tab Customer"),
                ],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("workstream", models.Value(0)),
                        name="one_behavior_for_each_workstream",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end_when_inactive", True),
                                ("inactive_after__isnull", False),
                                ("inactive_after__gte", datetime.timedelta(seconds=60)),
                                ("inactive_after__lte", datetime.timedelta(days=30)),
                            ),
                            models.Q(("end_when_inactive", False), ("inactive_after", None), ("warn_before", None)),
                            _connector="OR",
                        ),
                        name="inactive_after_iff_toggle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("warn_before", None), ("warn_before__lt", models.F("inactive_after")), _connector="OR"
                        ),
                        name="warn_before_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_when_inactive", True), ("wait_for_customer", False), _connector="OR"),
                        name="wait_needs_inactivity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("wait_for_customer", True),
                                ("wait_at_most__isnull", False),
                                ("wait_at_most__gte", datetime.timedelta(seconds=60)),
                                ("wait_at_most__lte", datetime.timedelta(days=1)),
                            ),
                            models.Q(("wait_at_most", None), ("wait_for_customer", False)),
                            _connector="OR",
                        ),
                        name="wait_at_most_iff_toggle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "access__in",
                                    [
                                        policies_app.kinds.AccessSetting["FULL_UNLIMITED"],
                                        policies_app.kinds.AccessSetting["FULL_RESTRICTED"],
                                        policies_app.kinds.AccessSetting["LIMITED"],
                                    ],
                                ),
                                ("access_on", True),
                            ),
                            models.Q(("access", ""), ("access_on", False)),
                            _connector="OR",
                        ),
                        name="access_iff_toggle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "access__in",
                                    (
                                        policies_app.kinds.AccessSetting["FULL_RESTRICTED"],
                                        policies_app.kinds.AccessSetting["LIMITED"],
                                    ),
                                ),
                                ("access_for__isnull", False),
                                ("access_for__gte", datetime.timedelta(seconds=60)),
                                ("access_for__lte", datetime.timedelta(days=3650)),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "access__in",
                                        (
                                            policies_app.kinds.AccessSetting["FULL_RESTRICTED"],
                                            policies_app.kinds.AccessSetting["LIMITED"],
                                        ),
                                    ),
                                    _negated=True,
                                ),
                                ("access_for", None),
                            ),
                            _connector="OR",
                        ),
                        name="access_for_iff_timed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "access__in",
                                (
                                    policies_app.kinds.AccessSetting["FULL_UNLIMITED"],
                                    policies_app.kinds.AccessSetting["FULL_RESTRICTED"],
                                ),
                            ),
                            models.Q(("attachments", False), ("chat", False)),
                            _connector="OR",
                        ),
                        name="attachments_and_chat_need_full",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("access", policies_app.kinds.AccessSetting["FULL_RESTRICTED"]),
                            ("then_limited", False),
                            _connector="OR",
                        ),
                        name="then_limited_needs_full_restricted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("then_limited", True),
                                ("then_limited_for__isnull", False),
                                ("then_limited_for__gte", datetime.timedelta(seconds=60)),
                                ("then_limited_for__lte", datetime.timedelta(days=3650)),
                            ),
                            models.Q(("then_limited", False), ("then_limited_for", None)),
                            _connector="OR",
                        ),
                        name="then_limited_for_iff_toggle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("redirect_customer_on", True), models.Q(("redirect_customer", ""), _negated=True)
                            ),
                            models.Q(("redirect_customer", ""), ("redirect_customer_on", False)),
                            _connector="OR",
                        ),
                        name="redirect_customer_iff_toggle",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatWidget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "key",
                    models.CharField(
                        default=policies_app.models.chat_widget.new_key,
                        editable=False,
                        max_length=40,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="New chats can be started. Those that there are go on.",
                        verbose_name="active",
                    ),
                ),
                (
                    "allowed_origins",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Where the widget may be shown, one a line, such as https://www.example.com. Nowhere else.",
                        verbose_name="Allowed origins",
                    ),
                ),
                ("title", models.CharField(default="Chat", max_length=60, verbose_name="Title")),
                ("launcher", models.CharField(default="Chat with us", max_length=40, verbose_name="Launcher")),
                (
                    "greeting",
                    models.TextField(
                        blank=True, default="Hello! How can we help?", max_length=1000, verbose_name="Greeting"
                    ),
                ),
                ("colour", models.CharField(default="#206bc4", max_length=7, verbose_name="Colour")),
                (
                    "corner",
                    models.CharField(
                        choices=[("right", "Bottom right"), ("left", "Bottom left")],
                        default=policies_app.kinds.Corner["RIGHT"],
                        max_length=10,
                        verbose_name="Corner",
                    ),
                ),
                ("sounds", models.BooleanField(default=True, verbose_name="Sounds")),
                (
                    "ask_name",
                    models.CharField(
                        choices=[("no", "Do not ask"), ("optional", "Ask"), ("required", "Ask, and require an answer")],
                        default=policies_app.kinds.Ask["OPTIONAL"],
                        max_length=10,
                        verbose_name="Name",
                    ),
                ),
                (
                    "ask_email",
                    models.CharField(
                        choices=[("no", "Do not ask"), ("optional", "Ask"), ("required", "Ask, and require an answer")],
                        default=policies_app.kinds.Ask["NO"],
                        max_length=10,
                        verbose_name="E-mail address",
                    ),
                ),
                (
                    "ask_question",
                    models.CharField(
                        choices=[("no", "Do not ask"), ("optional", "Ask"), ("required", "Ask, and require an answer")],
                        default=policies_app.kinds.Ask["OPTIONAL"],
                        max_length=10,
                        verbose_name="What it is about",
                    ),
                ),
                ("hours", models.JSONField(blank=True, default=dict, verbose_name="Business hours")),
                ("time_zone", models.CharField(default="UTC", max_length=64, verbose_name="Time zone")),
                (
                    "closed_text",
                    models.TextField(
                        blank=True,
                        default="We are closed at the moment.",
                        max_length=1000,
                        verbose_name="Outside business hours",
                    ),
                ),
                (
                    "nobody_text",
                    models.TextField(
                        blank=True,
                        default="Nobody is there at the moment. You can wait in the queue.",
                        max_length=1000,
                        verbose_name="Nobody there",
                    ),
                ),
                (
                    "sign_in",
                    models.CharField(
                        choices=[
                            ("none", "Nobody signs in"),
                            ("optional", "Customers may be signed in"),
                            ("required", "Only customers who are signed in"),
                        ],
                        default=policies_app.kinds.SignIn["NONE"],
                        max_length=10,
                        verbose_name="Sign-in",
                    ),
                ),
                ("audience", models.CharField(blank=True, default="", max_length=200, verbose_name="Audience")),
                ("reconnect_on", models.BooleanField(default=False, verbose_name="Turn on reconnect to previous chat")),
                (
                    "same_agent_for",
                    models.DurationField(
                        blank=True,
                        help_text="At most the reconnect time limit. Meanwhile the agent's capacity is held. Empty: it is not held.",
                        null=True,
                        verbose_name="Reconnect to previous agent for",
                    ),
                ),
                (
                    "portal_url",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The page with the widget. Reconnect links lead there.",
                        max_length=2000,
                        verbose_name="Portal URL",
                    ),
                ),
                (
                    "sends_link",
                    models.BooleanField(
                        default=False,
                        help_text="An automatic message when an agent answers.",
                        verbose_name="Send the reconnect link at the start",
                    ),
                ),
                (
                    "redirect_url",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Where customers are sent, once, who come back after the end. Empty: they are offered a new chat.",
                        max_length=2000,
                        verbose_name="Redirection URL",
                    ),
                ),
                (
                    "grace",
                    models.DurationField(
                        default=datetime.timedelta(seconds=20), verbose_name="Count as disconnected after"
                    ),
                ),
                (
                    "workstream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="widgets",
                        to="policies_app.workstream",
                        verbose_name="workstream",
                    ),
                ),
            ],
            options={
                "verbose_name": "chat widget",
                "verbose_name_plural": "chat widgets",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("same_agent_for", None),
                            models.Q(
                                ("reconnect_on", True),
                                ("same_agent_for__gte", datetime.timedelta(seconds=60)),
                                ("same_agent_for__lte", datetime.timedelta(days=30)),
                            ),
                            _connector="OR",
                        ),
                        name="same_agent_only_with_reconnect",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corner__in", [policies_app.kinds.Corner["RIGHT"], policies_app.kinds.Corner["LEFT"]])
                        ),
                        name="corner_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ask_email__in",
                                [
                                    policies_app.kinds.Ask["NO"],
                                    policies_app.kinds.Ask["OPTIONAL"],
                                    policies_app.kinds.Ask["REQUIRED"],
                                ],
                            ),
                            (
                                "ask_name__in",
                                [
                                    policies_app.kinds.Ask["NO"],
                                    policies_app.kinds.Ask["OPTIONAL"],
                                    policies_app.kinds.Ask["REQUIRED"],
                                ],
                            ),
                            (
                                "ask_question__in",
                                [
                                    policies_app.kinds.Ask["NO"],
                                    policies_app.kinds.Ask["OPTIONAL"],
                                    policies_app.kinds.Ask["REQUIRED"],
                                ],
                            ),
                        ),
                        name="asks_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sign_in", policies_app.kinds.SignIn["NONE"]),
                            models.Q(
                                (
                                    "sign_in__in",
                                    [
                                        policies_app.kinds.SignIn["NONE"],
                                        policies_app.kinds.SignIn["OPTIONAL"],
                                        policies_app.kinds.SignIn["REQUIRED"],
                                    ],
                                ),
                                models.Q(("audience", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sign_in_names_audience",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sends_link", False),
                            models.Q(("reconnect_on", True), models.Q(("portal_url", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="link_needs_reconnect_and_portal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grace__gte", datetime.timedelta(seconds=5)),
                            ("grace__lte", datetime.timedelta(seconds=300)),
                        ),
                        name="grace_in_bounds",
                    ),
                ],
            },
        ),
    ]
