"""Tasks by name."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.glue import Mrpc
from bert_tf.tasks.registry import TASKS, get_task

GOOGLE_LABELS = {
    "cola": ["0", "1"],
    "mnli": ["contradiction", "entailment", "neutral"],
    "mrpc": ["0", "1"],
    "xnli": ["contradiction", "entailment", "neutral"],
}


def test_names_in_any_case():
    assert isinstance(get_task("MRPC"), Mrpc)


def test_labels_are_in_google_s_order():
    assert {name: get_task(name).labels for name in TASKS} == GOOGLE_LABELS


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UserError, match="no task 'mrcp': choose one of cola, mnli, mrpc, xnli"):
        get_task("mrcp")
