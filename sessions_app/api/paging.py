"""Lists, page by page: a cursor never skips or repeats anything, however much is added meanwhile."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class Pages(CursorPagination):
    """Newest first, `limit` at once. `next` is the whole address of the next page; null on the last one."""

    ordering = "-pk"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    cursor_query_param = "cursor"

    def get_page_size(self, request: Request) -> int | None:
        """Raises ValidationError for a `limit` that is none."""
        asked: list[str] = request.query_params.getlist(self.page_size_query_param)
        if all(one.isascii() and one.isdecimal() and 0 < len(one) < 10 and int(one) for one in asked):
            return super().get_page_size(request)
        raise ValidationError({self.page_size_query_param: ["Give a whole number from 1 on."]})

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Raises NotFound for what is no cursor of ours: in the order of keys, a position is a key."""
        cursor: Cursor | None = super().decode_cursor(request)
        at: Any = cursor.position if cursor else None
        if at is not None and not (at.isascii() and at.isdecimal() and len(at) < 19):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": "string",
                    "format": "uri",
                    "nullable": True,
                    "description": "The address of the next page; null on the last one.",
                },
            },
        }
