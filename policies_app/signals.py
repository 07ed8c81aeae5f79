"""What other apps may listen to. This app knows nothing of them."""

from django.dispatch import Signal

end_policy_saved = Signal()
"""A new version of the end session behavior is in force. Sent inside the transaction that saves it.

Arguments: `version` (policies_app.models.PolicyVersion), `now` (aware datetime).
"""

end_policy_previewed = Signal()
"""An administrator looks at an end session behavior before saving it: what would that do to what is open now?

Receivers return sentences, a list of str. They store nothing, and answer while the administrator types.

Arguments: `policy` (policies_app.snapshot.EndPolicy, as if it were saved at `now`), `workstream_ids` (list of int:
where it would hold), `now` (aware datetime).
"""
