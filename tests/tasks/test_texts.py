"""What becomes of long texts, in training and in a served graph alike."""

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.errors import UserError
from bert_tf.tasks.registry import get_task
from bert_tf.tasks.texts import Examples
from bert_tf.tokenization.in_graph import InGraphTokenizer

TEXTS = ["a b c d e f g", "a", "h g f e d c b a"]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    path.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefgh"]) + "\n")
    return InGraphTokenizer(path)


def model(inputs):
    """Says 1 with a probability that follows from the ids of a row."""
    ids = tf.cast(inputs["input_ids"], tf.float32)
    sure = tf.sigmoid(tf.reduce_sum(ids * [1.0, -0.3, 0.2, -0.5, 0.4, -0.1][: ids.shape[1]], axis=1) - 2.0)
    return {"probabilities": tf.stack([1 - sure, sure], axis=1)}


@pytest.mark.parametrize(("long_text", "num_rows"), [("truncate", 3), ("head_tail", 3), ("windows", 7)])
def test_served_as_encoded(tokenizer, long_text, num_rows):
    task = get_task("sst-2")
    task.choose(long_text=long_text)
    encoded = task.encode(tokenizer, Examples(list("123"), TEXTS, [""] * 3, None), 6)
    assert len(encoded) == num_rows
    rows = np.zeros([num_rows, 6], np.int32)
    for row, (first, last) in enumerate(zip(encoded.row_splits, encoded.row_splits[1:])):
        rows[row, : last - first] = encoded.input_ids[first:last]
    owners = np.arange(3) if encoded.row_examples is None else encoded.row_examples
    of_rows = model({"input_ids": tf.constant(rows)})["probabilities"].numpy()
    expected = [of_rows[owners == example].mean(axis=0) for example in range(3)]
    answer = tf.function(task.serve(model, tokenizer, 6))(tf.constant(TEXTS))
    np.testing.assert_allclose(answer["probabilities"], expected, rtol=1e-5)
    names = [label.decode() for label in answer["label"].numpy()]
    assert names == [task.labels[best] for best in np.argmax(expected, axis=1)]


def test_a_tab_too_many_where_labels_are_read(tmp_path):
    (tmp_path / "train.tsv").write_text("sentence\tlabel\nso\t1\nhe said\t1\t0\n")
    with pytest.raises(
        UserError, match="train.tsv:3: 3 columns where 2 are expected: put a blank in the place"
    ):
        get_task("sst-2").examples("train", tmp_path)


def test_columns_without_a_name_are_as_with_google(tmp_path):
    (tmp_path / "train.tsv").write_text("sentence\tlabel\nso\t1\t\nhe said\t1\t\n")
    assert len(get_task("sst-2").examples("train", tmp_path)) == 2


def test_a_tab_too_many_where_none_are_read_is_said(tmp_path, capsys):
    path = tmp_path / "test.tsv"
    path.write_text("index\tsentence\n0\tso\n1\the said\tso\n")
    assert get_task("sst-2").examples("test", tmp_path).text_a == ["so", "he said"]
    assert capsys.readouterr().out == (
        f"{path}: 1 rows have more than 2 columns, which the others have; what is beyond is left out; "
        f"the first such row is {path}:3\n"
    )


def test_only_for_tasks_on_texts():
    with pytest.raises(
        UserError, match="--long_text: is only for tasks with one answer for a text or a pair"
    ):
        get_task("swag").choose(long_text="windows")
