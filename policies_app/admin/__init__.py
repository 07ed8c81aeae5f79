from policies_app.admin.end_session_behavior import EndSessionBehaviorAdmin

__all__ = ["EndSessionBehaviorAdmin"]
