"""Harbour Lamps, the demo's shop with the chat widget: its customers, the agents who answer them, and passing time.

The shop is at 127.0.0.1 and Parley at localhost: two sites, so the widget's frame is a third party to the browser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser import SOON
from tests.journeys.customers import said
from tests.journeys.people import AgentAtWork, hears, part, say
from tests.stack import Stack

GRACE = 5
"""Seconds: the shortest that a widget can have. Who is gone for longer is disconnected."""

GONE_BY = (GRACE + 15) * 1_000
"""Milliseconds until it is seen that somebody is disconnected, on a busy machine."""

_OPENS = """
from datetime import timedelta
from django.contrib.auth.models import Group, User
from django.core import serializers
from policies_app.models import ChatWidget
from sessions_app.management.commands.demo import PASSWORD
from sessions_app.roles import AGENT, give_role
within = Workstream.objects.create(name="Lamps {mark}", auto_close_after=timedelta(minutes=10))
quick = Workstream.objects.create(name="Quick {mark}", auto_close_after=timedelta(minutes=1))
for name in ("Ada Moor", "Bo Lind"):
    user = User.objects.create_user(name.split()[0].lower() + "-{mark}", password=PASSWORD)
    user.groups.add(Group.objects.get(name="Agent"))
    give_role(user, AGENT)
    agent = Agent.objects.create(user=user, name=name, capacity=50)
    agent.workstreams.set([within, quick] if name == "Ada Moor" else [])
widgets = ChatWidget.objects.filter(key__startswith="demo-")
print(serializers.serialize("json", widgets))
for widget in widgets:
    widget.workstream = quick if widget.key == "demo-one-minute" else within
    widget.grace = timedelta(seconds={grace})
    for name in ("portal_url", "redirect_url"):
        setattr(widget, name, getattr(widget, name).replace("//localhost:", "//127.0.0.1:"))
    widget.save()
"""

_CLOSES = """
from django.core import serializers
for widget in serializers.deserialize("json", {before!r}):
    widget.save()
"""
"""With what `_OPENS` said of the widgets as they were."""

_LATER = """
from datetime import timedelta
from django.db.models import DateTimeField, F
names = [one.name for one in LiveSession._meta.fields if isinstance(one, DateTimeField)]
session = LiveSession.objects.filter(customer__name="{name}").latest("pk")
LiveSession.objects.filter(pk=session.pk).update(**{{one: F(one) - timedelta(seconds={seconds}) for one in names}})
"""

_STATES = """
for session in LiveSession.objects.filter(customer__name="{name}", workstream__name__endswith="{mark}").order_by("pk"):
    print(session.state, session.end_reason or "-", session.agent.name if session.agent else "-", sep="/")
"""


_EVENTS = """
kinds = ["disconnected", "reconnected", "closed", "hold_over", "returned", "device_switched", "ended"]
session = LiveSession.objects.filter(customer__name="{name}").latest("pk")
for kind in session.timeline.filter(kind__in=kinds).order_by("number").values_list("kind", flat=True):
    print(kind)
"""


_ANEW = """
from datetime import timedelta
from policies_app.kinds import EndReason
from policies_app.models import ChatWidget
from sessions_app.kinds import Actor
from sessions_app.transitions import end
for session in LiveSession.objects.exclude(state="ended").filter(widget__key__startswith="demo-"):
    end(session.pk, EndReason.ENDED_BY_ADMIN, actor=Actor.ADMIN, now=timezone.now())
Agent.objects.filter(user__username__endswith="{mark}").update(capacity=50)
ChatWidget.objects.filter(key__startswith="demo-").update(grace=timedelta(seconds={grace}))
"""

_FORGET = """
from sessions_app.push.broker import broker
broker().ask(lambda redis: [redis.delete(key) for key in redis.scan_iter("LIMITS*")], None)
"""


@dataclass(frozen=True)
class Lamps:
    """The shop, whose widgets belong to a workstream that only this test's agents work in."""

    stack: Stack
    mark: str

    @property
    def url(self) -> str:
        return self.stack.portal_url.replace("//localhost:", "//127.0.0.1:")

    def username(self, first_name: str) -> str:
        """Of Ada, who is in the workstream, or Bo, who is not before `bo_helps`."""
        return f"{first_name.lower()}-{self.mark}"

    def set(self, key: str, **settings: str) -> None:
        """Change settings of a widget; values are Python."""
        changes = ", ".join(f"{name}={value}" for name, value in settings.items())
        self.do(f'''
from datetime import timedelta
from policies_app.models import ChatWidget
ChatWidget.objects.filter(key="{key}").update({changes})
''')

    def bo_helps(self, helps: bool = True) -> None:
        code = 'bo, within = Agent.objects.get(user__username="bo-{0}"), Workstream.objects.get(name="Lamps {0}")'
        self.do(f"{code.format(self.mark)}\nbo.workstreams.{'add' if helps else 'remove'}(within)")

    def set_seats(self, first_name: str, seats: int) -> None:
        """How many sessions an agent can hold."""
        self.do(f'Agent.objects.filter(user__username="{self.username(first_name)}").update(capacity={seats})')

    def reconnect_link(self, name: str) -> str:
        """A link back into the newest session of this customer."""
        return self.do(f"""
from sessions_app.widget.links import reconnect_address
session = LiveSession.objects.filter(customer__name="{name}").latest("pk")
print(reconnect_address(session, by=session.agent, now=now))
""")[-1]

    def seats_of(self, first_name: str) -> int:
        """How many seats of an agent are taken."""
        return int(
            self.do(f"""
from sessions_app import seats
agent = Agent.objects.get(user__username="{self.username(first_name)}")
print(seats.used_by([agent.pk], now)[agent.pk])
""")[-1]
        )

    def later(self, name: str, minutes: float) -> None:
        """Time passes for the newest session of this customer: everything that is stored of it was so much sooner."""
        self.do(_LATER.format(name=name, seconds=round(minutes * 60)))

    def state(self, name: str) -> str:
        """`state/reason of the end/agent` of the newest session of this customer."""
        return self.states(name)[-1]

    def states(self, name: str) -> list[str]:
        """`state` of all sessions of this customer, oldest first."""
        return self.do(_STATES.format(name=name, mark=self.mark))

    def events(self, name: str) -> list[str]:
        """What became of the connection of this customer, and of their session, oldest first."""
        return self.do(_EVENTS.format(name=name))

    def begin_anew(self) -> None:
        """What an earlier test left over is out of the way: agents have nothing but free seats."""
        self.do(_ANEW.format(mark=self.mark, grace=GRACE))

    def forget_floods(self) -> None:
        """What was tried too often a moment ago counts no more."""
        self.do(_FORGET)

    def do(self, code: str) -> list[str]:
        return said(self.stack, code)


@contextmanager
def opened(stack: Stack) -> Iterator[Lamps]:
    lamps = Lamps(stack, uuid4().hex[:6])
    before = lamps.do(_OPENS.format(mark=lamps.mark, grace=GRACE))[-1]
    yield lamps
    lamps.do(_CLOSES.format(before=before))


@dataclass(frozen=True)
class Shopper:
    """A customer on a page of the shop."""

    page: Page
    lamps: Lamps

    @property
    def frame(self) -> FrameLocator:
        """What is in the widget."""
        return self.page.frame_locator("parley-chat iframe")

    @property
    def launcher(self) -> Locator:
        """On a phone it is hidden while the chat is open."""
        return self.page.locator("parley-chat .launcher")

    @property
    def rows(self) -> Locator:
        return self.frame.locator("[data-part=rows]")

    def visit(self, path: str = "/") -> None:
        self.page.goto(f"{self.lamps.url}{path}")
        expect(self.launcher).to_be_attached(timeout=SOON)

    def sign_in(self, name: str) -> None:
        """At the shop, which tells the widget."""
        with self.page.expect_response("**/me.json"):
            self.page.get_by_role("button", name=f"Sign in as {name}").click()
        expect(self.page.get_by_text(f"Signed in as {name}")).to_be_visible()

    def open(self) -> None:
        if self.launcher.get_attribute("aria-expanded") != "true":
            self.launcher.click()

    def start(self, name: str = "", question: str = "") -> None:
        """Answer what is asked before the chat, and begin it."""
        self.open()
        if name:
            self.frame.get_by_label("Name").fill(name)
        self.frame.get_by_label("What is it about?").fill(question)
        self.frame.get_by_role("button", name="Start the chat").click()
        self.is_in_room()

    def is_in_room(self) -> None:
        expect(self.frame.locator("[data-room][data-ready]")).to_be_visible(timeout=SOON)

    def says(self, text: str) -> None:
        say(self.frame, text)

    def hears(self, text: str) -> None:
        hears(self.frame, text)

    def writes(self, text: str) -> None:
        """And does not send it."""
        part(self.frame, "text").press_sequentially(text)

    def wrote(self, text: str) -> None:
        """What was half typed is there."""
        expect(part(self.frame, "text")).to_have_value(text, timeout=SOON)

    def is_offered_new_chat(self) -> None:
        expect(self.frame.get_by_role("button", name="Start the chat")).to_be_visible(timeout=SOON)

    def leaves(self) -> None:
        """Go to the page of the shop that has no chat."""
        self.page.goto(f"{self.lamps.url}/away/")


def chatting(page: Page, ada: AgentAtWork, lamps: Lamps, name: str, path: str = "/") -> Shopper:
    """A customer with whom Ada has begun to talk."""
    shopper = Shopper(page, lamps)
    shopper.visit(path)
    shopper.start(name, f"This is {name}.")
    ada.answer(name)
    say(ada.page, "Hello!")
    shopper.hears("Hello!")
    return shopper


def is_gone(ada: AgentAtWork, stage: str = "held") -> None:
    """Ada sees that her customer is disconnected, and what becomes of her seat."""
    expect(part(ada.page, "away")).to_have_attribute("data-stage", stage, timeout=GONE_BY)


def is_back(ada: AgentAtWork) -> None:
    expect(part(ada.page, "away")).to_have_count(0, timeout=SOON)
    expect(part(ada.page, "rows")).to_contain_text("Customer is back", timeout=SOON)
