from policies_app.admin.end_session_behavior import EndSessionBehaviorAdmin
from policies_app.admin.history_list import HistoryAdmin
from policies_app.admin.notices import NoticesAdmin
from policies_app.admin.system_settings import SystemSettingsAdmin

__all__ = ["EndSessionBehaviorAdmin", "HistoryAdmin", "NoticesAdmin", "SystemSettingsAdmin"]
