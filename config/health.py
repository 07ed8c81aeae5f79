"""What monitors and load balancers ask."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 while this process answers at all."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 while the database answers; also says whether Redis does, and when the last sweep was (ISO 8601, UTC).

    Without Redis people can go on working: pages fall back to asking, and rules need no worker.
    """
    database, redis, last_sweep = _database_answers(), True, None
    try:
        last_sweep = cache.get(settings.LAST_SWEEP_KEY)
    except RedisError:
        redis = False
    answer = {"database": database, "redis": redis, "last_sweep": last_sweep}
    return JsonResponse(answer, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
