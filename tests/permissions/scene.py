"""Everything that the visitors of the matrix can try to reach, made once: sessions in every state, and all settings.

All was done at the moment MADE, and visitors come at NOW, when nothing is due. Anna holds the sessions, in General;
each has the same things in it: what both sides wrote, a note, a file with its picture, documents in every state, a
link. What must not be told to strangers has SECRET in it, what only agents see has NOTE.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from auditlog.models import LogEntry
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client

from policies_app.kinds import AccessSetting, Assignment, EndReason
from policies_app.models import ChatWidget, EndSessionBehavior, Notices, SystemSettings, Workstream
from policies_app.selectors import end_session_behavior
from sessions_app import assigning, links
from sessions_app.actions import add_note, attach, send_message
from sessions_app.api.models import Integration
from sessions_app.api.tokens import mint
from sessions_app.documents import actions as documents
from sessions_app.documents.kinds import DocumentState
from sessions_app.encrypted import encrypted
from sessions_app.kinds import Actor, LinkOutcome
from sessions_app.models import Agent, Attachment, Customer, Document, LinkEvent, LiveSession, QuickReply, Rollout
from sessions_app.reconnecting import connection_lost
from sessions_app.roles import AGENT
from sessions_app.signing_in.kinds import Happening
from sessions_app.signing_in.models import AuthenticatorApp, Passkey, SignInEvent
from sessions_app.transitions import end
from sessions_app.webhooks.actions import start as start_webhook
from sessions_app.webhooks.models import WebhookEndpoint
from tests import cast
from tests.documents.papers import new_version
from tests.moments import DAY, HOUR, MINUTE, STARTED
from tests.sessions.test_uploads import PNG
from tests.signing_in.security_key import SecurityKey
from tests.widget.framing import PORTAL, TOKEN, let_in

MADE = STARTED + HOUR
NOW = MADE + 2 * MINUTE
SIGNED_IN = NOW - MINUTE
"""When visitors came: so lately that no browser need be noted as seen again."""

NEW_APP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of an app that somebody with a password is about to set up, or has."""

SECRET, NOTE = "zanzibar-secret", "zanzibar-note"
STORED = "templates/matrix"

LEVELS: dict[str, dict[str, Any]] = {
    "full": {"access": AccessSetting.FULL_RESTRICTED, "access_for": 30 * DAY, "attachments": True, "chat": True},
    "limited": {"access": AccessSetting.LIMITED, "access_for": 30 * DAY},
    "none": {},
}
"""End session behaviors that leave a customer at this level."""


@dataclass
class Room:
    """A session, and the keys by which addresses name what is in it."""

    session: LiveSession
    link: str = ""
    browser: Client | None = None
    """Of the customer, who came in by the link."""

    values: dict[str, object] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)


@dataclass
class Scene:
    """`rooms` are by what the session is: open, full, limited, none, waiting, chat, away, offered, others."""

    agents: dict[str, Agent]
    users: dict[str, User]
    rooms: dict[str, Room]
    widget: ChatWidget
    reply: QuickReply
    loans: Workstream
    webhook: WebhookEndpoint
    customer: Customer
    """Of whom there is a session with nothing in it."""

    objects: dict[str, Model]
    """One of every model that has pages in the admin, by app and model."""

    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What pages of the admin would post, by path (`requests`)."""


def build() -> Scene:
    """All of it. At the moment MADE, within a transaction."""
    end_session_behavior()
    Workstream.objects.filter(pk=cast.general().pk).update(assignment=Assignment.PICK, answer_within=None)
    loans = Workstream.objects.create(name="Loans", assignment=Assignment.PICK)
    agents = {name: _agent(name) for name in ("anna", "ben")}
    agents |= {name: _agent(name, loans) for name in ("olga", "sue")}
    _give(agents["sue"].user, "Supervisor")
    users = {
        "ada": _give(User.objects.create_user("ada"), "Administrator"),
        "root": User.objects.create_superuser("root"),
        "nobody": User.objects.create_user("nobody"),
        "ida": _with_second_step(User.objects.create_user("ida")),
    }
    widget = ChatWidget.objects.create(
        name="Shop",
        workstream=cast.general(),
        allowed_origins=[PORTAL],
        reconnect_on=True,
        same_agent_for=5 * MINUTE,
        portal_url=f"{PORTAL}/help",
    )
    User.objects.update(password=make_password("right"))
    for user in (*users.values(), *(agent.user for agent in agents.values())):
        user.refresh_from_db()
    rooms = _rooms(agents, widget)
    reply = QuickReply.objects.create(agent=agents["anna"], shortcut="own", text=SECRET)
    webhook, customer = _webhook(), _customer()
    cast.new_session(agents["anna"], customer)
    objects = _objects(agents, users, rooms, widget)
    objects |= _more_objects(users, webhook, customer)
    return Scene(agents, users, rooms, widget, reply, loans, webhook, customer, objects)


def _agent(name: str, *only: Workstream) -> Agent:
    agent = cast.available(cast.new_agent(name.capitalize()), now=MADE)
    _give(agent.user, AGENT)
    if only:
        agent.workstreams.set(only)
    return agent


def _give(user: User, role: str) -> User:
    user.groups.add(Group.objects.get(name=role))
    return user


def _with_second_step(user: User) -> User:
    """An app and a passkey."""
    AuthenticatorApp.objects.create(user=user, secret=encrypted(NEW_APP), created_at=MADE)
    public = SecurityKey().public
    Passkey.objects.create(user=user, name="Phone", credential_id="phone", credential=public, created_at=MADE)
    return user


# Sessions ----------------------------------------------------------------------------------------------------------


def _rooms(agents: dict[str, Agent], widget: ChatWidget) -> dict[str, Room]:
    """The ended ones first, since each ends by another behavior than the open ones would."""
    version, rooms = _version(), {}
    for name, settings in LEVELS.items():
        rooms[name] = _furnished(_invited(agents["anna"]), version)
        cast.set_policy(**settings)
        end(rooms[name].session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=MADE)
    cast.full_then_limited()
    for name in ("open", "waiting", "others"):
        rooms[name] = _furnished(_invited(agents["anna"]), version)
    for name in ("chat", "away", "offered"):
        rooms[name] = _furnished(_chat(agents["anna"], widget), version)
    assigning.release(rooms["waiting"].session.pk, by=agents["sue"], now=MADE)
    connection_lost(rooms["away"].session.pk, MADE - MINUTE, now=MADE)
    LiveSession.objects.filter(pk=rooms["offered"].session.pk).update(answer_by=NOW + MINUTE)
    ask = LiveSession.objects.filter(pk=rooms["full"].session.pk)
    ask.update(follow_up_since=MADE)
    Agent.objects.update(last_seen_at=MADE, last_active_at=MADE)
    for room in rooms.values():
        room.session = cast.fresh(room.session)
    return rooms


def _invited(agent: Agent) -> Room:
    session = cast.new_session(agent, _customer())
    address = links.mint(session, by=agent, now=MADE)
    browser = Client()
    assert browser.post(f"/{address.split('/', 3)[3]}").status_code == 302
    return Room(session, link=address.rstrip("/").rpartition("/")[2], browser=browser)


def _chat(agent: Agent, widget: ChatWidget) -> Room:
    session = assigning.enter_queue(_customer(), widget.workstream_id, widget=widget, now=MADE - 5 * MINUTE)
    LiveSession.objects.filter(pk=session.pk).update(current_device=let_in(session, TOKEN))
    assigning.pick(session.pk, agent, now=MADE - 5 * MINUTE)
    return Room(cast.fresh(session))


def _customer() -> Customer:
    return Customer.objects.create(name="Carla", email=f"{SECRET}@example.com", phone="+4315550100")


def _version() -> Any:
    """A template that can be sent, with its picture and file."""
    for name in ("page-0.webp", "source.pdf", "result.pdf"):
        if not default_storage.exists(f"{STORED}/{name}"):
            default_storage.save(f"{STORED}/{name}", ContentFile(SECRET.encode()))
    return new_version(f"Order {SECRET}", now=STARTED, file=f"{STORED}/source.pdf")


def _furnished(room: Room, version: Any) -> Room:
    session, agent = cast.fresh(room.session), room.session.agent
    assert agent
    by = cast.author(agent)
    send_message(session.pk, cast.CUSTOMER, f"My number is {SECRET}", key=uuid4(), now=MADE)
    send_message(session.pk, by, f"Thank you, {SECRET}", key=uuid4(), now=MADE)
    add_note(session.pk, agent, NOTE, key=uuid4(), now=MADE)
    attach(session.pk, cast.CUSTOMER, SimpleUploadedFile(f"{SECRET}.png", PNG), key=uuid4(), now=MADE)
    file = Attachment.objects.get(session=session)
    file.thumbnail.save("small.webp", ContentFile(SECRET.encode()))
    form = documents.send_form(session.pk, agent, version, {"number": SECRET}, key=uuid4(), now=MADE)
    files = documents.ask_for_files(session.pk, agent, f"Card {SECRET}", most=5, key=uuid4(), now=MADE)
    documents.add_file(files.pk, SimpleUploadedFile("card.png", PNG), key=uuid4(), now=MADE)
    new = documents.ask_for_files(session.pk, agent, "Another card", key=uuid4(), now=MADE)
    room.documents = {"form": form, "files": files, "new": new, "ready": _ready(session, agent, version)}
    room.documents["failed"] = _completed(session, agent, version, failures=5)
    documents.note_opened(form.pk, now=MADE)
    documents.note_opened(files.pk, now=MADE)
    room.values = {
        "session_id": session.public_id,
        "file_id": file.public_id,
        "document_id": form.public_id,
        "page": 0,
        "number": 0,
    }
    return room


def _completed(session: LiveSession, agent: Agent, version: Any, **more: Any) -> Document:
    document = documents.send_form(session.pk, agent, version, {"number": "1"}, key=uuid4(), now=MADE)
    given = {"state": DocumentState.COMPLETED, "completed_at": MADE} | more
    Document.objects.filter(pk=document.pk).update(**given)
    document.refresh_from_db()
    return document


def _ready(session: LiveSession, agent: Agent, version: Any) -> Document:
    sealed = {"result": f"{STORED}/result.pdf", "result_size": 1, "result_sha256": "0" * 64}
    return _completed(session, agent, version, state=DocumentState.READY, **sealed)


def _webhook() -> WebhookEndpoint:
    """To this machine, so that nothing is sent anywhere: that is not allowed."""
    made = WebhookEndpoint(name="Shop", url="https://127.0.0.1/hook")
    start_webhook(made, MADE)
    made.workstreams.add(cast.general())
    return made


# Settings ----------------------------------------------------------------------------------------------------------


def _objects(
    agents: dict[str, Agent], users: dict[str, User], rooms: dict[str, Room], widget: ChatWidget
) -> dict[str, Model]:
    loans, link = Workstream.objects.get(name="Loans"), rooms["open"].session.links.get()
    cast.set_policy(workstream=loans, chat=False)
    cast.full_then_limited(now=MADE - timedelta(days=1), inactive_after=DAY)
    version = rooms["open"].documents["form"].version
    assert version
    found: list[Model] = [
        EndSessionBehavior.objects.get(workstream=loans),
        end_session_behavior().version,
        Notices.objects.create(language="en"),
        SystemSettings.objects.get_or_create(pk=1)[0],
        loans,
        widget,
        version.template,
        version,
        link,
        LinkEvent.objects.create(link=link, at=MADE, outcome=LinkOutcome.USED),
        agents["ben"],
        QuickReply.objects.create(shortcut="hello", text="Hello"),
        Rollout.objects.latest("pk"),
        rooms["open"].session,
        users["nobody"],
        Group.objects.get(name=AGENT),
        LogEntry.objects.log_create(loans, action=1, changes={"name": ["A", "B"]}),
    ]
    return {one._meta.label_lower: one for one in found}


def _more_objects(users: dict[str, User], webhook: WebhookEndpoint, customer: Customer) -> dict[str, Model]:
    integration = Integration.objects.create(name="Shop", scopes=["sessions:read"], created_at=MADE)
    tried = {"username": "nobody", "ip_address": "192.0.2.1", "failures_since_start": 1}
    found: list[Model] = [
        webhook,
        customer,
        integration,
        mint(integration, by=users["root"], now=MADE)[0],
        SignInEvent.objects.create(user=users["nobody"], at=MADE, happening=Happening.SIGNED_IN),
        AccessAttempt.objects.create(**tried),
        Passkey.objects.get(),
    ]
    return {one._meta.label_lower: one for one in found}
