"""What every operation of the API has in common. Each view is thin: it reads, calls an action, and shows the result."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from sessions_app.api import idempotency, throttles
from sessions_app.api.authentication import REFUSED, BearerToken, HasScope, agent_named
from sessions_app.api.caller import Caller
from sessions_app.api.fields import Body
from sessions_app.api.models import KeptAnswer
from sessions_app.api.paging import Pages
from sessions_app.api.scopes import Scope
from sessions_app.api.throttles import PerIntegration


class ApiView(GenericAPIView):
    """An operation. `scopes` names for each method what a token needs; a method without a scope is not offered."""

    authentication_classes = (BearerToken,)
    permission_classes = (HasScope,)
    throttle_classes = (PerIntegration,)
    pagination_class: type[Pages] | None = Pages
    serializer_class: type[BaseSerializer[Any]] | None = None
    scopes: ClassVar[Mapping[str, Scope]] = {}
    names_agent: ClassVar[frozenset[str]] = frozenset()
    """The methods that act in the name of an agent, who is named in the header Parley-Agent."""

    _kept: KeptAnswer | None = None

    @property
    def caller(self) -> Caller:
        caller = self.request.auth
        assert isinstance(caller, Caller), "nobody comes here without a token"
        return caller

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and self.caller.key:
            self._kept = idempotency.begin(request, self.caller)
            request.auth = replace(self.caller, asked=self._kept.asked)

    def perform_authentication(self, request: Request) -> None:
        """Once it is known whose request it is, it counts, whatever becomes of it."""
        super().perform_authentication(request)
        super().check_throttles(request)
        if isinstance(request.auth, Caller):
            request.auth = replace(request.auth, agent=agent_named(request, request.auth.token))

    def check_throttles(self, request: Request) -> None:
        """It was counted already."""

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> None:  # type: ignore[override] # the stubs say it never returns
        if request.auth is None:
            raise NotAuthenticated(REFUSED)
        super().permission_denied(request, message, code)

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override] # a kept answer is bytes
        if isinstance(exc, idempotency.Replay):
            return exc.response
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(response)
        if isinstance(caller := getattr(request, "auth", None), Caller):
            for name, value in throttles.headers(caller).items():
                response[name] = value
        if self._kept is not None and isinstance(response, Response):
            kept = self._kept
            response.add_post_render_callback(lambda rendered: idempotency.finish(kept, rendered))
        return response

    def shown(self, instance: Any, **more: Any) -> Any:
        """Something as the view's serializer shows it."""
        return self.get_serializer(instance, **more).data

    def given_as(self, shape: type[Body]) -> dict[str, Any]:
        """What the request's body says, judged by a serializer. Raises ValidationError."""
        serializer = shape(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def asked(self, shape: type[Serializer]) -> dict[str, Any]:
        """What the address asks for (`?name=value`), judged by a serializer. Raises ValidationError."""
        serializer = shape(data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def page_of(self, queryset: Any) -> Response:
        """One page of a list."""
        page = self.paginate_queryset(queryset)
        return self.get_paginated_response(self.shown(page, many=True))


def with_its_answer(post: Callable[..., Response]) -> Callable[..., Response]:
    """Lets a POST do what it does, and keep its answer under its idempotency key, in one transaction: for what has no
    key of its own (`Caller.once`). A process that dies on the way has then done nothing."""

    @wraps(post)
    def done(view: ApiView, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            response = post(view, request, *args, **kwargs)
            view.finalize_response(request, response).render()
        view._kept = None
        return response

    return done


class Nothing(APIView):
    """Whatever is not there, said as the API says everything."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.headers: dict[str, str] = {}
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request)
        self.request.accepted_renderer, self.request.accepted_media_type = self.perform_content_negotiation(
            self.request, force=True
        )
        response = self.handle_exception(NotFound("There is nothing at this address. See /api/v1/docs/."))
        self.response = self.finalize_response(self.request, response)
        return self.response
