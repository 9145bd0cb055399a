"""Answers made in the graph against those that a prediction run writes, for the same scores."""

import json

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.tasks.squad import Squad, SquadOptions
from bert_tf.tokenization.in_graph import InGraphTokenizer

# Every piece of the contexts is known: of one with [UNK], Google's rules give all the words around.
WORDS = "the cat sat on a mat . , ( ) ' 19 ##73 s ##s ##t t ##he dog cafe ? who".split()
CONTEXT = "The cat, (1973) sat on the mats. Who?  A dog's café\n" * 4
QUESTIONS = ["Who sat?", "Who sat on the mat and whom did the cats see?", ""]


@pytest.fixture(scope="module")
def vocab_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n")
    return str(path)


def scores(inputs):
    """Any scores, different at each place and in each row."""
    ids = tf.cast(inputs["input_ids"], tf.float32)
    places = tf.range(tf.shape(ids)[1], dtype=tf.float32)
    whole = tf.reduce_sum(ids * (places + 1.0), axis=1, keepdims=True)
    return {
        name: 5.0 * tf.math.sin(factor * (places + 1.0) * (ids + 3.0) + whole)
        for name, factor in (("start_logits", 1.3), ("end_logits", 2.1))
    }


def both(vocab_file, contexts, tmp_path, **options):
    """The answers served and those predicted."""
    options = {
        "max_seq_length": 30,
        "doc_stride": 7,
        "max_query_length": 6,
        "max_answer_length": 9,
        **options,
    }
    task, tokenizer = Squad(SquadOptions(vocab_file, **options)), InGraphTokenizer(vocab_file)
    pairs = [(question, context) for context in contexts for question in QUESTIONS]
    served = task.serve(scores, tokenizer, 30)(*map(tf.constant, zip(*pairs)))
    paragraphs = [
        {"context": context, "qas": [{"id": str(number), "question": question}]}
        for number, (question, context) in enumerate(pairs)
    ]
    path = tmp_path / "questions.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    task = Squad(SquadOptions(vocab_file, predict_file=str(path), **options))
    encoded = task.encode(tokenizer, task.examples("test"), 30)
    ids = tf.RaggedTensor.from_row_splits(encoded.input_ids, encoded.row_splits)
    outputs = {name: value.numpy() for name, value in scores({"input_ids": ids.to_tensor()}).items()}
    files = {name: json.loads(text) for name, text in task.result_files(outputs, encoded).items()}
    return pairs, {name: value.numpy() for name, value in served.items()}, files


@pytest.mark.parametrize("n_best_size", [3, 20])
def test_answers_are_those_of_a_prediction_run(vocab_file, tmp_path, n_best_size):
    contexts = [CONTEXT[:20], CONTEXT[3:60], CONTEXT]
    pairs, served, files = both(vocab_file, contexts, tmp_path, n_best_size=n_best_size)
    assert set(served) == {"answer", "score", "start", "end"}
    answers = [answer.decode() for answer in served["answer"]]
    predicted = list(files["predictions.json"].values())
    # Where no span is allowed, the file has Google's word for that.
    assert [" ".join(answer.split()) or "empty" for answer in answers] == predicted
    assert sum(answer != "" for answer in answers) > 5
    for (_, context), answer, start, end in zip(pairs, answers, served["start"], served["end"]):
        assert context[start:end] == answer
    for answer, score, entries in zip(answers, served["score"], files["nbest_predictions.json"].values()):
        assert not answer or score == pytest.approx(entries[0]["start_logit"] + entries[0]["end_logit"])


def test_no_answer(vocab_file, tmp_path):
    contexts = [CONTEXT[:20], CONTEXT[3:60], CONTEXT]
    version_2 = {"version_2_with_negative": True, "null_score_diff_threshold": -4.0}
    pairs, served, files = both(vocab_file, contexts, tmp_path, **version_2)
    answers = [" ".join(answer.decode().split()) for answer in served["answer"]]
    assert answers == list(files["predictions.json"].values())
    assert 0 < answers.count("") < len(answers)
    np.testing.assert_allclose(served["null_odds"], list(files["null_odds.json"].values()), rtol=1e-5)
    for answer, start, end in zip(answers, served["start"], served["end"]):
        assert ((start, end) == (-1, -1)) if not answer else (0 <= start < end)


def test_contexts_without_words(vocab_file, tmp_path):
    _, served, files = both(vocab_file, ["", " \u200b", "dog"], tmp_path)
    assert served["start"].tolist() == [-1] * 6 + [0] * 3 and served["end"].tolist() == [-1] * 6 + [3] * 3
    assert served["answer"].tolist() == [b""] * 6 + [b"dog"] * 3
    assert list(files["predictions.json"].values()) == ["empty"] * 6 + ["dog"] * 3  # Google's word for none.


def test_scores_are_numbers_and_those_of_a_prediction_run(vocab_file, tmp_path):
    """Also where no span may be an answer: in a context without words, or of those that score best."""
    contexts = ["", " \u200b", *(CONTEXT[start : start + 40] for start in range(3))]
    options = {"max_answer_length": 2, "n_best_size": 1}
    _, served, files = both(vocab_file, contexts, tmp_path, **options)
    entries = [entries[0] for entries in files["nbest_predictions.json"].values()]
    scores = [entry["start_logit"] + entry["end_logit"] for entry in entries]
    np.testing.assert_allclose(served["score"], scores, rtol=1e-5)
    assert sum(entry["text"] == "empty" for entry in entries) > 6
    options |= {"version_2_with_negative": True, "n_best_size": 2}
    _, served, files = both(vocab_file, contexts, tmp_path, **options)
    np.testing.assert_allclose(served["null_odds"], list(files["null_odds.json"].values()), rtol=1e-5)
    assert np.isfinite(served["score"]).all()


@pytest.mark.parametrize("version_2", [False, True])
def test_no_question_at_all(vocab_file, version_2):
    options = {"max_seq_length": 30, "doc_stride": 7, "max_query_length": 6}
    task = Squad(SquadOptions(vocab_file, version_2_with_negative=version_2, **options))
    nothing = tf.zeros([0], tf.string)
    served = task.serve(scores, InGraphTokenizer(vocab_file), 30)(nothing, nothing)
    assert {name: tuple(value.shape) for name, value in served.items()} == dict.fromkeys(served, (0,))
    assert set(served) == {"answer", "start", "end", "score"} | ({"null_odds"} if version_2 else set())


def test_what_is_not_utf_8_is_left_out(vocab_file):
    task = Squad(SquadOptions(vocab_file, max_seq_length=30, max_query_length=6, doc_stride=7))
    serve = task.serve(scores, InGraphTokenizer(vocab_file), 30)
    broken = serve(tf.constant(["who\xff"]), tf.constant([b"the \xff\xfecaf\xc3\xa9"]))
    whole = serve(tf.constant(["who\xff"]), tf.constant(["the café"]))
    assert (
        broken["answer"].numpy() == whole["answer"].numpy() and broken["end"].numpy() == whole["end"].numpy()
    )
