"""A row is found again in its file: the line that an editor shows, the row that a spreadsheet program shows."""

from pathlib import Path

import pytest

from cxstats.readers import read_frame
from cxstats.readers.lines import line_numbers


@pytest.mark.parametrize(
    "text",
    [
        "a;b\nx;1\ny;2\nz;3\n",
        "sep=;\na;b\nx;1\n\n\ny;2\nz;3",
        'a;b\n"x\n;x";1\n\ny;2\nz;3\n',
        "\ufeffa;b\r\nx;1\r\ny;2\r\nz;3\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_row_lies_in_its_line(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((text.removeprefix("\ufeff") if encoding == "utf-16" else text).encode(encoding))
    found = line_numbers(path, [1, 2], encoding)
    assert read_frame(path, encoding=encoding)["b"].tolist() == [1, 2, 3]
    assert [path.read_text(encoding=encoding).splitlines()[line - 1] for line in found] == ["y;2", "z;3"]


def test_of_a_spreadsheet_the_header_is_row_1() -> None:
    assert line_numbers(Path("a.xlsx"), [0, 7]) == [2, 9]
    assert line_numbers(Path("a.parquet"), [0, 7]) == [1, 8]
