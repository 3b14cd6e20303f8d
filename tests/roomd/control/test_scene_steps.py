"""What steps mean in a room."""

from __future__ import annotations

from roomd.control.scene_steps import Leaf, Room, count, leaves, moving, state_to_restore, touched
from tests.roomd.control.scene_room import SceneRoom, scene_room
from tests.roomd.control.test_preflight import steps_of


def there(room: SceneRoom) -> Room:
    return Room(room.room.dispatch.devices, room.room.dispatch.zones, {}, room.room.store)


async def test_a_zone_means_its_devices() -> None:
    async with scene_room() as room:
        (step,) = steps_of({"set": {"lamps": {"level": 5}}}).steps
        await room.room.do("a.set", level=5)
        assert leaves(there(room), step) == [
            Leaf("a", "set", {"level": 5}, there=True),
            Leaf("c", "set", {"level": 5}, there=True),
        ]
        assert touched(there(room), step) == {"a", "c"}


async def test_what_a_run_comes_to() -> None:
    async with scene_room() as room:
        steps = steps_of(
            {
                "seq": [
                    {"set": {"a": {"level": 9}}},
                    {"device": "d", "command": "up"},
                    {"delay": "1s"},
                ]
            },
            {"wait": {"a.level": 9}, "timeout": "1s"},
        ).steps
        assert count(there(room), steps) == 3
        assert moving(there(room), steps)
        assert not moving(there(room), steps[1:])
        assert touched(there(room), steps[0]) == {"a", "d"}


async def test_only_what_is_sure_and_can_be_set_is_put_back() -> None:
    async with scene_room() as room:
        await room.room.do("a.set", level=20)
        devices = frozenset({"a", "b", "c", "d"})
        assert state_to_restore(there(room), devices)["a"] == {"level": 20}
        room.room.store.lose("a")
        assert "a" not in state_to_restore(there(room), devices)
        assert "d" not in state_to_restore(there(room), devices)
