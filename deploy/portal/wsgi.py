"""The shop of `make run`, for a WSGI server. Reads `PARLEY_DATA_DIR`, `PARLEY_BASE_URL` and `PARLEY_PORTAL_URL`."""

import os
from pathlib import Path

from deploy.portal.app import Shop
from deploy.portal.signing import PortalKey

application = Shop(
    origin=os.environ["PARLEY_PORTAL_URL"],
    parley=os.environ["PARLEY_BASE_URL"],
    key=PortalKey.kept_in(Path(os.environ["PARLEY_DATA_DIR"])),
)
