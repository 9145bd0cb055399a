"""Windows, n-best lists and answers against a plain and slow restatement of the rules of run_squad.py."""

import functools
import json
import math
import random

import numpy as np
import pytest

from bert_tf.data.squad import read_squad
from bert_tf.data.squad_features import encode_squad
from bert_tf.data.squad_windows import WindowOptions
from bert_tf.tasks.squad import Squad, SquadOptions
from bert_tf.tokenization.in_graph import InGraphTokenizer
from bert_tf.tokenization.reference import FullTokenizer

BLANKS = " \t\r\n\u202f"


class Plain:
    """The rules, one question at a time."""

    def __init__(self, vocab_file, **options):
        self.options = SquadOptions(str(vocab_file), **options)
        self.tokenizer = FullTokenizer(str(vocab_file), self.options.do_lower_case)

    def words(self, text):
        """The words of a text, and for each character the number of the word that it is of or behind."""
        words, word_of, inside = [], [], False
        for character in text:
            if character in BLANKS:
                inside = False
            elif inside:
                words[-1] += character
            else:
                words.append(character)
                inside = True
            word_of.append(len(words) - 1)
        return words, word_of

    def rows(self, question, context, answer=None, start=None):
        """The rows of a question as dicts."""
        words, word_of = self.words(context)
        query = self.tokenizer.tokenize(question)[: self.options.max_query_length]
        pieces, first_piece, word_of_piece = [], [], []
        for number, word in enumerate(words):
            first_piece.append(len(pieces))
            for piece in self.tokenizer.tokenize(word):
                pieces.append(piece)
                word_of_piece.append(number)
        span = None
        if answer:
            last_word = word_of[start + len(answer) - 1]
            first = first_piece[word_of[start]]
            last = first_piece[last_word + 1] - 1 if last_word + 1 < len(words) else len(pieces) - 1
            span = self.narrowed(pieces, first, last, answer)
        room = self.options.max_seq_length - len(query) - 3
        windows, begin = [], 0
        while begin < len(pieces):
            size = min(room, len(pieces) - begin)
            windows.append((begin, size))
            if begin + size == len(pieces):
                break
            begin += min(size, self.options.doc_stride)
        rows = []
        for number, (begin, size) in enumerate(windows):
            offset = len(query) + 2
            row = {
                "tokens": ["[CLS]", *query, "[SEP]", *pieces[begin : begin + size], "[SEP]"],
                "segments": [0] * offset + [1] * (size + 1),
                "word_of": {offset + i: word_of_piece[begin + i] for i in range(size)},
                "max_context": {
                    offset + i: self.is_max_context(windows, number, begin + i) for i in range(size)
                },
                "label": (0, 0),
            }
            if span and span[0] >= begin and span[1] <= begin + size - 1:
                row["label"] = (span[0] - begin + offset, span[1] - begin + offset)
            rows.append(row)
        return rows

    def narrowed(self, pieces, first, last, answer):
        wanted = " ".join(self.tokenizer.tokenize(answer))
        for start in range(first, last + 1):
            for end in range(last, start - 1, -1):
                if " ".join(pieces[start : end + 1]) == wanted:
                    return start, end
        return first, last

    def is_max_context(self, windows, number, piece):
        best = None
        for index, (begin, size) in enumerate(windows):
            if begin <= piece < begin + size:
                score = min(piece - begin, begin + size - 1 - piece) + 0.01 * size
                if best is None or score > best[0]:
                    best = (score, index)
        return best[1] == number

    def predict(self, rows, logits, context):
        """The answer, the n best and the odds of no answer; `logits` are (starts, ends) of each row."""
        options, words = self.options, self.words(context)[0]
        found, null = [], (1000000, 0.0, 0.0)
        for row, (starts, ends) in zip(rows, logits):
            if starts[0] + ends[0] < null[0]:
                null = (starts[0] + ends[0], starts[0], ends[0])
            for start in self.best(starts):
                for end in self.best(ends):
                    are_words = start in row["word_of"] and end in row["word_of"]
                    is_short = 0 <= end - start < options.max_answer_length
                    if are_words and is_short and row["max_context"][start]:
                        found.append((starts[start], ends[end], row, start, end))
        if options.version_2_with_negative:
            found.append((null[1], null[2], None, 0, 0))
        best = []
        for start_logit, end_logit, row, start, end in sorted(found, key=lambda x: x[0] + x[1], reverse=True):
            if len(best) >= options.n_best_size:
                break
            text = self.text(row, start, end, words) if start else ""
            if start == 0 or text not in [entry[0] for entry in best]:
                best.append((text, start_logit, end_logit))
        if options.version_2_with_negative and "" not in [entry[0] for entry in best]:
            best.append(("", null[1], null[2]))
        best = best or [("empty", 0.0, 0.0)]
        scores = [entry[1] + entry[2] for entry in best]
        weights = [math.exp(score - max(scores)) for score in scores]
        names = ("text", "probability", "start_logit", "end_logit")
        shares = [weight / sum(weights) for weight in weights]
        entries = [dict(zip(names, (entry[0], share, *entry[1:]))) for entry, share in zip(best, shares)]
        if not options.version_2_with_negative:
            return best[0][0], entries, None
        # Where all is "", Google's script fails.
        some = next((entry for entry in best if entry[0]), ("", 0.0, 0.0))
        odds = null[0] - some[1] - some[2]
        return "" if odds > options.null_score_diff_threshold else some[0], entries, odds

    def best(self, logits):
        ranked = sorted(range(len(logits)), key=lambda index: logits[index], reverse=True)
        return ranked[: self.options.n_best_size]

    def text(self, row, start, end, words):
        original = " ".join(words[row["word_of"][start] : row["word_of"][end] + 1])
        predicted = " ".join(row["tokens"][start : end + 1]).replace(" ##", "").replace("##", "")
        predicted = " ".join(predicted.split())
        tokenized = " ".join(self.tokenizer.basic_tokenizer.tokenize(original))
        place = tokenized.find(predicted)
        solid = [[i for i, char in enumerate(text) if char != " "] for text in (original, tokenized)]
        if place < 0 or len(solid[0]) != len(solid[1]):
            return original
        ends = place, place + len(predicted) - 1
        if not set(ends) <= set(solid[1]):
            return original
        first, last = (solid[0][solid[1].index(end)] for end in ends)
        return original[first : last + 1]


tokenizer_of = functools.cache(InGraphTokenizer)


def questions_of(path):
    for entry in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in entry["paragraphs"]:
            for qa in paragraph["qas"]:
                yield qa, paragraph["context"]


def check_rows(path, vocab_file, is_training, **options):
    """Compares every row of a file, and returns both sides."""
    plain = Plain(vocab_file, **options)
    windows = WindowOptions(**{name: getattr(plain.options, name) for name in vars(WindowOptions())})
    examples = read_squad(path, is_training)
    encoded = encode_squad(tokenizer_of(str(vocab_file), plain.options.do_lower_case), examples, windows)
    skipped = {answer.id for answer in examples.skipped}
    kept = [(qa, context) for qa, context in questions_of(path) if qa["id"] not in skipped]
    expected = []
    for number, (qa, context) in enumerate(kept):
        answer = qa["answers"][0] if is_training else {"text": None, "answer_start": None}
        rows = plain.rows(qa["question"], context, answer["text"], answer["answer_start"])
        expected += [(number, row) for row in rows]
    assert [number for number, _ in expected] == encoded.question.tolist()
    tokens = [plain.tokenizer.convert_tokens_to_ids(row["tokens"]) for _, row in expected]
    assert sum(tokens, []) == encoded.input_ids.tolist()
    assert list(map(len, tokens)) == encoded.lengths.tolist()
    assert sum((row["segments"] for _, row in expected), []) == encoded.segment_ids.tolist()
    if is_training:
        assert [list(row["label"]) for _, row in expected] == encoded.labels.tolist()
    else:
        flags = [flag for _, row in expected for flag in row["max_context"].values()]
        assert flags == encoded.max_context.tolist()
    return plain, expected, encoded


def check_predictions(path, vocab_file, **options):
    """Compares every file that is written for random scores, padding and ties among them."""
    plain, expected, encoded = check_rows(path, vocab_file, is_training=False, **options)
    task = Squad(SquadOptions(str(vocab_file), pad_to_max_length=True, **options), say=str)
    random_scores = np.random.default_rng(5)
    shape = (len(encoded), plain.options.max_seq_length)
    outputs = {
        name: random_scores.normal(scale=4, size=shape).round(1).astype(np.float32)
        for name in ("start_logits", "end_logits")
    }
    files = task.result_files(outputs, encoded)
    rows_of = {number: [] for number in range(len(encoded.examples))}
    for row, (number, plain_row) in enumerate(expected):
        logits = [outputs[name][row].astype(float).tolist() for name in ("start_logits", "end_logits")]
        rows_of[number].append((plain_row, logits))
    texts, entries, odds = {}, {}, {}
    for number, (qa, context) in enumerate(questions_of(path)):
        rows, logits = zip(*rows_of[number]) if rows_of[number] else ((), ())
        texts[qa["id"]], entries[qa["id"]], odds[qa["id"]] = plain.predict(rows, logits, context)
    assert files["predictions.json"] == json.dumps(texts, indent=4) + "\n"
    assert files["nbest_predictions.json"] == json.dumps(entries, indent=4) + "\n"
    if options.get("version_2_with_negative"):
        assert files["null_odds.json"] == json.dumps(odds, indent=4) + "\n"
    return texts


# Words that are hard to align: pieces, punctuation, case, accents, unknown and vanishing characters, blanks.
HARD_WORDS = (
    "The cat's Steve (1895-1943). Café, naïve İstanbul ☃ ab\u0301c zero\u200bwidth \u200b $3.50 US$3 the the "
    "THE 東京 x\u00a0y [SEP] unaffable, runs runs. ###"
).split(" ")
PIECES = (
    "the cat ' s steve ( 1895 - 1943 ) . cafe , naive istanbul ab ##c zero ##width $ 3 50 us 東 京 x y [ sep "
    "] una ##ffa ##ble run ##s #"
).split()


@pytest.fixture(scope="module")
def vocab_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    path.write_text("\n".join(special + PIECES) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hard_file(tmp_path_factory):
    """Paragraphs of hard words with odd blanks, with an answer that begins and ends anywhere."""
    rng = random.Random(3)
    paragraphs = []
    for number in range(25):
        words = [rng.choice(HARD_WORDS) for _ in range(rng.choice((0, 1, 5, 30, 60)))]
        context = "".join(rng.choice((" ", "  ", "\n", "\t\u202f")) + word for word in words)[number % 2 :]
        qas = []
        for index in range(2 if words else 0):
            start, end = sorted(rng.sample(range(len(context) + 1), 2))
            question = " ".join(rng.choice(HARD_WORDS) for _ in range(rng.randrange(9)))
            answers = [{"text": context[start:end], "answer_start": start}]
            qas.append({"id": f"{number}-{index}", "question": question, "answers": answers})
        paragraphs.append({"context": context, "qas": qas})
    path = tmp_path_factory.mktemp("hard") / "hard.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return path


WINDOWS = ({"max_seq_length": 24, "max_query_length": 8, "doc_stride": 5},)
WINDOWS += ({"max_seq_length": 40, "max_query_length": 3, "doc_stride": 37}, {"max_seq_length": 384})


@pytest.mark.parametrize("options", WINDOWS, ids=lambda options: str(options["max_seq_length"]))
def test_hard_paragraphs(hard_file, vocab_file, options):
    check_predictions(hard_file, vocab_file, **options)
    short = {"n_best_size": 12, "max_answer_length": 4, "null_score_diff_threshold": -6.0}
    texts = check_predictions(hard_file, vocab_file, version_2_with_negative=True, **short, **options)
    assert 0 < list(texts.values()).count("") < len(texts)


@pytest.mark.parametrize("options", WINDOWS, ids=lambda options: str(options["max_seq_length"]))
def test_hard_answers_to_train_on(hard_file, vocab_file, options):
    _, expected, encoded = check_rows(hard_file, vocab_file, is_training=True, **options)
    assert any(row["label"] == (0, 0) for _, row in expected) == (options["max_seq_length"] < 384)
    assert len(encoded.examples) > 25 and encoded.max_context is None


def first_questions(path, folder, paragraphs, answers):
    """A copy of one of SQuAD's files with some paragraphs of each article, and so many answers a question."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for entry in data["data"]:
        entry["paragraphs"] = entry["paragraphs"][:paragraphs]
        for paragraph in entry["paragraphs"]:
            for qa in paragraph["qas"]:
                qa["answers"] = qa["answers"][:answers]
    copy = folder / path.name
    copy.write_text(json.dumps(data), encoding="utf-8")
    return copy


def test_real_questions(bert_tf_data, tmp_path):
    vocab_file, cased = (bert_tf_data / "vocabs" / name / "vocab.txt" for name in ("uncased", "cased"))
    path = first_questions(bert_tf_data / "squad" / "dev-v1.1.json", tmp_path, 1, 1)
    check_rows(path, vocab_file, is_training=True)
    check_predictions(path, vocab_file)
    check_predictions(path, cased, do_lower_case=False)
    path = first_questions(bert_tf_data / "squad" / "dev-v2.0.json", tmp_path, 1, 9)
    options = {"max_seq_length": 128, "doc_stride": 48, "null_score_diff_threshold": -14.0}
    texts = check_predictions(path, vocab_file, version_2_with_negative=True, **options)
    assert 0 < list(texts.values()).count("") < len(texts)
