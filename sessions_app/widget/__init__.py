"""The chat widget: a loader on a portal's page, a framed room, and how customers come back into it (rules.md 5)."""
