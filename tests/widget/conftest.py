from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported
