import pytest

from sessions_app.push.wire import Message, entries_kept, pack, unpack


def test_a_batch_comes_out_in_order_as_it_went_in() -> None:
    batch = [Message("session:1", "entry", '{"text": "a  b\\n é"}'), Message("agent:2", "typing", "{}")]
    assert list(unpack(pack(batch))) == [(m.topic, m.event.encode(), m.data.encode()) for m in batch]


def test_a_line_break_in_the_data_cannot_forge_an_event() -> None:
    forged = Message("session:1", "entry", "1\nsession:2 entry 2\r\n\nevent: x")
    [(topic, _, data)] = unpack(pack([forged]))
    assert topic == "session:1"
    assert b"\n" not in data and b"\r" not in data


def test_half_a_surrogate_does_not_stop_the_batch() -> None:
    assert list(unpack(pack([Message("a", "b", '"\ud800"'), Message("a", "b", "1")])))[1] == ("a", b"b", b"1")


@pytest.mark.parametrize("word", ["", " ", "two words", "line\nbreak", " a"])
def test_topics_and_events_are_one_word(word: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        Message(word, "entry", "{}")
    with pytest.raises(ValueError, match="one word"):
        Message("topic", word, "{}")


@pytest.mark.parametrize("noise", [b"", b"\n\n", b"topic", b"topic event", b"\xff\xfe"])
def test_what_is_no_message_is_passed_over(noise: bytes) -> None:
    assert list(unpack(noise)) == []


@pytest.mark.parametrize(("messages", "kept"), [(0, 10_000), (1, 10_000), (10, 1_000), (5_000, 200)])
def test_large_batches_leave_room_for_fewer_entries(messages: int, kept: int) -> None:
    assert entries_kept(messages) == kept
