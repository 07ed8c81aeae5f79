"""The REST API, `/api/v1/` (docs/api.md). Removed by deleting this folder, its lines in `urls`, models and admin."""
