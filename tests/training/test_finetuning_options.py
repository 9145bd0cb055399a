"""Options that do not go together, each with one line."""

import pytest

from bert_tf import BertConfig
from bert_tf.errors import UserError
from bert_tf.tasks.registry import get_task
from bert_tf.training.finetuning_options import FineTuningOptions

CONFIG = BertConfig(vocab_size=9, num_hidden_layers=2)


def check(task="mrpc", **options):
    FineTuningOptions("out", "vocab.txt", **options).check(CONFIG, get_task(task))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"freeze_layers": 3}, "--freeze_layers=3: the model has 2 layers: give at most that"),
        (
            {"best_metric": "f2", "eval_every_epoch": True},
            "--best_metric=f2: choose one of accuracy, f1, loss",
        ),
        ({"best_metric": "f1"}, "--best_metric goes by evaluations while training: add --eval_every_epoch"),
        ({"early_stopping_patience": 2}, "--early_stopping_patience goes by evaluations while training"),
    ],
)
def test_wrong(options, message):
    with pytest.raises(UserError, match=message):
        check(**options)


def test_metric():
    def metric(task, best_metric=None):
        return FineTuningOptions("out", "vocab.txt", best_metric=best_metric).metric(get_task(task))

    assert (
        metric("mrpc") == "accuracy"
        and metric("mrpc", "f1") == "f1"
        and metric("mrpc", "eval_loss") == "loss"
    )
    assert metric("sts-b") == "pearson"
    check(freeze_layers=2, best_metric="loss", eval_every_steps=5)


def test_embeddings_freeze_with_the_layers_above_them():
    def freezes(**options):
        return FineTuningOptions("out", "vocab.txt", **options).freezes_embeddings

    assert not freezes() and freezes(freeze_layers=1) and freezes(freeze_embeddings=True)
    assert not freezes(freeze_layers=1, freeze_embeddings=False)
