"""Why texts are no numbers: what is said, and that the remedy mends it."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.memory.texts import obstacle
from tests.conftest import move

TEXTS = {
    "comma": (["3,5", "4", "2,25"], "'3,5'", "They have a decimal comma: read the file with decimal=','."),
    "comma with three digits": (["3,5", "4", "2,255"], "'3,5'", "decimal=','"),
    "thousands": (
        ["1,234", "900", "900"],
        "'1,234'",
        "out of texts such as '1,234', or read the file with thousands=','; if it is a decimal comma,",
    ),
    "comma of three digits": (["0,534", "1,250"], "'0,534'", "They have a decimal comma"),
    "thousands in German": (["1.234,5", "1.234.567", "9"], "'1.234,5'", "Take the marks between thousands out"),
    "thousands in Swiss": (["1'234", "9"], '"1\'234"', "Take the marks between thousands out"),
    "thousands in French": (["1\u202f234", "9"], "'1\\u202f234'", "Take the marks between thousands out"),
    "percent": (["75 %", "80%"], "'75 %'", "Take the percent signs out: 75 instead of '75 %'."),
    "labels": (["5 - very good", "4 = good", "3"], "'5 - very good'", "Keep the number alone: 5 instead of"),
    "units": (["12 min", "3.5 min"], "'12 min'", "Keep the number alone: 12 instead of '12 min'."),
    "numbers": (["3", "4.5"], "'3'", "They are numbers held as texts: convert them with pd.to_numeric(frame['q'])."),
    "words": (["good", "bad", "3"], "'good'", "Convert it first (for example with pd.to_numeric), or name another"),
}


@pytest.mark.parametrize("kind", TEXTS, ids=list(TEXTS))
def test_each_shape_has_its_remedy(kind, unlike_engine):
    values, example, remedy = TEXTS[kind]
    frame = pd.DataFrame({"q": [values[0], *np.resize(values, 5 * len(values))]})  # messages show the most frequent
    with pytest.raises(KeyError) as caught:
        cx.measure(move(unlike_engine, frame), cx.mean("q"))
    said = str(caught.value)
    assert f"column 'q' holds text (such as {example}), where a number or boolean is needed." in said
    assert remedy in said


def test_a_few_words_among_numbers_are_counted_and_their_recoding_works(tmp_path, unlike_engine):
    frame = pd.DataFrame({"q": ["k.A."] * 2 + ["none"] + ["3"] * 30})
    with pytest.raises(KeyError, match=r"3 of 33 answers are no numbers: 'k\.A\.', 'none'\. Recode") as caught:
        cx.measure(move(unlike_engine, frame), cx.csat("q"))
    assert "read_frame(path, missing=['k.A.', 'none'])" in str(caught.value)
    assert "pd.to_numeric(frame['q'], errors='coerce')" in str(caught.value)
    frame.to_csv(tmp_path / "a.csv", index=False)
    from cxstats.readers import read_frame

    assert cx.measure(read_frame(tmp_path / "a.csv", missing=["k.A.", "none"]), cx.csat("q")).n.tolist() == [30]
    assert pd.to_numeric(frame["q"], errors="coerce").notna().sum() == 30


def test_one_text_may_be_a_heading_or_a_total(unlike_engine):
    frame = pd.DataFrame({"q": ["How satisfied?", *["3"] * 30]})
    with pytest.raises(KeyError, match="delete its row if it is a second heading or a total"):
        cx.measure(move(unlike_engine, frame), cx.csat("q"))


def test_words_and_commas_get_both_remedies():
    example, said = obstacle([("3,5", 30), ("k.A.", 2)], "q")
    assert example == "k.A."
    assert "missing=['k.A.']" in said
    assert "decimal=','" in said


def test_mixed_values_name_the_one_that_is_no_number():
    frame = pd.DataFrame({"q": [3, "k.A.", 4, 5, 2]})
    with pytest.raises(KeyError, match=r"holds values of another kind \(such as 'k\.A\.'\)"):
        cx.measure(frame, cx.mean("q"))


def test_a_weight_gets_the_same_remedy(unlike_engine):
    frame = move(unlike_engine, pd.DataFrame({"q": [1, 2], "w": ["0,5", "1,5"]}))
    with pytest.raises(KeyError, match=r"Survey\(weight=\): column 'w' holds text .*decimal=','"):
        cx.Survey(frame, weight="w")


def test_codes_outside_a_scale_come_with_a_recoding_that_works(unlike_engine):
    frame = pd.DataFrame({"q": [5, 4, 99, -1, 99]})
    with pytest.raises(ValueError, match="outside the scale 1 to 5") as caught:
        cx.measure(move(unlike_engine, frame), cx.csat("q"))
    said = str(caught.value)
    assert "Recode [99, -1] as missing if they mean 'no answer': read_frame(path, missing=[99, -1])" in said
    remedy = said[said.index("frame['q'].mask") : said.index("; else")]
    mended = frame.assign(q=eval(remedy, {"frame": frame}))
    assert cx.measure(mended, cx.csat("q")).n.tolist() == [2]


def test_an_nps_has_no_other_scale():
    with pytest.raises(ValueError, match=r"An NPS is asked on 0 to 10: measure other scales with csat\(\)") as caught:
        cx.measure(pd.DataFrame({"q": [20, 100]}), cx.nps("q"))
    assert "scale=" not in str(caught.value)
