"""What must not stand in logs."""

import logging
import re

_TOKEN = re.compile(r"(/join/|/f/|\b(?:parley\.reconnect|oc\.reconnectid)=)[^/\s?&#]+")


class WithoutTokens(logging.Filter):
    """Takes the token out of every address of a customer's link: whoever reads logs must not be able to use it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if _TOKEN.search(said):
            record.msg, record.args = _TOKEN.sub(r"\1…", said), ()
        return True
