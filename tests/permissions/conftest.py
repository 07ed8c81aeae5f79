from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from tests.permissions import asking
from tests.permissions.asking import Content
from tests.permissions.programs import programs
from tests.permissions.scene import MADE, NOW, SIGNED_IN, Scene, build
from tests.permissions.visitors import Visitor, visitors


@pytest.fixture(scope="package")
def scene(
    django_db_setup: None, django_db_blocker: pytest.FixtureDef, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Made once for all cells of the matrix: each undoes what it did, and in the end all is undone."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(MADE, tick=False):
            built = build()
        yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def everybody(scene: Scene) -> list[Visitor]:
    """They signed in, or came in, before they ask."""
    with time_machine.travel(SIGNED_IN, tick=False):
        return visitors(scene) + programs(scene)


@pytest.fixture(scope="package")
def before(everybody: list[Visitor]) -> Content:
    """What is in the database before anybody asks anything."""
    return asking.content()


@pytest.fixture(autouse=True)
def _now(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
