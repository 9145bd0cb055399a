"""The exported model against predictions.txt, where words are not what white space and punctuation part."""

import pytest
from seqeval.metrics.sequence_labeling import get_entities

CHARACTERS = """\
## 1
p\tB-PER
q\tM-PER
c\tE-PER
 \tO
,\tO
l\tS-LOC

## 2
l\tB-LOC
a\tO
"""
WORDS = """\
p.a. B-PER
q.b. E-PER
a%c O
, O
l% S-LOC
b's O

l% B-LOC
m.b. E-LOC
. O
#a O
"""


def entities(predictions):
    """(type, words) of each entity of `predictions.txt`, for each sentence."""
    found = []
    for sentence in predictions.strip("\n").split("\n\n"):
        rows = [
            line.rsplit("\t" if "\t" in line else " ") for line in sentence.split("\n") if "##" not in line
        ]
        tags = [row[-1].replace("M-", "I-") for row in rows]
        words = [row[0] for row in rows]
        found.append([(name, words[first : last + 1]) for name, first, last in get_entities(tags)])
    return found


@pytest.mark.parametrize(
    "text, texts, join",
    [
        (CHARACTERS, ["pqc ,l", "la"], ""),
        (WORDS, ["p.a. q.b. a%c, l% b's", "l% m.b.. #a"], " "),
    ],
    ids=["characters", "words"],
)
def test_answers_as_predictions(ner, flags_for, data, ask_without_project, tmp_path, text, texts, join):
    (tmp_path / "train.txt").write_text((text + "\n") * 8)
    (tmp_path / "test.txt").write_text(text)
    flags = flags_for(
        data,
        tmp_path / "out",
        data_dir=tmp_path,
        tag_scheme="any",
        comment_prefix="##",
        do_predict=True,
        num_train_epochs=60,
        export_dir=tmp_path / "export",
    )
    status, out, last = ner.run(*flags)
    assert status == 0, last
    assert "holds tags, so the predictions are scored" in out and "train.txt: tags of " in out
    expected = entities((tmp_path / "out/predictions.txt").read_text())
    answer = ask_without_project(tmp_path / "export", text=texts)
    found = [
        list(zip(answer["type"][row][:count], answer["text"][row]))
        for row, count in enumerate(answer["count"])
    ]
    assert found == [[(name, join.join(words)) for name, words in sentence] for sentence in expected]
    assert sum(map(len, found)) > 1 and "accuracy = 1.0" in (tmp_path / "out/predict_results.txt").read_text()
