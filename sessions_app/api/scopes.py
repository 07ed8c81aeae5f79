"""What an integration may be allowed to do, as one table."""

from policies_app.kinds import Kind


class Scope(Kind):
    """One right of an integration. Reading and writing are apart, and so is what cannot be taken back."""

    SESSIONS_READ = "sessions:read", "Read sessions, their timelines, files and transcripts"
    SESSIONS_WRITE = "sessions:write", "Start sessions and act in them, in the name of an agent"
    SESSIONS_END = "sessions:end", "End sessions"
    CUSTOMERS_READ = "customers:read", "Read and export what is known of customers"
    CUSTOMERS_ERASE = "customers:erase", "Erase customers"
    AGENTS_READ = "agents:read", "Read agents and their presence"
    AGENTS_WRITE = "agents:write", "Set the presence of agents"
    SETTINGS_READ = "settings:read", "Read workstreams, end session behavior and chat widgets"
    SETTINGS_WRITE = "settings:write", "Change end session behavior and chat widgets"
    LINKS_READ = "links:read", "See which links there are, and what became of them"
    LINKS_WRITE = "links:write", "Make and revoke links by which customers come in"
    WEBHOOKS_READ = "webhooks:read", "Read webhooks and their deliveries"
    WEBHOOKS_WRITE = "webhooks:write", "Make, change, pause, replay and try webhooks"
