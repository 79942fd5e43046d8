"""A file is found by its name and sha256, or the error says what to do. No test here touches the network."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch
import pytest

from cxstats.datasets import PUBLIC_FILES, public_file
from cxstats.errors import ArgumentError, FetchError

NAME = "sfo_2018.csv"


def test_every_file_is_pinned_licensed_and_cited() -> None:
    assert sorted(PUBLIC_FILES) == ["acsi_2015.xlsx", *(f"sfo_{year}.csv" for year in range(2010, 2019))]
    for name, file in PUBLIC_FILES.items():
        assert file.name == name
        assert file.address.startswith("https://raw.githubusercontent.com/")
        assert len(file.sha256) == 64
        assert file.licence
        assert file.citation


def test_a_file_in_the_named_folder_is_used(data_folder: Path, register: Callable[[Path], Path]) -> None:
    path = data_folder / NAME
    path.write_text("RESPNUM\n1\n")
    register(path)
    assert public_file(NAME) == path


def test_a_wrong_sha256_names_both(data_folder: Path) -> None:
    (data_folder / NAME).write_text("RESPNUM\n1\n")
    found = hashlib.sha256(b"RESPNUM\n1\n").hexdigest()
    with pytest.raises(FetchError) as error:
        public_file(NAME)
    assert found in str(error.value)
    assert PUBLIC_FILES[NAME].sha256 in str(error.value)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"Did you mean 'sfo_2018\.csv'"):
        public_file("sfo_2018.cvs")


def _says_what_to_do(message: str) -> bool:
    file = PUBLIC_FILES[NAME]
    return all(part in message for part in (NAME, file.address, file.sha256, "CXSTATS_DATA"))


def test_offline_says_which_file_and_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    def offline(*_: Any, **__: Any) -> str:
        raise requests.exceptions.ConnectionError("no route")

    monkeypatch.delenv("CXSTATS_DATA", raising=False)
    monkeypatch.setattr(pooch, "retrieve", offline)
    with pytest.raises(FetchError, match="no route") as error:
        public_file(NAME)
    assert _says_what_to_do(str(error.value))
    assert "CXSTATS_DATA is not set" in str(error.value)


def test_a_folder_without_the_file_is_named_when_offline(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: Any, **__: Any) -> str:
        raise OSError("no route")

    monkeypatch.setattr(pooch, "retrieve", offline)
    with pytest.raises(FetchError) as error:
        public_file(NAME)
    assert repr(str(data_folder)) in str(error.value)


def test_without_pooch_only_a_download_fails(
    data_folder: Path, register: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(FetchError, match=r"pip install cxstats\[data\]") as error:
        public_file(NAME)
    assert _says_what_to_do(str(error.value))
    (data_folder / NAME).write_text("RESPNUM\n1\n")
    register(data_folder / NAME)
    assert public_file(NAME).is_file()


def test_a_download_goes_to_the_pinned_address_and_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def retrieve(address: str, **options: Any) -> str:
        asked.update(options, address=address)
        return str(tmp_path / options["fname"])

    monkeypatch.delenv("CXSTATS_DATA", raising=False)
    monkeypatch.setattr(pooch, "retrieve", retrieve)
    assert public_file(NAME) == tmp_path / NAME
    assert asked["address"] == PUBLIC_FILES[NAME].address
    assert asked["known_hash"] == f"sha256:{PUBLIC_FILES[NAME].sha256}"


def test_a_download_with_the_wrong_bytes_names_both_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_bytes(_: str, target: Any, __: Any) -> None:
        Path(target).write_bytes(b"something else")

    monkeypatch.delenv("CXSTATS_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    monkeypatch.setattr(pooch.core, "choose_downloader", lambda *_, **__: other_bytes)
    with pytest.raises(FetchError) as error:
        public_file(NAME)
    assert PUBLIC_FILES[NAME].sha256 in str(error.value)
    assert hashlib.sha256(b"something else").hexdigest() in str(error.value)
