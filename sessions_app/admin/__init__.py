from sessions_app.admin.people import AgentAdmin
from sessions_app.admin.users import ParleyGroupAdmin, ParleyUserAdmin

__all__ = ["AgentAdmin", "ParleyGroupAdmin", "ParleyUserAdmin"]
