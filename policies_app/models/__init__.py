from policies_app.models.chat_widget import ChatWidget
from policies_app.models.end_session_behavior import EndSessionBehavior
from policies_app.models.notices import Notices
from policies_app.models.policy_version import PolicyVersion
from policies_app.models.system_settings import SystemSettings
from policies_app.models.workstream import Workstream

__all__ = ["ChatWidget", "EndSessionBehavior", "Notices", "PolicyVersion", "SystemSettings", "Workstream"]
