"""SQuAD's files: what is read, what is skipped, and what is said of wrong ones."""

import json

import pytest

from bert_tf import UserError
from bert_tf.data.squad import read_squad, split_words

CONTEXT = " The cat\tsat\n(1973)  there.\u00a0Well "


def written(tmp_path, qas, context=CONTEXT, **others):
    path = tmp_path / "squad.json"
    paragraphs = [{"context": context, "qas": qas}]
    path.write_text(
        json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": paragraphs}], **others})
    )
    return path


def qa(text, start, **others):
    answers = [] if text is None else [{"text": text, "answer_start": start}]
    return {"id": "q1", "question": "What?", "answers": answers, **others}


def test_words_end_at_googles_five_blanks():
    assert split_words(CONTEXT) == ["The", "cat", "sat", "(1973)", "there.\u00a0Well"]
    assert split_words("a\u202fb\u3000c\x0bd \r\n") == ["a", "b\u3000c\x0bd"] and split_words(" ") == []


@pytest.mark.parametrize(
    ("text", "words"), [("cat", (1, 1)), ("1973", (3, 3)), ("cat\tsat\n(19", (1, 3)), ("Well", (4, 4))]
)
def test_answers_are_found_by_their_words(tmp_path, text, words):
    examples = read_squad(written(tmp_path, [qa(text, CONTEXT.index(text))]), is_training=True)
    question = examples.questions[0]
    assert (question.first_word, question.last_word) == words
    assert (question.id, question.text, question.answers, question.paragraph) == ("q1", "What?", (text,), 0)
    assert examples.paragraphs == [CONTEXT] and not examples.skipped and len(examples) == 1


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("dog", 1),
        ("cat", 12),
        ("cat", 400),
        ("cat", 10**400),
        ("cat", -3),
        ("cat", -(10**400)),
        ("Well", len(CONTEXT) - 2),
        ("", 3),
    ],
)
def test_answers_that_are_not_there_are_listed(tmp_path, text, start):
    path = written(tmp_path, [qa(text, start), qa("sat", CONTEXT.index("sat"), id="q2")])
    examples = read_squad(path, is_training=True)
    assert [question.id for question in examples.questions] == ["q2"]
    assert [(answer.id, answer.answer) for answer in examples.skipped] == [("q1", text)]


def test_a_near_miss_counts_as_found_as_in_googles_script(tmp_path):
    examples = read_squad(written(tmp_path, [qa("at", CONTEXT.index("cat"))]), is_training=True)
    assert len(examples) == 1  # The word that stands there holds the answer.
    assert examples.num_displaced == 1 and examples.questions[0].start == (1, 1)


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("北京", 0, ((0, 0), (0, 2))),
        ("北京", 9, ((0, 9), (0, 11))),
        ("北京", 7, ((0, 9), (0, 11))),  # What is nearest.
        ("北京", 3, ((0, 0), (0, 2))),
        ("到 北京", 13, ((0, 13), (1, None))),  # Words end at blanks in any language.
        (" 去 ", 17, ((2, 0), (2, None))),
        ("去  了", 18, (None, None)),  # Not as the paragraph has it, but Google's script takes it.
    ],
)
def test_where_an_answer_begins_and_ends(tmp_path, text, start, expected):
    context = "北京是首都。他来自北京,又到 北京 去 了。"
    examples = read_squad(written(tmp_path, [qa(text, start)], context), is_training=True)
    assert (examples.questions[0].start, examples.questions[0].end) == expected


def test_half_characters_leave_offsets_right(tmp_path):
    """JSON may hold half of an emoji that some tool has cut off; no file of predictions could."""
    context = "a\ud83d cat\ude00 \U0001f600 sat"
    path = written(tmp_path, [qa("sat", 10), qa("cat\ude00", 3, id="q\ud83d")], context)
    examples = read_squad(path, is_training=True)
    assert examples.paragraphs == ["a\ufffd cat\ufffd \U0001f600 sat"] and examples.num_half_characters == 4
    assert [question.answers for question in examples.questions] == [("sat",), ("cat\ufffd",)]
    assert not examples.skipped and not examples.num_displaced
    assert examples.ids == ["q1", "q\ufffd"]


def test_version_2(tmp_path):
    path = written(tmp_path, [qa(None, 0, is_impossible=True), qa("cat", 5, id="q2", is_impossible=False)])
    training = read_squad(path, True, version_2_with_negative=True)
    assert [question.answers for question in training.questions] == [(), ("cat",)]
    assert training.questions[0].first_word is None
    predicting = read_squad(path, False)
    assert predicting.have_answers and predicting.have_questions_without_answer
    assert [question.first_word for question in predicting.questions] == [None, 1]
    assert (training.num_impossible, predicting.num_impossible) == (1, 1)


def test_only_questions_without_an_answer_are_known_answers(tmp_path):
    path = written(tmp_path, [qa(None, 0, is_impossible=True), qa(None, 0, id="q2", is_impossible=True)])
    examples = read_squad(path, is_training=False)
    assert examples.have_answers and [question.answers for question in examples.questions] == [(), ()]
    no_list = {"id": "q1", "question": "What?", "is_impossible": True}
    assert read_squad(written(tmp_path, [no_list]), is_training=False).have_answers


@pytest.mark.parametrize("others", [{}, {"is_impossible": False}, {"is_impossible": "?"}])
def test_empty_lists_alone_say_nothing(tmp_path, others):
    """As in files to be predicted whose answers were taken out."""
    examples = read_squad(written(tmp_path, [qa(None, 0, **others)]), is_training=False)
    assert not examples.have_answers and not examples.have_questions_without_answer
    assert examples.questions[0].answers is None


def test_files_to_predict_need_no_answers(tmp_path):
    path = written(tmp_path, [{"id": 7, "question": "What?"}, qa("dog", 0)])
    examples = read_squad(path, is_training=False)
    assert examples.ids == ["7", "q1"] and [q.answers for q in examples.questions] == [None, ("dog",)]
    assert examples.have_answers
    assert not read_squad(written(tmp_path, [{"id": "1", "question": "What?"}]), False).have_answers


def without(name):
    question = qa("cat", 5)
    del question[name]
    return question


QAS = "squad.json: data[0].paragraphs[0].qas"
WRONG = {
    "no id": ([without("id")], {}, f"{QAS}[0]: 'id' is missing: add it"),
    "no question": ([qa("cat", 5), without("question")], {}, f"{QAS}[1]: 'question' is missing"),
    "no answers": ([without("answers")], {}, f"{QAS}[0]: 'answers' is missing"),
    "no start": (
        [qa("cat", 5, answers=[{"text": "cat"}])],
        {},
        f"{QAS}[0].answers[0]: 'answer_start' is miss",
    ),
    "start as text": ([qa("cat", "5")], {}, "answers[0]: 'answer_start' is not a whole number: correct it"),
    "start as fraction": (
        [qa("cat", 5.0)],
        {},
        "answers[0]: 'answer_start' is not a whole number: correct it",
    ),
    "start is true": ([qa("cat", True)], {}, "answers[0]: 'answer_start' is not a whole number: correct it"),
    "no data": ([], {"data": []}, "squad.json: no question whose answer is found in its paragraph: give a"),
    "question as list": ([qa("cat", 5, question=["What?"])], {}, f"{QAS}[0]: 'question' is not a text"),
    "qas as object": ({}, {}, "squad.json: data[0].paragraphs[0]: 'qas' is not a list: correct it"),
    "question as text": (["What?"], {}, f"{QAS}[0]: not an object with 'answers': give a file in the layout"),
    "data as object": ([], {"data": {}}, "squad.json: 'data' is not a list"),
    "no question at all": ([], {}, "squad.json: no question whose answer is found in its paragraph: give a"),
    "only lost answers": (
        [qa("dog", 1)],
        {},
        "squad.json: no question whose answer is found in its paragraph",
    ),
    "two answers": (
        [qa("cat", 5, answers=2 * [{"text": "cat", "answer_start": 5}])],
        {},
        f"{QAS}[0]: 2 answers, but training needs exactly one for each question",
    ),
    "version 2": ([qa(None, 0)], {}, "; for SQuAD 2.0 add --version_2_with_negative=true"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_entries(tmp_path, name):
    qas, others, message = WRONG[name]
    with pytest.raises(UserError) as error:
        read_squad(written(tmp_path, qas, **others), is_training=True)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_version_2_needs_is_impossible(tmp_path):
    with pytest.raises(UserError, match=r"'is_impossible' is missing \(SQuAD 2.0 has it; without"):
        read_squad(written(tmp_path, [qa("cat", 5)]), True, version_2_with_negative=True)


def test_an_id_of_two_questions_would_lose_a_prediction(tmp_path):
    path = written(tmp_path, [qa("cat", 5), qa("sat", 9)])
    with pytest.raises(
        UserError, match=r"qas\[1\]: id 'q1' again after data\[0\].paragraphs\[0\].qas\[0\]: "
    ):
        read_squad(path, is_training=False)
    with pytest.raises(UserError, match=r"qas\[0\]: not an object with 'id'"):
        read_squad(written(tmp_path, [7]), is_training=False)


def test_files_that_are_not_json(tmp_path):
    path = tmp_path / "squad.json"
    for content, message in (
        (b'{"data": [\n  {"title" 3}\n]}', "squad.json:2: not JSON (Expecting ':' delimiter, column 12): "),
        (b'{"data": "\xff"}', "squad.json:1: not UTF-8 (invalid start byte): give the path of a JSON file"),
        (b'{"data": ' + 10**5 * b"[" + 10**5 * b"]" + b"}", "squad.json:1: JSON nested too deeply"),
        (b'{"data": ' + 5000 * b"9" + b"}", "squad.json:1: holds a number of thousands of digits"),
        (b"[1]", "squad.json: not an object with 'data'"),
        (b"", "squad.json:1: not JSON"),
    ):
        path.write_bytes(content)
        with pytest.raises(UserError) as error:
            read_squad(path, is_training=False)
        assert message in str(error.value)
    with pytest.raises(UserError, match="none.json: No such file or directory: give the path"):
        read_squad(tmp_path / "none.json", is_training=False)
    path.write_bytes(b"\xef\xbb\xbf" + written(tmp_path, [qa("cat", 5)]).read_bytes())
    assert len(read_squad(path, is_training=False)) == 1


def test_real_training_file(bert_tf_data):
    examples = read_squad(bert_tf_data / "squad" / "train-v1.1.json", is_training=True)
    assert (len(examples), len(examples.paragraphs), len(examples.skipped)) == (87599, 18896, 0)
