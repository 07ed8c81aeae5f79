"""What other apps may listen to. This app knows nothing of them."""

from django.dispatch import Signal

end_policy_saved = Signal()
"""A new version of the end session behavior is in force. Sent inside the transaction that saves it.

Arguments: `policy` (policies_app.snapshot.EndPolicy), `now` (aware datetime).
"""
