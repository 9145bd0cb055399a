"""Tasks by name."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.registry import TASKS, get_task, task_key

GOOGLE_LABELS = {
    "cola": ["0", "1"],
    "mnli": ["contradiction", "entailment", "neutral"],
    "mrpc": ["0", "1"],
    "xnli": ["contradiction", "entailment", "neutral"],
}


@pytest.mark.parametrize(
    "name, key",
    [("MRPC", "mrpc"), ("SST-2", "sst-2"), ("sst2", "sst-2"), ("Sts-b", "sts-b"), ("m-n-l-i", "mnli")],
)
def test_names_in_any_case_with_hyphens_or_without(name, key):
    assert task_key(name) == key
    assert type(get_task(name)) is TASKS[key]


def test_labels_are_in_google_s_order():
    assert {name: get_task(name).labels for name in GOOGLE_LABELS} == GOOGLE_LABELS


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UserError, match="no task 'mrcp': choose one of cola, mnli, mrpc, xnli"):
        get_task("mrcp")


def test_what_a_task_does_not_take_is_refused():
    assert get_task("xnli", language="de").splits["dev"].where == ("language", "de")
    for name, message in (
        ("Mrpc", "--threshold does not belong to --task_name=Mrpc: leave it out$"),
        ("xnli", "--threshold does not belong to --task_name=xnli: leave it out; it takes --language$"),
        ("table", "--threshold does not belong to --problem=classification: leave it out; it takes --train"),
    ):
        with pytest.raises(UserError, match=message):
            get_task(name, threshold=0.5)
