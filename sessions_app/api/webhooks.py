"""Webhooks: making and changing them, stopping and sending again, and the log of what was sent."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from policies_app.models import Workstream
from sessions_app.api.etags import check_unchanged, etag
from sessions_app.api.fields import LARGEST_ID
from sessions_app.api.problems import Conflict
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView, with_its_answer
from sessions_app.api.webhook_shapes import (
    DeliveryShape,
    NewWebhookShape,
    ReplayShape,
    ResumeShape,
    RotateShape,
    SecretShape,
    WebhookSettingsShape,
    WebhookShape,
    WhichDeliveries,
    WholeWebhookShape,
    version_of,
)
from sessions_app.webhooks import actions
from sessions_app.webhooks.models import WebhookAttempt, WebhookEndpoint
from sessions_app.webhooks.selectors import health


class NameTaken(Conflict):
    default_detail = "Somebody has given another webhook this name just now."


class WebhookView(ApiView):
    """Webhooks within reach: those that hear of no workstream beyond it."""

    serializer_class: type[BaseSerializer[Any]] | None = WholeWebhookShape

    def found(self) -> QuerySet[WebhookEndpoint]:
        every = WebhookEndpoint.objects.prefetch_related("workstreams")
        if not self.caller.is_limited:
            return every
        beyond = Workstream.objects.exclude(pk__in=self.caller.workstreams)
        return every.exclude(workstreams=None).exclude(workstreams__in=beyond)

    def one(self, webhook_id: int) -> WebhookEndpoint:
        """The webhook. Raises NotFound, whether there is none or it is out of reach."""
        endpoint = self.found().filter(pk=webhook_id).first() if webhook_id <= LARGEST_ID else None
        if endpoint is None:
            raise NotFound("There is no webhook with this id within reach of this token.")
        return endpoint

    def asked_for(self, given: dict[str, Any]) -> actions.Settings:
        """What was sent, with workstreams within reach. Raises ValidationError."""
        asked = set(given["workstreams"])
        within = tuple(self.caller.workstreams.filter(pk__in=asked))
        if len(within) < len(asked):
            raise ValidationError({"workstreams": ["Name workstreams within reach of this token, by their ids."]})
        if self.caller.is_limited and not within:
            raise ValidationError({"workstreams": ["This token is limited to workstreams: name at least one."]})
        return actions.Settings(**given | {"workstreams": within, "kinds": tuple(given["kinds"])})

    def told(self, endpoint: WebhookEndpoint, **more: Any) -> WebhookEndpoint:
        """The webhook with how it stands, and whatever else is shown of it. Raises NotFound if it is gone meanwhile."""
        fresh = self.one(endpoint.pk)
        vars(fresh).update(health=health(fresh), **more)
        return fresh

    def answer(self, endpoint: WebhookEndpoint) -> Response:
        told = self.told(endpoint)
        return Response(self.shown(told), headers={"ETag": etag(version_of(told))})


class Webhooks(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_READ, "POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(operation_id="webhooks_list", responses=WebhookShape(many=True))
    def get(self, request: Request) -> Response:
        """The webhooks within reach of the token, the newest first."""
        page = self.paginate_queryset(self.found()) or []
        return self.get_paginated_response(WebhookShape(page, many=True).data)

    @extend_schema(operation_id="webhooks_create", request=WebhookSettingsShape, responses={201: NewWebhookShape})
    @with_its_answer
    def post(self, request: Request) -> Response:
        """Make a webhook, which hears of rows from now on. The answer has its secret, which is not shown again."""
        asked = self.asked_for(self.given_as(WebhookSettingsShape))
        try:
            endpoint, secret = actions.create(asked, now=self.caller.now)
        except IntegrityError as error:
            raise NameTaken from error
        return Response(NewWebhookShape(self.told(endpoint, secret=secret)).data, 201)


class OneWebhook(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_READ, "PATCH": Scope.WEBHOOKS_WRITE, "DELETE": Scope.WEBHOOKS_WRITE}
    checks_version = frozenset({"PATCH"})

    @extend_schema(operation_id="webhooks_read")
    def get(self, request: Request, webhook_id: int) -> Response:
        """A webhook and how it stands."""
        return self.answer(self.one(webhook_id))

    @extend_schema(operation_id="webhooks_change", request=WebhookSettingsShape(partial=True))
    def patch(self, request: Request, webhook_id: int) -> Response:
        """Change some settings of a webhook; the others stay. Another address is asked at once, however the old one
        answered."""
        shape = WebhookSettingsShape(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        try:
            return self.answer(self._changed(request, webhook_id, dict(shape.validated_data)))
        except IntegrityError as error:
            raise NameTaken from error

    @transaction.atomic
    def _changed(self, request: Request, webhook_id: int, given: dict[str, Any]) -> WebhookEndpoint:
        WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=self.one(webhook_id).pk).first()
        endpoint = self.one(webhook_id)
        check_unchanged(request, version_of(endpoint))
        actions.change(endpoint, self.asked_for(_as_it_is(endpoint) | given))
        return endpoint

    @extend_schema(operation_id="webhooks_delete", responses={204: None})
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Remove a webhook with its secrets, its log and all that waits for it."""
        actions.delete(self.one(webhook_id))
        return Response(status=204)


class Act(WebhookView):
    """Something that is done with a webhook."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}


class Pause(Act):
    @extend_schema(operation_id="webhooks_pause", request=None)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send nothing until it is resumed. What happens meanwhile is kept for it."""
        endpoint = self.one(webhook_id)
        actions.pause(endpoint, self.caller.now)
        return self.answer(endpoint)


class Resume(Act):
    @extend_schema(operation_id="webhooks_resume", request=ResumeShape)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send again, what happened meanwhile first. Sessions that were parked go on as well."""
        endpoint, given = self.one(webhook_id), self.given_as(ResumeShape)
        actions.resume(endpoint, now=self.caller.now, leave_out=given["leave_out"])
        return self.answer(endpoint)


class Replay(Act):
    @extend_schema(operation_id="webhooks_replay", request=ReplayShape)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send rows again, with the ids that they had: those of a session, or everything since a moment, which takes a
        while and, ordered again meanwhile, begins again."""
        endpoint, given = self.one(webhook_id), self.given_as(ReplayShape)
        if "since" in given:
            actions.replay_since(endpoint, given["since"])
        else:
            session, first = self.caller.session(given["session"]), given["from_number"]
            actions.replay(endpoint, session, now=self.caller.now, from_number=first)
        return self.answer(endpoint)


class FireTest(Act):
    serializer_class = DeliveryShape

    @extend_schema(operation_id="webhooks_test", request=None)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send a webhook of the type `parley.test` now, and tell what became of it. Takes up to a quarter of a
        minute."""
        return Response(self.shown(actions.fire_test(self.one(webhook_id), now=self.caller.now)))


class RotateSecret(Act):
    serializer_class = SecretShape

    @extend_schema(operation_id="webhooks_rotate_secret", request=RotateShape)
    @with_its_answer
    def post(self, request: Request, webhook_id: int) -> Response:
        """Make the next secret, which is shown in this answer only. For a while webhooks are signed with both."""
        endpoint, given = self.one(webhook_id), self.given_as(RotateShape)
        secret = actions.rotate(endpoint, overlap=given["overlap_seconds"], now=self.caller.now)
        return Response(self.shown({"secret": secret}))


class Deliveries(WebhookView):
    scopes = {"GET": Scope.WEBHOOKS_READ}
    serializer_class = DeliveryShape

    @extend_schema(operation_id="webhooks_deliveries", parameters=[WhichDeliveries], responses=DeliveryShape(many=True))
    def get(self, request: Request, webhook_id: int) -> Response:
        """What was sent, and what became of it, the newest first."""
        asked = self.asked(WhichDeliveries)
        log = WebhookAttempt.objects.filter(endpoint=self.one(webhook_id)).select_related("session")
        if asked["failed"]:
            log = log.exclude(status__gte=200, status__lt=300)
        if session := asked.get("session"):
            log = log.filter(session__public_id=session)
        return self.page_of(log)


def _as_it_is(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "workstreams": [one.pk for one in endpoint.workstreams.all()],
        "kinds": endpoint.kinds,
        "with_notes": endpoint.with_notes,
    }
