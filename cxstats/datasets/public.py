"""Public files by name and sha256: found on this machine or fetched once, never shipped and never trusted unchecked.

A file is looked for in the folder that the environment variable `CXSTATS_DATA` names, then in pooch's cache, then at
its pinned address. Whatever is found has to have the sha256 of the table below, or it is refused.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cxstats.errors import FetchError, one_of


@dataclass(frozen=True)
class PublicFile:
    """One public file: where it is pinned, what its bytes hash to, who made it and on what terms."""

    name: str
    address: str
    sha256: str
    licence: str
    citation: str


_SFO_ADDRESS = (
    "https://raw.githubusercontent.com/ronyarmon/SFO/8f50307b45911b26b01159d824bdbe13ac9be24c/"
    "data/raw/{year}_SFO_Customer_Survey_20250817.csv"
)
_SFO_SHA256 = {
    2010: "b10dc295a52beed9d27750a8ac3b781f4550a34dd04cb025b6dfed60dc951912",
    2011: "fb1a2528dd1228c5c9fefbdd1115bc9a6309cc7e9c7bd32971b360bd811431f2",
    2012: "75ac4c62748225cbe23fe04ace9497c06cc0b24c27983c49b603af49dcade409",
    2013: "fe29692cc54c9f4b62d21aaf983a358d3e07bfe5054e45fee7e69703edaeec50",
    2014: "ee0c6f93b60df7ea059ffca98bce4a2eb6fd76d81a9000d7d1cf82be7cab3afe",
    2015: "9de50756cfb8e0cfdc71c9182997aa5dcf070243fea3bc0e790cd86eb7ee244a",
    2016: "731ea430d8ab64c0e1cced851b629f7a2e15b0ed0f5a51632b3947ac8fa19f8c",
    2017: "171423b74247f1c0144a93104ef19265975be6a78c6665a7319d8efbc7d1493e",
    2018: "8d8e368dffb048679044159486bf89c5b838c7dbff731304ba02d4a8a2099c8b",
}

_FILES = [
    PublicFile(
        name=f"sfo_{year}.csv",
        address=_SFO_ADDRESS.format(year=year),
        sha256=sha256,
        licence="public domain dedication (DataSF)",
        citation=f"San Francisco International Airport ({year}), {year} SFO Customer Survey, DataSF (data.sfgov.org).",
    )
    for year, sha256 in _SFO_SHA256.items()
] + [
    PublicFile(
        name="acsi_2015.xlsx",
        address=(
            "https://raw.githubusercontent.com/tcpvss-review/TC-PVSS-PLSSEM/7fadb5ce812536d70ce064d6b6ea3bcd1c229338/"
            "inputs_main/ACSI%20Data%202015%20ver2.xlsx"
        ),
        sha256="53cc5ad2cf7ce8c4b1ed214e21508b7ba5059867aaedd1d9cc28ba8fc3c9bf3f",
        licence="as stated at doi.org/10.17632/64xkbj2ry5.2 (Mendeley Data)",
        citation=(
            "Morgeson, F. V., Hult, G. T. M., Sharma, U. and Fornell, C. (2023), The American Customer Satisfaction "
            "Index (ACSI): A sample dataset and description, Data in Brief 48:109123, doi 10.17632/64xkbj2ry5.2."
        ),
    )
]

PUBLIC_FILES: dict[str, PublicFile] = {file.name: file for file in _FILES}
"""The files that `public_file` knows, by name."""


def public_file(name: str) -> Path:
    """Return where a public file lies on this machine; fetch it first if it does not.

    Parameters
    ----------
    name : str
        A name in `PUBLIC_FILES`, such as ``"sfo_2018.csv"``.

    Returns
    -------
    pathlib.Path
        The file, its sha256 checked.

    Raises
    ------
    ArgumentError
        The name is not in the table.
    FetchError
        The file is neither here nor reachable, or its sha256 is not the registered one.

    Notes
    -----
    Caution: a file in the folder named by `CXSTATS_DATA` that has the wrong bytes is an error, not a reason to look
    further, so a stale copy never passes unseen. Downloads need pooch (``pip install cxstats[data]``) and stay in its
    cache (Uieda et al., 2020, Pooch: A friend to fetch your data files).

    Examples
    --------
    .. code-block:: python

        from cxstats.datasets import public_file

        public_file("sfo_2018.csv")

    >>> from cxstats.datasets import PUBLIC_FILES
    >>> PUBLIC_FILES["sfo_2018.csv"].licence
    'public domain dedication (DataSF)'
    """
    one_of("public_file", name, list(PUBLIC_FILES))
    file = PUBLIC_FILES[name]
    folder = os.environ.get("CXSTATS_DATA")
    if folder and (path := Path(folder) / name).is_file():
        return _checked(path, file)
    return _fetched(file)


def _checked(path: Path, file: PublicFile) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != file.sha256:
        raise FetchError(
            f"public_file: {path} has sha256 {found}, but {file.name} is registered with sha256 {file.sha256}. "
            f"Replace it by the file at {file.address}."
        )
    return path


def _fetched(file: PublicFile) -> Path:
    try:
        import pooch  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise FetchError(_not_here(file, "pooch is not installed: pip install cxstats[data]")) from error
    cache = pooch.os_cache("cxstats")
    try:
        return Path(pooch.retrieve(file.address, known_hash=f"sha256:{file.sha256}", fname=file.name, path=cache))
    except ValueError as error:  # pooch names the expected and the found sha256
        raise FetchError(f"public_file: what came from {file.address} is not {file.name}: {error}") from error
    except OSError as error:  # requests' errors are OSErrors too
        raise FetchError(_not_here(file, f"{type(error).__name__}: {error}")) from error


def _not_here(file: PublicFile, reason: str) -> str:
    folder = os.environ.get("CXSTATS_DATA")
    looked = f"CXSTATS_DATA names {folder!r}, where it is not" if folder else "CXSTATS_DATA is not set"
    return (
        f"public_file: {file.name} is not on this machine ({looked}) and could not be fetched from {file.address} "
        f"({reason}). Save it under the name {file.name} (sha256 {file.sha256}) in a folder, and let the environment "
        f"variable CXSTATS_DATA name that folder."
    )
