"""Looking into PDF objects that may be anything: what is not of the kind that is asked for counts as missing."""

from collections.abc import Iterable
from typing import Any

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

_DICTIONARY = DictionaryObject()


def resolved(value: Any) -> Any:
    """What a reference points at; None for null and for what cannot be read."""
    try:
        found = value.get_object() if isinstance(value, PdfObject) else value
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - pypdf raises nearly anything for a reference that leads nowhere
        return None
    return found


def entry(of: DictionaryObject, key: str) -> Any:
    """An entry of a dictionary, resolved."""
    return resolved(of.raw_get(key)) if key in of else None


def dictionary(value: Any) -> DictionaryObject:
    """The dictionary (or stream), or an empty one."""
    found = resolved(value)
    return found if isinstance(found, DictionaryObject) else _DICTIONARY


def entries(of: DictionaryObject, key: str) -> DictionaryObject:
    """An entry that is a dictionary, or an empty one."""
    return dictionary(entry(of, key))


def items(value: Any) -> list[Any]:
    """What is in an array, unresolved; nothing if it is none."""
    found = resolved(value)
    return list(found) if isinstance(found, ArrayObject) else []


def text(value: Any) -> str:
    """A string, a name without its slash, or the content of a short stream; empty for anything else."""
    found = resolved(value)
    if isinstance(found, NameObject):
        return str(found).removeprefix("/")
    if isinstance(found, TextStringObject):
        return str(found)
    if isinstance(found, ByteStringObject):
        return bytes(found).decode("latin-1")
    if isinstance(found, StreamObject):
        return _streamed(found)
    return ""


def whole(value: Any) -> int:
    """A whole number, or 0."""
    found = resolved(value)
    return int(found) if isinstance(found, NumberObject) else 0


def numbers(value: Any) -> list[float]:
    """An array of numbers; nothing if one of them is none."""
    try:
        return [float(resolved(one)) for one in items(value)]
    except (TypeError, ValueError, OverflowError):
        return []


def is_true(value: Any) -> bool:
    """Whether it is the PDF's `true`."""
    found = resolved(value)
    return isinstance(found, BooleanObject) and bool(found.value)


def identity(raw: Any, found: Any) -> tuple[str, int]:
    """What tells an object from all others of its document."""
    reference = getattr(raw, "idnum", None) or getattr(getattr(found, "indirect_reference", None), "idnum", None)
    return ("object", reference) if reference else ("direct", id(found))


def with_keys(of: DictionaryObject, keys: Iterable[str]) -> bool:
    """Whether one of the keys is there and is not null."""
    return any(entry(of, key) is not None for key in keys)


def _streamed(stream: StreamObject) -> str:
    try:
        return stream.get_data()[:100_000].decode("latin-1")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a stream that cannot be unpacked says nothing
        return ""
