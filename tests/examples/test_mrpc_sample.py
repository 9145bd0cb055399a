"""The sample data set is what its script makes, and fits its task, vocabulary and config."""

import pathlib
import re
import subprocess
import sys

import pytest

from bert_tf.config import BertConfig
from bert_tf.tasks.registry import get_task

SAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "mrpc_sample"
MADE = ["train.tsv", "dev.tsv", "test.tsv", "vocab.txt", "bert_config.json"]


@pytest.fixture(scope="module")
def splits():
    """train, dev and test as the task reads them."""
    return {split: get_task("mrpc").examples(split, SAMPLE) for split in ("train", "dev", "test")}


def test_making_it_again_gives_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, SAMPLE / "make_sample.py", tmp_path], check=True)
    assert {name: (tmp_path / name).read_bytes() for name in MADE} == {
        name: (SAMPLE / name).read_bytes() for name in MADE
    }


def test_sizes_and_labels(splits):
    assert [len(splits[split]) for split in ("train", "dev", "test")] == [1200, 200, 200]
    assert splits["test"].labels is None
    assert all(0.45 < splits[split].labels.mean() < 0.55 for split in ("train", "dev"))


def test_no_pair_occurs_twice(splits):
    pairs = [pair for examples in splits.values() for pair in zip(examples.text_a, examples.text_b)]
    assert len(set(pairs)) == len(pairs) == 1600


def test_every_word_is_in_the_vocabulary(splits):
    vocabulary = (SAMPLE / "vocab.txt").read_text(encoding="utf-8").splitlines()
    config = BertConfig.from_json_file(SAMPLE / "bert_config.json")
    assert len(set(vocabulary)) == len(vocabulary) == config.vocab_size
    for examples in splits.values():
        text = " ".join(examples.text_a + examples.text_b).lower()
        assert set(re.findall(r"\w+|[^\w\s]", text)) <= set(vocabulary)
