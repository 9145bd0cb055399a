"""What the exported functions of each task give for no text, for texts without words, for long ones."""

import json

import numpy as np
import pytest
import tensorflow as tf

from bert_tf import BertConfig, InGraphTokenizer
from bert_tf.export.saved_model import TaskModule
from bert_tf.tasks.classification import Classification
from bert_tf.tasks.multi_label import MultiLabel
from bert_tf.tasks.multiple_choice import UserChoices
from bert_tf.tasks.ner import Ner, NerData
from bert_tf.tasks.regression import Regression
from bert_tf.tasks.squad import Squad, SquadOptions

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sat", "ran", "##s", "."]
CONFIG = BertConfig(
    vocab_size=len(WORDS),
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=16,
    type_vocab_size=2,
    initializer_range=0.5,
)
LENGTH = 12
# Without a word, with words that are not, and with more than there is room for.
ODD_TEXTS = [
    "",
    " \t\n",
    "\x00\u200b",
    "\u0301",
    "\u3000",
    b"\xff\xfe",
    "☃",
    "a" * 5000,
    "the cat sat . " * 200,
]


class Sameness(Classification):
    labels = ["different", "same"]
    splits = {}


class Qualities(MultiLabel):
    labels = ["long", "odd", "empty"]
    splits = {}


class Grade(Regression):
    splits = {}


def classification(vocab_file, **choices):
    task = Sameness()
    task.choose(**choices)
    return task


def tagging(vocab_file):
    task = Ner(NerData())
    task.recall({"labels": ["O", "B-PER", "I-PER"]})
    return task


def squad(vocab_file, **options):
    return Squad(SquadOptions(vocab_file, max_seq_length=LENGTH, max_query_length=4, doc_stride=3, **options))


TASKS = {
    "classification": classification,
    "windows": lambda vocab_file: classification(vocab_file, long_text="windows"),
    "multi-label": lambda vocab_file: Qualities(),
    "regression": lambda vocab_file: Grade(),
    "multiple choice": lambda vocab_file: UserChoices(),
    "tagging": tagging,
    "SQuAD 1.1": squad,
    "SQuAD 2.0": lambda vocab_file: squad(vocab_file, version_2_with_negative=True),
}


@pytest.fixture(scope="module", params=TASKS)
def module(request, tmp_path_factory):
    vocab_file = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    vocab_file.write_text("\n".join(WORDS) + "\n")
    task = TASKS[request.param](str(vocab_file))
    return TaskModule(task.model(CONFIG), task, InGraphTokenizer(str(vocab_file)), LENGTH, 16)


def answers(module, *texts):
    """What `text` gives for the same texts as each of its inputs; of choices there are two."""
    values = tf.constant(list(texts), tf.string)
    two = tf.stack([values, values], axis=1)
    inputs = [values if spec.shape.rank == 1 else two for spec in module.text.input_signature]
    return {name: value.numpy() for name, value in module.text(*inputs).items()}


def test_no_text(module):
    """As many axes as for some texts, the first one empty, and no other smaller than the task has it."""
    nothing, some = answers(module), answers(module, "the cat sat .")
    assert nothing.keys() == some.keys()
    for name in some:
        assert nothing[name].shape[0] == 0 and nothing[name].ndim == some[name].ndim, name
        assert nothing[name].dtype == some[name].dtype, name
    if "probabilities" in some:
        assert nothing["probabilities"].shape[1:] == some["probabilities"].shape[1:]


def test_no_text_and_no_choices(module):
    if "choices" in [spec.name for spec in module.text.input_signature]:
        served = module.text(tf.zeros([0], tf.string), tf.zeros([0, 0], tf.string))
        assert served["probabilities"].shape == (0, 0) and served["choice"].shape == (0,)
        with pytest.raises(tf.errors.InvalidArgumentError, match="there are questions without choices"):
            module.text(tf.constant(["?"]), tf.zeros([1, 0], tf.string))


@pytest.mark.parametrize("length", [0, 1, 7])
def test_no_sequence(module, length):
    shape = [0, 3, length] if module.ids.input_signature[0].shape.rank == 3 else [0, length]
    nothing = module.ids(*[tf.zeros(shape, tf.int32)] * 3)
    some = module.ids(*[tf.ones([2, *shape[1:-1], max(length, 1)], tf.int32)] * 3)
    for name in some:
        assert nothing[name].shape == (0, *some[name].shape[1:]), name


def test_odd_texts(module):
    """Each gets an answer in numbers, the same alone and among others."""
    together = answers(module, *ODD_TEXTS)
    for row, text in enumerate(ODD_TEXTS):
        alone = answers(module, text)
        for name, value in alone.items():
            assert together[name].shape[0] == len(ODD_TEXTS) and value.shape[0] == 1, name
            if value.dtype.kind == "f":
                assert np.isfinite(value).all() and np.isfinite(together[name]).all(), (name, text[:9])
                both = (
                    value[0],
                    together[name][row][: value.shape[1]] if value.ndim > 1 else together[name][row],
                )
                np.testing.assert_allclose(*both, atol=1e-4)


def test_answers_can_be_written_as_json(module):
    # A choice comes back as it was given, also if that was not UTF-8.
    for value in answers(module, *(text for text in ODD_TEXTS if isinstance(text, str))).values():
        decoded = np.char.decode(value.astype(bytes), "utf-8") if value.dtype == object else value
        json.dumps(decoded.tolist(), allow_nan=False)
