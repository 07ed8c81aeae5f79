"""The cast as fixtures, for every folder whose tests have people in them."""

import pytest
from django.contrib.auth.models import User

from sessions_app.models import Agent, Customer, LiveSession
from tests import cast


@pytest.fixture
def anna(db: None) -> Agent:
    """The agent."""
    return cast.new_agent("Anna")


@pytest.fixture
def ben(db: None) -> Agent:
    """Her colleague."""
    return cast.new_agent("Ben")


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody with an account who is no agent."""
    return User.objects.create_user("stranger")


@pytest.fixture
def admin_user(db: None) -> User:
    """The administrator."""
    return User.objects.create_superuser("ada")


@pytest.fixture
def carla(db: None) -> Customer:
    """The customer."""
    return cast.new_customer("Carla")


@pytest.fixture
def dan(db: None) -> Customer:
    """Another customer."""
    return cast.new_customer("Dan")


@pytest.fixture
def session(anna: Agent, carla: Customer) -> LiveSession:
    """Anna's session with Carla, open since STARTED. A test that needs a policy for it sets one before."""
    return cast.new_session(anna, carla)
