"""What is done to the garbage collector is undone."""

import gc

import pytest

from despin.util.process import gc_paused


@pytest.fixture(params=[True, False], ids=["collecting", "not collecting"])
def collects(request):
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_there_is_no_collection_meanwhile(collects):
    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() == collects


def test_an_exception_ends_the_pause(collects):
    with pytest.raises(ValueError, match="here"), gc_paused():
        raise ValueError("here")
    assert gc.isenabled() == collects


def test_a_function_may_be_one_pause(collects):
    @gc_paused()
    def depth(number: int) -> list[bool]:
        """Calls itself."""
        return [gc.isenabled(), *(depth(number - 1) if number else [])]

    assert depth(2) == [False] * 3
    assert depth.__name__ == "depth"
    assert gc.isenabled() == collects
