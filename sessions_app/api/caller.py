"""Who calls the API, and how far they reach."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid4, uuid5

from django.db.models import Exists, OuterRef, QuerySet
from rest_framework.exceptions import NotFound, PermissionDenied

from policies_app.models import Workstream
from sessions_app import selectors, who_may
from sessions_app.actions import Author
from sessions_app.api.fields import LARGEST_ID
from sessions_app.api.models import ApiToken, Integration
from sessions_app.api.scopes import Scope
from sessions_app.kinds import Audience
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.settling import settled


@dataclass(frozen=True)
class Caller:
    """An integration at the one moment `now` that its request is decided at.

    `agent` is the one in whose name it acts, if it named one. `key` is what it wants done only once, and `asked` stands
    for what that is (`idempotency.digest`).
    """

    token: ApiToken
    now: datetime
    agent: Agent | None = None
    key: str = ""
    asked: str = ""

    @property
    def integration(self) -> Integration:
        return self.token.integration

    def has(self, scope: Scope) -> bool:
        return scope in self.integration.scopes

    @cached_property
    def once(self) -> UUID:
        """The key of the row or session that this request makes: the same for the same request with the same key. A key
        that is used again for something else, which it may be after a day, makes another one."""
        return uuid5(self.integration.public_id, f"{self.asked} {self.key}") if self.key else uuid4()

    @cached_property
    def workstreams(self) -> QuerySet[Workstream]:
        """Those that the integration reaches."""
        own = self.integration.workstreams.all()
        return own if own.exists() else Workstream.objects.all()

    @property
    def is_limited(self) -> bool:
        """Whether there are workstreams that it does not reach."""
        return self.integration.workstreams.exists()

    def sessions(self) -> QuerySet[LiveSession]:
        """The sessions that the integration reaches; in the name of an agent, of those what the agent may read."""
        found = selectors.rooms().select_related("agent__user")
        if self.is_limited:
            found = found.filter(workstream__in=self.workstreams)
        return found.filter(who_may.readable_by(self.agent)) if self.agent else found

    def session(self, public_id: UUID) -> LiveSession:
        """A session within reach, as it is now. Raises NotFound, whether there is none or it is out of reach."""
        found = self.sessions().filter(public_id=public_id).first()
        if found is None:
            raise NotFound("There is no session with this id within reach of this token.")
        return settled(found, self.now)

    def customers(self) -> QuerySet[Customer]:
        """The customers of the sessions that the integration reaches, or the agent in whose name it acts."""
        if not self.is_limited and self.agent is None:
            return Customer.objects.all()
        theirs = LiveSession.objects.filter(customer=OuterRef("pk"))
        if self.is_limited:
            theirs = theirs.filter(workstream__in=self.workstreams)
        return Customer.objects.filter(Exists(theirs.filter(who_may.readable_by(self.agent)) if self.agent else theirs))

    def customer(self, public_id: UUID) -> Customer:
        """A customer within reach. Raises NotFound, whether there is none or they are out of reach."""
        found = self.customers().filter(public_id=public_id).first()
        if found is None:
            raise NotFound("There is no customer with this id within reach of this token.")
        return found

    def workstream(self, pk: int) -> Workstream:
        """A workstream within reach. Raises NotFound, whether there is none or it is out of reach."""
        found = self.workstreams.filter(pk=pk).first() if pk <= LARGEST_ID else None
        if found is None:
            raise NotFound("There is no workstream with this id within reach of this token.")
        return found

    def author(self, session: LiveSession, act: who_may.Act = who_may.Act.WRITE) -> Author:
        """The agent named by the request, as who acts in this session. Raises PermissionDenied if they may not."""
        agent = self.agent_named()
        if act not in who_may.acts(session, agent):
            raise PermissionDenied(f"{agent.name} may not do this here: it is not their session.")
        return Author(Audience.AGENT, agent)

    def acts_in(self, session: LiveSession, act: who_may.Act = who_may.Act.WRITE) -> Agent:
        """The agent named by the request, who may do this here. Raises PermissionDenied as `author` does."""
        self.author(session, act)
        return self.agent_named()

    def agent_named(self) -> Agent:
        """The agent in whose name this is done. Raises PermissionDenied if none was named."""
        if self.agent is None:
            raise PermissionDenied("Name the agent in whose name this is done, in the header Parley-Agent.")
        return self.agent

    def agents(self) -> QuerySet[Agent]:
        """The active agents within reach: those of its workstreams."""
        found = Agent.objects.filter(user__is_active=True)
        return found.filter(workstreams__in=self.workstreams).distinct() if self.is_limited else found
