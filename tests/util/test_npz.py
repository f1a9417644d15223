"""Files of arrays: read, or what is wrong with them in a sentence."""

import json
import pickle

import numpy as np
import pytest

from despin.util import npz


class Wrong(Exception):
    """What is raised here."""


def test_arrays_and_provenance_come_back(tmp_path):
    np.savez(tmp_path / "a.npz", one=np.arange(3), two=np.zeros(1), provenance=json.dumps({"from": "a test"}))
    arrays, provenance = npz.read(tmp_path / "a.npz", ["one"], Wrong)
    assert arrays["one"].tolist() == [0, 1, 2]
    assert set(arrays) == {"one", "two", "provenance"}
    assert provenance == {"from": "a test"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"provenance": "{}"}, "one is not a file in the archive"),
        ({"one": np.zeros(1)}, "provenance is not a file in the archive"),
        ({"one": np.zeros(1), "provenance": "{"}, "property name"),
        ({"one": np.array([{}], object), "provenance": "{}"}, "allow_pickle"),
        (pickle.dumps([1]), "allow_pickle"),
        (b"", "No data left"),
        (b"PK\x03\x04 and no more", "not a zip file"),
    ],
)
def test_another_file_is_told_in_a_sentence(tmp_path, content, reason):
    path = tmp_path / "a.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.savez(path, **content)
    with pytest.raises(Wrong, match=reason):
        npz.read(path, ["one"], Wrong)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        npz.read(tmp_path / "a.npz", [], Wrong)


def test_what_no_damage_explains_is_raised_as_it_is():
    class Bug(Exception):
        pass

    with pytest.raises(Bug), npz.explained(Wrong):
        raise Bug
