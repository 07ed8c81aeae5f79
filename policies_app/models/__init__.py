from policies_app.models.end_session_behavior import EndSessionBehavior
from policies_app.models.policy_version import PolicyVersion

__all__ = ["EndSessionBehavior", "PolicyVersion"]
