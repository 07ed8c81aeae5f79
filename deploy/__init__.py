"""How Parley is started: `python -m deploy.trial` runs all of it on one computer."""
