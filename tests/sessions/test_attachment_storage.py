"""Files are kept on disk or in an object store, as one setting says; nobody gets at them but through the room."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from moto.server import ThreadedMotoServer

from config import files
from policies_app.kinds import EndReason, FileGroup
from sessions_app import stored_files
from sessions_app.actions import attach
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, Customer, LiveSession
from sessions_app.stored_files import LEFT_OVER_AFTER, remove_left_over
from sessions_app.transitions import end
from sessions_app.uploads import Accepted, UploadProblem, limits_of
from tests.cast import CUSTOMER, address, browser_of, come_in, kinds, new_session, set_policy
from tests.moments import ENDED, MICROSECOND, STARTED
from tests.sessions.test_thumbnails import picture

KEYS = {"AWS_ACCESS_KEY_ID": "parley", "AWS_SECRET_ACCESS_KEY": "a secret", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an object store that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The bucket in which this installation keeps its files."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PARLEY_ATTACHMENTS", f"s3://papers/parley?endpoint={s3}&region=eu-central-1")
    store = boto3.resource("s3", endpoint_url=s3, region_name="eu-central-1")
    made = store.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    settings.STORAGES = settings.STORAGES | {"default": files.attachments(Path())[1]}
    yield made
    made.objects.all().delete()
    made.delete()


def add(session: LiveSession, name: str = "house.png", content: bytes | None = None) -> str:
    """The id of a file that the customer added."""
    upload = SimpleUploadedFile(name, content or picture(1200, 800))
    return str(attach(session.pk, CUSTOMER, upload, key=uuid4(), now=STARTED).payload["file"])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_on_disk_only_parley_reads_the_files(session: LiveSession, folder: Path) -> None:
    file = add(session)
    assert names(folder) == {file, f"{file}.webp"}
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*")} == {0}


def test_in_an_object_store_a_file_comes_and_goes_through_the_room_only(
    session: LiveSession, anna: Agent, bucket: Any, folder: Path, s3: str
) -> None:
    content = picture(1200, 800)
    file, annas = add(session, content=content), browser_of(anna)
    assert {one.key for one in bucket.objects.all()} == {
        f"parley/{session.pk}/{file}",
        f"parley/{session.pk}/{file}.webp",
    }
    assert not folder.exists()
    download = annas.get(address(session, "agent", "files", file))
    assert b"".join(download) == content and "attachment" in download.headers["Content-Disposition"]
    assert annas.get(address(session, "agent", "files", file, "thumbnail")).headers["Content-Type"] == "image/webp"
    assert s3 not in annas.get(address(session, "agent")).content.decode()


def test_nothing_in_the_object_store_is_public(session: LiveSession, bucket: Any) -> None:
    add(session)
    grantees = [grant["Grantee"]["Type"] for one in bucket.objects.all() for grant in one.Acl().grants]
    assert set(grantees) == {"CanonicalUser"}


def test_what_is_gone_from_the_object_store_is_not_found(session: LiveSession, anna: Agent, bucket: Any) -> None:
    file = add(session)
    bucket.objects.all().delete()
    assert browser_of(anna).get(address(session, "agent", "files", file)).status_code == 404


def test_a_store_that_fails_leaves_nothing_behind(session: LiveSession, bucket: Any, monkeypatch: Any) -> None:
    def fail(name: str, content: Any) -> str:
        if not name.endswith(".webp"):
            raise OSError("the disk is full")
        return save(name, content)

    save = default_storage.save
    with monkeypatch.context() as full:
        full.setattr(default_storage, "save", fail)
        with pytest.raises(OSError, match="full"):
            add(session)
    assert not Attachment.objects.exists() and list(bucket.objects.all()) == [] and kinds(session) == ["started"]


# The setting -----------------------------------------------------------------------------------------------------


def test_without_the_setting_files_are_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PARLEY_ATTACHMENTS", raising=False)
    assert files.attachments(tmp_path)[0] == tmp_path
    monkeypatch.setenv("PARLEY_ATTACHMENTS", "file:///srv/parley")
    assert files.attachments(tmp_path)[0] == Path("/srv/parley")


WRONG = [
    "/srv/files",
    "file://srv/files",
    "ftp://host/files",
    "s3://",
    "s3://key:secret@bucket",
    "s3://bucket?enpoint=https://s3.example.com",
    "s3://bucket?endpoint=s3.example.com",
]


@pytest.mark.parametrize("given", WRONG)
def test_a_setting_that_cannot_be_right_is_refused_without_repeating_keys(
    given: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PARLEY_ATTACHMENTS", given)
    with pytest.raises(Exception, match="PARLEY_ATTACHMENTS is") as refused:
        files.attachments(tmp_path)
    assert "secret" not in str(refused.value).replace("AWS_SECRET_ACCESS_KEY", "")


def test_without_the_package_for_s3_the_start_says_so() -> None:
    asked = "import os; os.environ['PARLEY_ATTACHMENTS'] = 's3://papers'; "
    hidden = "import importlib.util as u; u.find_spec = lambda name: None; "
    done = subprocess.run(
        [sys.executable, "-c", asked + hidden + "from config import files; files.attachments(None)"],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and "django-storages[s3], which is not installed" in done.stderr


# Who gets at a file ----------------------------------------------------------------------------------------------

BOTH = [(), ("thumbnail",)]


@pytest.mark.parametrize("rest", BOTH)
def test_a_link_to_a_file_that_a_stranger_found_gives_nothing(
    session: LiveSession, dan: Customer, ben: Agent, rest: tuple[str, ...]
) -> None:
    path = address(session, "customer", "files", add(session), *rest)
    dans = come_in(new_session(ben, dan))
    for browser in (Client(), dans, browser_of(ben)):
        assert browser.get(path).status_code == 403
    assert Client().get(path.replace("/c/", "/room/")).status_code == 302  # to the sign-in
    assert browser_of(ben).get(path.replace("/c/", "/room/")).status_code == 404


@pytest.mark.parametrize("rest", BOTH)
def test_a_file_is_only_found_in_its_own_session(
    session: LiveSession, dan: Customer, anna: Agent, rest: tuple[str, ...]
) -> None:
    file, other = add(session), new_session(anna, dan)
    assert come_in(other).get(address(other, "customer", "files", file, *rest)).status_code == 404
    assert browser_of(anna).get(address(other, "agent", "files", file, *rest)).status_code == 404


@pytest.mark.parametrize("rest", BOTH)
def test_when_the_link_is_revoked_the_files_are_out_of_reach(session: LiveSession, rest: tuple[str, ...]) -> None:
    carlas, path = come_in(session), address(session, "customer", "files", add(session), *rest)
    assert carlas.get(path).status_code == 200
    session.links.update(revoked_at=STARTED)
    assert carlas.get(path).status_code == 403


@pytest.mark.parametrize("rest", BOTH)
def test_when_access_is_over_so_are_the_files_but_not_for_the_agent(
    session: LiveSession, anna: Agent, rest: tuple[str, ...]
) -> None:
    set_policy()
    carlas, file = come_in(session), add(session)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    assert carlas.get(address(session, "customer", "files", file, *rest)).status_code == 403
    assert browser_of(anna).get(address(session, "agent", "files", file, *rest)).status_code == 200


# Limits of a workstream ------------------------------------------------------------------------------------------


def limit(session: LiveSession, **limits: Any) -> None:
    type(session.workstream).objects.filter(pk=session.workstream_id).update(**limits)


def test_a_workstream_takes_smaller_fewer_and_other_files_than_the_installation(
    session: LiveSession, settings: Any
) -> None:
    limit(session, largest_file_mb=1, most_files=2, file_groups=[FileGroup.TEXT, FileGroup.PICTURES])
    with pytest.raises(UploadProblem, match="larger than 1 MB"):
        add(session, "a.txt", b"x" * (1024 * 1024 + 1))
    with pytest.raises(UploadProblem, match="Allowed are: Pictures; Plain text"):
        add(session, "a.pdf", b"%PDF-1.7 and so on")
    add(session, "a.txt", b"text")
    add(session)
    with pytest.raises(UploadProblem, match="already 2 files"):
        add(session)


def test_a_workstream_never_takes_more_than_the_installation(session: LiveSession, settings: Any) -> None:
    settings.UPLOAD_MAX_FILES, settings.UPLOAD_MAX_BYTES = 3, 1024 * 1024
    session.workstream.largest_file_mb, session.workstream.most_files = 5, 500
    limits = limits_of(session.workstream)
    assert (limits.largest_bytes, limits.most_files) == (1024 * 1024, 3)


def test_the_room_offers_what_is_allowed(session: LiveSession, anna: Agent) -> None:
    limit(session, largest_file_mb=2, file_groups=[FileGroup.TEXT])
    page = browser_of(anna).get(address(session, "agent")).content.decode()
    assert 'accept=".txt,.csv,.md,.log"' in page and 'data-most="2097152"' in page


# What is left over -----------------------------------------------------------------------------------------------


def test_what_a_crash_left_behind_is_removed_and_nothing_else(session: LiveSession, folder: Path) -> None:
    kept = add(session)
    left = stored_files.store(session.pk, SimpleUploadedFile("b.png", picture(9, 9)), Accepted("b.png", "image/png"))
    assert len(names(folder)) == 4
    made = made_at(left.public_id)
    assert remove_left_over(made) == 0
    assert remove_left_over(made + LEFT_OVER_AFTER - timedelta(milliseconds=1)) == 0
    assert remove_left_over(made + LEFT_OVER_AFTER + timedelta(seconds=1)) == 1
    assert names(folder) == {kept, f"{kept}.webp"}
    assert [str(one.public_id) for one in Attachment.objects.all()] == [kept]


def test_what_cannot_be_removed_now_is_removed_later(
    session: LiveSession, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = stored_files.store(session.pk, SimpleUploadedFile("b.png", picture(9, 9)), Accepted("b.png", "image/png"))
    with monkeypatch.context() as away:
        away.setattr(default_storage, "delete", lambda name: 1 / 0)
        stored_files.discard(left)
    assert Attachment.objects.exists()
    remove_left_over(made_at(left.public_id) + 2 * LEFT_OVER_AFTER + MICROSECOND)
    assert names(folder) == set() and not Attachment.objects.exists()


def made_at(public_id: UUID) -> Any:
    """The moment that an id begins with."""
    return STARTED.fromtimestamp((public_id.int >> 80) / 1000, STARTED.tzinfo)
