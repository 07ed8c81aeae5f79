"""End session behavior: reading, changing and trying it out, system-wide and for each workstream (rules.md 6)."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.forms import BaseForm
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from policies_app.actions import lock_behaviors, remove_override, save_end_session_behavior
from policies_app.admin.preview import Preview, preview_of_row
from policies_app.forms import EndSessionBehaviorForm
from policies_app.models import EndSessionBehavior, PolicyVersion, Workstream
from policies_app.selectors import end_policies_at, end_session_behavior, follows_system_wide
from sessions_app.api.behavior_shapes import (
    DURATIONS,
    BehaviorShape,
    PreviewShape,
    SettingsShape,
    VersionShape,
    as_posted,
    behavior_of,
    version_of,
    windows_of,
)
from sessions_app.api.etags import check_unchanged, etag
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView
from sessions_app.effects import effect


class BehaviorView(ApiView):
    """The system-wide behavior, or that of the workstream in the address."""

    serializer_class: type[BaseSerializer[Any]] | None = BehaviorShape

    def workstream(self) -> Workstream | None:
        """Which one the address names; None: it is about the system-wide behavior. Raises NotFound."""
        key = self.kwargs.get("workstream_id")
        return None if key is None else self.caller.workstream(key)

    def check_may_change(self, workstream: Workstream | None) -> None:
        """The system-wide behavior concerns every workstream. Raises PermissionDenied."""
        if workstream is None and self.caller.is_limited:
            raise PermissionDenied(
                "This token is limited to workstreams; the system-wide behavior concerns others too."
            )

    def answer(self, workstream: Workstream | None) -> Response:
        """What applies there now, with its ETag."""
        row = applying(workstream)
        return Response(self.shown(behavior_of(row, workstream)), headers={"ETag": etag(row.version_id)})


class Behavior(BehaviorView):
    scopes = {"GET": Scope.SETTINGS_READ, "PUT": Scope.SETTINGS_WRITE}
    checks_version = frozenset({"PUT"})

    @extend_schema(operation_id="end_session_behavior_read")
    def get(self, request: Request, **_which: Any) -> Response:
        """The system-wide end session behavior."""
        return self.answer(self.workstream())

    @extend_schema(operation_id="end_session_behavior_change", request=SettingsShape)
    def put(self, request: Request, **_which: Any) -> Response:
        """Put a whole end session behavior in force system-wide. Open sessions follow at once, but none ends sooner
        than five minutes after this; ended sessions keep theirs."""
        workstream, given = self.workstream(), self.given_as(SettingsShape)
        self.check_may_change(workstream)
        end_session_behavior()
        with transaction.atomic():
            lock_behaviors()
            row = applying(workstream)
            check_unchanged(request, row.version_id)
            draft = judged(given, row if row.workstream_id == (workstream.pk if workstream else None) else None)
            draft.workstream = workstream
            through = self.caller.integration.name
            save_end_session_behavior(draft, by=None, through=through, now=self.caller.now)
        return self.answer(workstream)


class WorkstreamBehavior(Behavior):
    scopes = {"GET": Scope.SETTINGS_READ, "PUT": Scope.SETTINGS_WRITE, "DELETE": Scope.SETTINGS_WRITE}
    checks_version = frozenset({"PUT", "DELETE"})

    @extend_schema(operation_id="workstreams_end_session_behavior_read")
    def get(self, request: Request, **_which: Any) -> Response:
        """The end session behavior that applies in a workstream: its own, or the system-wide one if it has none."""
        return super().get(request)

    @extend_schema(operation_id="workstreams_end_session_behavior_change", request=SettingsShape)
    def put(self, request: Request, **_which: Any) -> Response:
        """Give a workstream an end session behavior of its own, or change that. Open sessions follow at once, but none
        ends sooner than five minutes after this; ended sessions keep theirs."""
        return super().put(request)

    @extend_schema(operation_id="workstreams_end_session_behavior_remove", responses={204: None})
    def delete(self, request: Request, **_which: Any) -> Response:
        """Remove a workstream's own behavior, so that the system-wide one holds there again."""
        workstream = self.workstream()
        assert workstream, "the address names one"
        with transaction.atomic():
            lock_behaviors()
            row = applying(workstream)
            if row.workstream_id is None:
                raise NotFound("This workstream has no end session behavior of its own.")
            check_unchanged(request, row.version_id)
            remove_override(workstream, by=None, through=self.caller.integration.name, now=self.caller.now)
        return Response(status=204)


class BehaviorPreview(BehaviorView):
    scopes = {"POST": Scope.SETTINGS_READ}
    serializer_class = PreviewShape

    @extend_schema(operation_id="end_session_behavior_preview", request=SettingsShape, responses=PreviewShape)
    def post(self, request: Request, **_which: Any) -> Response:
        """What settings would do system-wide if they were saved now: in words, as windows of access, and to how many
        open sessions. Nothing is saved."""
        workstream, given = self.workstream(), self.given_as(SettingsShape)
        self.check_may_change(workstream)
        row = EndSessionBehavior.objects.filter(workstream=workstream).first() if workstream else end_session_behavior()
        draft = judged(given, row)
        return Response(self.shown(self._previewed(draft, workstream)))

    def _previewed(self, draft: EndSessionBehavior, workstream: Workstream | None) -> dict[str, Any]:
        now, policy = self.caller.now, draft.draft()
        concerned = [workstream] if workstream else list(follows_system_wide())
        said: Preview = preview_of_row(draft, workstream, now)
        return {
            **{name: getattr(said, name) for name in ("where", "agent", "customer", "redirect", "effects")},
            "windows": windows_of(policy),
            "open_sessions": effect(policy, end_policies_at(now, [one.pk for one in concerned]), now),
            "differences": [
                {"field": in_api(one.name), "title": one.label, "inherited": one.inherited}
                for one in said.differences or ()
            ],
        }


class WorkstreamBehaviorPreview(BehaviorPreview):
    @extend_schema(
        operation_id="workstreams_end_session_behavior_preview", request=SettingsShape, responses=PreviewShape
    )
    def post(self, request: Request, **_which: Any) -> Response:
        """What settings would do in a workstream if they were saved now as its own: in words, as windows of access, and
        to how many open sessions. Nothing is saved."""
        return super().post(request)


class BehaviorVersions(BehaviorView):
    scopes = {"GET": Scope.SETTINGS_READ}
    serializer_class = VersionShape

    @extend_schema(operation_id="end_session_behavior_versions", responses=VersionShape(many=True))
    def get(self, request: Request, **_which: Any) -> Response:
        """Every version of the system-wide end session behavior, the newest first."""
        versions = PolicyVersion.objects.filter(workstream=self.workstream()).select_related("saved_by")
        page = [version_of(one) for one in self.paginate_queryset(versions) or ()]
        return self.get_paginated_response(self.shown(page, many=True))


class WorkstreamBehaviorVersions(BehaviorVersions):
    @extend_schema(operation_id="workstreams_end_session_behavior_versions", responses=VersionShape(many=True))
    def get(self, request: Request, **_which: Any) -> Response:
        """Every version of a workstream's own end session behavior, the newest first."""
        return super().get(request)


def applying(workstream: Workstream | None) -> EndSessionBehavior:
    """The row that applies in a workstream, with its version: its own, or the system-wide one."""
    rows = EndSessionBehavior.objects.select_related("version__saved_by")
    own = rows.filter(workstream=workstream).first() if workstream else None
    return own or rows.get(pk=end_session_behavior().pk)


def judged(given: dict[str, Any], row: EndSessionBehavior | None) -> EndSessionBehavior:
    """The settings as the form of Django admin takes them. Raises ValidationError with the API's names of fields."""
    form = EndSessionBehaviorForm(as_posted(given), instance=row)
    if not form.is_valid():
        raise ValidationError(problems_of(form))
    draft: EndSessionBehavior = form.instance
    return draft


def problems_of(form: BaseForm) -> dict[str, list[str]]:
    """What a form says, by the names that the API has for its fields."""
    return {in_api(name): [str(one) for one in said] for name, said in form.errors.items()}


def in_api(name: str) -> str:
    """What the API calls a field of the form."""
    if name == NON_FIELD_ERRORS:
        return "body"
    return f"{name}_seconds" if name in (*DURATIONS, "grace", "same_agent_for") else name
