"""Customers: finding them, and what they have a right to: getting everything that is known, and being forgotten."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import customers, erasing, phones
from sessions_app.api.customer_shapes import (
    CustomerShape,
    ErasedShape,
    ExportShape,
    HowMuch,
    WhichCustomers,
    WholeCustomerShape,
)
from sessions_app.api.problems import Conflict
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView
from sessions_app.exporting import export
from sessions_app.kinds import Actor
from sessions_app.models import Customer, LiveSession


class Customers(ApiView):
    scopes = {"GET": Scope.CUSTOMERS_READ}
    serializer_class = CustomerShape

    @extend_schema(
        operation_id="customers_list",
        parameters=[WhichCustomers],
        responses=CustomerShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """The customers of sessions within reach, newest first."""
        return self.page_of(_narrowed(self.caller.customers(), self.asked(WhichCustomers)))


class OneCustomer(ApiView):
    scopes = {"GET": Scope.CUSTOMERS_READ}
    serializer_class = WholeCustomerShape

    @extend_schema(operation_id="customers_read")
    def get(self, request: Request, customer_id: UUID) -> Response:
        """A customer, and under which other ids within reach the same person is known."""
        customer, *others = _person(self, customer_id)
        customer.same_person = [one.public_id for one in others]  # type: ignore[attr-defined] # for the shape
        return Response(self.shown(customer))


class CustomerExport(ApiView):
    scopes = {"GET": Scope.CUSTOMERS_READ}
    serializer_class = ExportShape

    @extend_schema(operation_id="customers_export", parameters=[HowMuch])
    def get(self, request: Request, customer_id: UUID) -> Response:
        """Everything that is known of a customer: details, sessions with their timelines, files, documents with what
        was entered, drafts, links and devices. The content of files is downloaded from the sessions."""
        found = _person(self, customer_id, whole=self.asked(HowMuch)["same_person"])
        sessions = self.caller.sessions().filter(customer__in=found)
        return Response(self.shown(export(found, sessions, self.caller.now)))


class CustomerErasure(ApiView):
    scopes = {"POST": Scope.CUSTOMERS_ERASE}
    serializer_class = ErasedShape

    @extend_schema(operation_id="customers_erase", request=HowMuch)
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Erase who they are, everything that was said and written, and every file, for good. Open sessions end first.
        It stays that there were sessions, when, with which agents and how they ended; each timeline says who erased
        its customer, and can still be verified. Erasing somebody again changes nothing.

        A token that is limited to workstreams erases only who has no session elsewhere."""
        found = _person(self, customer_id, whole=self.given_as(HowMuch)["same_person"])
        _check_reach(self, found)
        by = erasing.By(Actor.API, self.caller.integration.name)
        number = erasing.erase(found, by=by, now=self.caller.now)
        return Response(self.shown({"customers": [one.public_id for one in found], "sessions": number}))


def _person(view: ApiView, customer_id: UUID, *, whole: bool = True) -> list[Customer]:
    """The customer, and within reach whoever else is the same person. Raises NotFound."""
    customer = view.caller.customer(customer_id)
    if not whole:
        return [customer]
    others = [one.pk for one in customers.same_person(customer)[1:]]
    return [customer, *view.caller.customers().filter(pk__in=others).order_by("-pk")]


def _check_reach(view: ApiView, found: list[Customer]) -> None:
    theirs = LiveSession.objects.filter(customer__in=found)
    if view.caller.is_limited and theirs.exclude(workstream__in=view.caller.workstreams).exists():
        raise Conflict("This token does not reach all sessions of this customer, so it cannot erase them.")


def _narrowed(found: QuerySet[Customer], asked: dict[str, object]) -> QuerySet[Customer]:
    if email := asked.get("email"):
        found = found.exclude(email="").alias(lower=Lower("email")).filter(lower=str(email).lower())
    if phone := asked.get("phone"):
        found = found.exclude(phone="").filter(phone=_number(str(phone)))
    if name := asked.get("name"):
        found = found.filter(name__icontains=str(name))
    if "erased" in asked:
        found = found.filter(erased_at__isnull=not asked["erased"])
    return found


def _number(typed: str) -> str:
    """As numbers are stored. Raises ValidationError, by the name of the field, for what is none."""
    try:
        return phones.normalised(typed)
    except ValidationError as problem:
        raise ValidationError({"phone": problem.messages}) from problem
