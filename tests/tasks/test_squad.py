"""The task: what it says, measures and writes."""

import json
import pathlib

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.tasks.squad import Squad, SquadOptions
from bert_tf.tokenization.in_graph import InGraphTokenizer

WORDS = "the cat sat on a mat . who where dog".split()
CONTEXT = "The cat sat on a mat."


@pytest.fixture
def vocab_file(tmp_path):
    (tmp_path / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n"
    )
    return str(tmp_path / "vocab.txt")


@pytest.fixture
def squad_file(tmp_path):
    """Writes questions, (answer, start) each, and gives the file."""

    def write(*questions):
        qas = [
            {
                "id": f"q{number}",
                "question": "Who sat on the mat?",
                "answers": [{"text": text, "answer_start": start}] if text else [],
                "is_impossible": not text,
            }
            for number, (text, start) in enumerate(questions)
        ]
        path = tmp_path / "squad.json"
        path.write_text(json.dumps({"data": [{"paragraphs": [{"context": CONTEXT, "qas": qas}]}]}))
        return str(path)

    return write


def predicted(vocab_file, path, spans, **options):
    """The files for scores that are highest at a span for each question, and the lines that were said."""
    said = []
    task = Squad(SquadOptions(vocab_file, predict_file=path, **options), said.append)
    encoded = task.encode(InGraphTokenizer(vocab_file), task.examples("test"), 384)
    assert len(encoded) == len(spans)
    outputs = {
        name: np.zeros((len(spans), encoded.lengths.max()), np.float32)
        for name in ("start_logits", "end_logits")
    }
    for row, (start, end, score) in enumerate(spans):
        outputs["start_logits"][row, start] = outputs["end_logits"][row, end] = score
    # An evaluation gives the rows' losses too.
    with_loss = {**outputs, "loss": np.zeros(len(spans), np.float32)}
    known = encoded.examples.have_answers
    assert not known or task.measure(with_loss, encoded).keys() >= set(task.metrics)
    files = task.result_files(outputs, encoded)
    assert set(files) <= set(task.result_file_names)
    return files, said


# Rows are [CLS] who sat on the mat [UNK] [SEP] the cat sat on a mat . [SEP]: the cat is 8 to 9.
def test_files_of_version_1(vocab_file, squad_file):
    files, said = predicted(vocab_file, squad_file(("The cat", 0), ("cat", 4)), [(8, 9, 5.0), (8, 9, 5.0)])
    assert list(files) == ["predictions.json", "nbest_predictions.json", "eval_results.txt"]
    assert files["predictions.json"] == '{\n    "q0": "The cat",\n    "q1": "The cat"\n}\n'
    best = json.loads(files["nbest_predictions.json"])["q0"]
    assert len(best) == 20 and list(best[0]) == ["text", "probability", "start_logit", "end_logit"]
    assert sum(entry["probability"] for entry in best) == pytest.approx(1)
    assert files["eval_results.txt"] == "exact_match = 100.0\nf1 = 100.0\n"
    assert said == ["  exact_match = 100.0\n  f1 = 100.0"]


def test_files_of_version_2(vocab_file, squad_file):
    path = squad_file(("cat", 4), (None, 0), ("mat", 17))
    spans = [(9, 9, 5.0), (0, 0, 5.0), (13, 13, -1.0)]
    files, _ = predicted(vocab_file, path, spans, version_2_with_negative=True)
    assert list(files) == ["predictions.json", "nbest_predictions.json", "null_odds.json", "eval_results.txt"]
    odds = json.loads(files["null_odds.json"])
    assert odds["q0"] == -10.0 and odds["q1"] == 10.0 and odds["q2"] == 0.0
    results = dict(line.split(" = ") for line in files["eval_results.txt"].splitlines())
    assert (
        list(results) == sorted(results) and results["total"] == "3" and results["best_f1_thresh"] == "-10.0"
    )
    assert (results["HasAns_total"], results["NoAns_exact"]) == ("2", "100.0")
    better, _ = predicted(
        vocab_file, path, spans, version_2_with_negative=True, null_score_diff_threshold=11.0
    )
    assert "" not in json.loads(better["predictions.json"]).values()


def test_the_best_threshold_gives_the_best_score(vocab_file, squad_file):
    path, spans = squad_file(("cat", 4), (None, 0), ("mat", 17)), [(9, 9, 1.0), (10, 10, 2.0), (13, 13, 3.0)]
    options = {"version_2_with_negative": True, "null_score_diff_threshold": -9.0}
    files, _ = predicted(vocab_file, path, spans, **options)
    results = dict(line.split(" = ") for line in files["eval_results.txt"].splitlines())
    options["null_score_diff_threshold"] = float(results["best_exact_thresh"])
    files, _ = predicted(vocab_file, path, spans, **options)
    again = dict(line.split(" = ") for line in files["eval_results.txt"].splitlines())
    assert again["exact"] == results["best_exact"] > results["exact"]


def test_nothing_is_scored_where_the_answers_are_not_known(vocab_file, squad_file):
    path = squad_file((None, 0))
    without_knowledge(path, 0)
    files, said = predicted(vocab_file, path, [(9, 9, 5.0)])
    assert list(files) == ["predictions.json", "nbest_predictions.json"]
    assert said == [
        f"{path}: 1 of 1 questions have neither answers nor is_impossible: predicted, but not scored"
    ]


def without_knowledge(path, number):
    """Takes out of a file what it says of the answer to a question."""
    content = json.loads(pathlib.Path(path).read_text())
    question = content["data"][0]["paragraphs"][0]["qas"][number]
    del question["answers"], question["is_impossible"]
    pathlib.Path(path).write_text(json.dumps(content))


def test_questions_without_an_answer_alone_are_scored(vocab_file, squad_file):
    path, spans = squad_file((None, 0), (None, 0)), [(0, 0, 5.0), (9, 9, 5.0)]
    files, said = predicted(vocab_file, path, spans, version_2_with_negative=True)
    assert "exact = 50.0\n" in files["eval_results.txt"] and "NoAns_total = 2\n" in files["eval_results.txt"]
    assert len(said) == 1 and said[0].startswith("  NoAns_exact")
    files, said = predicted(vocab_file, path, 2 * spans[1:])
    assert "NoAns_exact = 0.0\n" in files["eval_results.txt"]
    assert said[0] == (
        f"{path}: 2 questions have no answer, but one will be predicted for each: "
        "add --version_2_with_negative=true"
    )


@pytest.mark.parametrize("version_2", [False, True])
def test_only_what_is_known_is_scored(vocab_file, squad_file, version_2):
    """A question that the file says nothing of is no question without an answer."""
    path = squad_file(("cat", 4), ("mat", 17), ("dog", 0))
    without_knowledge(path, 1)
    files, said = predicted(vocab_file, path, 3 * [(9, 9, 5.0)], version_2_with_negative=version_2)
    assert (
        said[0]
        == f"{path}: 1 of 3 questions have neither answers nor is_impossible: predicted, but not scored"
    )
    name = "exact" if version_2 else "exact_match"
    assert f"{name} = 50.0\n" in files["eval_results.txt"] and len(json.loads(files["predictions.json"])) == 3


def test_padding_competes_only_in_googles_layout(vocab_file, squad_file):
    task = Squad(
        SquadOptions(vocab_file, predict_file=squad_file(("cat", 4)), n_best_size=2), lambda line: None
    )
    encoded = task.encode(InGraphTokenizer(vocab_file), task.examples("test"), 384)
    logits = np.zeros((1, 24), np.float32)
    logits[0, 9], logits[0, 20:] = 5.0, 9.0  # Four places behind the row score higher than the answer.
    outputs = {"start_logits": logits, "end_logits": logits}
    assert '"q0": "cat"' in task.result_files(outputs, encoded)["predictions.json"]
    google = Squad(SquadOptions(vocab_file, n_best_size=2, pad_to_max_length=True), lambda line: None)
    assert '"q0": "empty"' in google.result_files(outputs, encoded)["predictions.json"]


def test_answers_that_are_left_out_are_counted_and_named(vocab_file, squad_file):
    path = squad_file(("cat", 4), *[("dog", 0)] * 12)
    said = []
    task = Squad(SquadOptions(vocab_file, train_file=path), said.append)
    assert len(task.examples("train")) == 1
    assert said == [
        f"{path}: 12 questions left out, whose answer is not where answer_start says: "
        "q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, … (--verbose_logging=true shows all)"
    ]
    Squad(SquadOptions(vocab_file, train_file=path, verbose_logging=True), said.append).examples("train")
    assert (
        said[1].endswith("q10, q11, q12") and said[-1] == "  q12: 'dog' is not in 'The'" and len(said) == 14
    )


def test_labels_and_cut_questions(vocab_file, squad_file):
    path, said = squad_file(("cat", 4), (None, 0)), []
    options = {"train_file": path, "version_2_with_negative": True, "max_query_length": 2}
    task = Squad(SquadOptions(vocab_file, **options), said.append)
    encoded = task.encode(InGraphTokenizer(vocab_file), task.examples("train"), 384)
    # [CLS] who sat [SEP] the cat …
    assert encoded.labels.tolist() == [[5, 5], [0, 0]] and encoded.labels.dtype == np.int32
    assert said == ["2 questions cut to their first 2 word pieces"]


def test_training_is_evaluated_on_answers(vocab_file, squad_file):
    path = squad_file(("The cat", 0), (None, 0), ("dog", 0))
    task = Squad(SquadOptions(vocab_file, predict_file=path), lambda line: None)
    encoded = task.encode(InGraphTokenizer(vocab_file), task.examples("dev"), 384)
    assert encoded.labels.tolist() == [[8, 9], [0, 0], [0, 0]]
    path = squad_file((None, 0))
    assert len(Squad(SquadOptions(vocab_file, predict_file=path), str).examples("dev")) == 1
    without_knowledge(path, 0)
    with pytest.raises(UserError, match="squad.json: holds no answers to evaluate on: give a file"):
        Squad(SquadOptions(vocab_file, predict_file=path)).examples("dev")
    with pytest.raises(UserError, match="flag --predict_file is missing: training is evaluated on its"):
        Squad(SquadOptions(vocab_file)).examples("dev")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"max_seq_length": 67},
            "--max_query_length=64: leaves no room for the paragraph in --max_seq_length=67",
        ),
        ({"doc_stride": 382}, "--doc_stride=382: no window of --max_seq_length=384 .* give at most 317"),
    ],
)
def test_lengths_that_do_not_go_together(vocab_file, options, message):
    with pytest.raises(UserError, match=message):
        Squad(SquadOptions(vocab_file, **options))


@pytest.mark.parametrize("context", ["", " ", "\x00", "\u200b \ufffd", "\u0301"])
def test_paragraphs_without_a_word(vocab_file, tmp_path, context):
    path = tmp_path / "empty.json"
    path.write_text(
        json.dumps({"data": [{"paragraphs": [{"context": context, "qas": [{"id": "1", "question": "?"}]}]}]})
    )
    task = Squad(SquadOptions(vocab_file, predict_file=str(path)), str)
    with pytest.raises(UserError, match="none of the paragraphs holds a word"):
        # An accent alone is a word until it is stripped.
        task.encode(InGraphTokenizer(vocab_file), task.examples("test"), 384)


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), -float("inf")])
def test_thresholds_are_numbers(vocab_file, threshold):
    with pytest.raises(UserError, match="--null_score_diff_threshold=.*: give a finite number"):
        Squad(SquadOptions(vocab_file, null_score_diff_threshold=threshold))


def test_more_answers_than_anyone_reads_are_refused(vocab_file, squad_file):
    path = squad_file(*[("cat", 4)] * 30)
    with pytest.raises(
        UserError, match=r"--n_best_size=1000000: up to 30,000,000 answers .* at most 666666$"
    ):
        Squad(SquadOptions(vocab_file, predict_file=path, n_best_size=1_000_000)).examples("test")


def test_a_large_n_best_size_gives_what_there_is(vocab_file, squad_file):
    files, _ = predicted(vocab_file, squad_file(("cat", 4)), [(9, 9, 5.0)], n_best_size=1_000_000)
    entries = json.loads(files["nbest_predictions.json"])["q0"]
    assert 20 < len(entries) == len({entry["text"] for entry in entries}) < 30


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_scores_that_are_no_numbers_give_no_files(vocab_file, squad_file, value):
    with pytest.raises(
        UserError, match="the model's scores are not finite in 1 of 2 windows: its weights are"
    ):
        predicted(vocab_file, squad_file(("cat", 4), ("mat", 17)), [(9, 9, 5.0), (3, 3, value)])


@pytest.mark.parametrize("version_2", [False, True])
def test_odd_paragraphs_and_questions(vocab_file, tmp_path, version_2):
    """Each question is in each file, with numbers that are JSON (NaN and Infinity are not)."""
    contexts = ["", " \t\n", "\u200b\x00", "\ud83d", "the cat \ud83d sat", "x" * 5000, "the\u3000cat"]
    paragraphs = [
        {
            "context": context,
            "qas": [{"id": f"{number}{place}\udc00", "question": question} for place in "ab"],
        }
        for number, context in enumerate(contexts)
        for question in [("", "\ud83d", "who " * 900)[number % 3]]
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    files, said = predicted(vocab_file, str(path), 6 * [(4, 4, 5.0)], version_2_with_negative=version_2)
    assert said[0] == f"{path}: 20 halves of characters (cut-off emoji) read as U+FFFD"

    def refuse(constant):
        raise AssertionError(constant)

    for name, text in files.items():
        values = json.loads(text, parse_constant=refuse)
        assert list(values) == [f"{number}{place}\ufffd" for number in range(7) for place in "ab"], name
    assert json.loads(files["predictions.json"])["0a\ufffd"] == ("" if version_2 else "empty")
    if version_2:
        assert json.loads(files["null_odds.json"])["0a\ufffd"] == 1e6
