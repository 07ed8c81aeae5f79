"""Webhooks: rows of timelines, sent to whoever was named. The timeline is the outbox (docs/webhooks.md)."""
