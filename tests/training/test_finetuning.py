"""A fine-tuning run in this process: its weights and figures. The script's tests run it whole."""

import dataclasses
import json
import pathlib

import numpy as np
import pytest

from bert_tf import BertConfig, UserError, save_checkpoint
from bert_tf.models.pretraining import bert_pretraining_model
from bert_tf.tasks.registry import get_task
from bert_tf.tasks.texts import Examples
from bert_tf.training.finetuning import FineTuning
from bert_tf.training.finetuning_options import FineTuningOptions

SAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "mrpc_sample"
CONFIG = BertConfig(
    vocab_size=296,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=32,
    type_vocab_size=2,
    initializer_range=0.3,
)


@pytest.fixture
def start(tmp_path):
    (tmp_path / "out").mkdir()

    def start_run(task="mrpc", config=CONFIG, **options):
        options = {
            "output_dir": str(tmp_path / "out"),
            "max_seq_length": 32,
            "train_batch_size": 4,
            **options,
        }
        options = FineTuningOptions(vocab_file=str(SAMPLE / "vocab.txt"), **options)
        return FineTuning(task, get_task(task), config, options)

    return start_run


def some(examples, count):
    return Examples(
        examples.ids[:count], examples.text_a[:count], examples.text_b[:count], examples.labels[:count]
    )


@pytest.fixture(scope="module")
def examples():
    return some(get_task("mrpc").examples("dev", SAMPLE), 10)


def test_weights_from_a_checkpoint_then_from_the_output_folder(start, examples, tmp_path):
    pretrained = bert_pretraining_model(CONFIG)
    save_checkpoint(pretrained, tmp_path / "init" / "bert_model.ckpt")
    flags = {"init_checkpoint": str(tmp_path / "init"), "learning_rate": 0.0}
    run = start(**flags)
    encoded = run.encode(examples)
    assert "new              2" in run.prepare_training(len(encoded))
    np.testing.assert_array_equal(
        run.model.trainable_variables[0].numpy(), pretrained.trainable_variables[0].numpy()
    )
    prefix = run.train(encoded)
    assert prefix == str(tmp_path / "out" / "model.ckpt-7") and run.global_step == 7
    assert run.load_trained() == ""

    again = start(**flags)
    assert again.prepare_training(len(encoded)) == f"Going on from {prefix}"
    assert again.train(encoded) is None and again.global_step == 7
    with pytest.raises(
        UserError, match="made with init_checkpoint .*init/bert_model.ckpt.*, this run has null"
    ):
        start(learning_rate=0.0).prepare_training(len(encoded))
    with pytest.raises(UserError, match="made with task_name .mrpc., this run has .cola."):
        start("cola")
    with pytest.raises(
        UserError, match='made with bert_config_file hidden_act "gelu", this run has "relu": '
    ):
        start(config=dataclasses.replace(CONFIG, hidden_act="relu"))

    evaluated = start()
    assert "loaded          25" in evaluated.load_trained() and evaluated.global_step == 7
    np.testing.assert_array_equal(
        evaluated.predict(encoded)["probabilities"], run.predict(encoded)["probabilities"]
    )


def test_a_resumed_run_trains_on_the_same_rows_or_not_at_all(start, examples, tmp_path):
    def begin(examples, epochs):
        run = start(num_train_epochs=epochs)
        encoded = run.encode(examples)
        run.prepare_training(len(encoded), encoded)
        return run, encoded

    run, encoded = begin(examples, epochs=2)
    run.train(encoded)
    swapped = Examples(examples.ids, examples.text_a[::-1], examples.text_b[::-1], examples.labels[::-1])
    labels = np.where(np.arange(10) == 3, 1 - examples.labels, examples.labels)
    flipped = dataclasses.replace(examples, labels=labels)
    # Also where nothing is left to train: the model would not be one of these rows.
    for epochs in (2, 3):
        with pytest.raises(UserError, match="this run has the same texts in another order: give the data of"):
            begin(swapped, epochs)
        with pytest.raises(UserError, match="this run has other labels for the same texts: give the data of"):
            begin(flipped, epochs)
    prolonged, encoded = begin(some(examples, 10), epochs=3)
    assert prolonged.train(encoded) == str(tmp_path / "out" / "model.ckpt-7")


def test_a_run_begun_without_a_digest_goes_on_and_notes_it(start, examples, tmp_path):
    settings = tmp_path / "out" / "run_settings.json"
    for epochs in (1, 2, 3):
        run = start(num_train_epochs=epochs)
        encoded = run.encode(examples)
        run.prepare_training(len(encoded), encoded)
        run.train(encoded)
        noted = json.loads(settings.read_text())
        assert noted.pop("training_data")
        settings.write_text(json.dumps(noted))


def test_rows_to_evaluate_on_while_training_stay_the_same(start, examples):
    options = {"eval_every_steps": 1, "num_train_epochs": 1}
    run = start(**options)
    encoded, dev = run.encode(examples), run.encode(some(examples, 4))
    run.prepare_training(len(encoded), encoded, dev)
    run.train(encoded, dev)
    # Where nothing is left to train, nothing is compared with the evaluations of before.
    start(**options).prepare_training(len(encoded), encoded, encoded)
    with pytest.raises(UserError, match="other evaluation data, this run has other texts and labels: give"):
        start(**{**options, "num_train_epochs": 2}).prepare_training(len(encoded), encoded, encoded)


@pytest.mark.parametrize("long_text", ["truncate", "windows"])
def test_figures_by_hand(start, examples, long_text):
    run = start(eval_batch_size=4, max_seq_length=16)
    run.task.choose(long_text=long_text)
    encoded = run.encode(examples)
    assert (len(encoded) > 10) == (long_text == "windows")
    run.prepare_training(len(encoded))
    head = next(v for v in run.model.trainable_variables if v.path.endswith("output_weights"))
    head.assign(20 * head.value)  # So that the rows of a text differ.
    run.global_step = 0
    results, probabilities = run.evaluate(encoded), run.predict(encoded)["probabilities"]
    losses = -np.log(probabilities[np.arange(10), examples.labels])
    assert results["eval_loss"] == pytest.approx(losses.mean(), rel=1e-4)
    batches = [losses[:4].mean(), losses[4:8].mean(), losses[8:].mean()]
    assert results["loss"] == pytest.approx(np.mean(batches), rel=1e-4)
    assert results["eval_accuracy"] == np.mean(probabilities.argmax(axis=1) == examples.labels)
    assert set(results) == {"eval_accuracy", "eval_f1", "eval_loss", "loss", "global_step"}


def test_a_run_begun_when_rates_were_one_step_ahead(start, examples, tmp_path):
    run = start()
    encoded = run.encode(examples)
    run.prepare_training(len(encoded))
    run.train(encoded)
    path = tmp_path / "out" / "run_settings.json"
    settings = json.loads(path.read_text())
    del settings["first_update_has_step"]
    path.write_text(json.dumps(settings))
    assert start().prepare_training(len(encoded)).endswith("model.ckpt-7")  # No step is left.
    for _ in range(2):  # Resumed again, it still is such a run.
        said = start(num_train_epochs=4.0).prepare_training(len(encoded))
        assert said.endswith("from 0, so the learning rate is that of the step before")


def test_too_few_examples(start):
    with pytest.raises(
        UserError, match="1 training examples make no step of 4 in --num_train_epochs=3.0: lower"
    ):
        start().prepare_training(1)


@pytest.mark.parametrize("value", [np.nan, 1e38])
def test_weights_of_no_use_are_not_used(start, examples, tmp_path, value):
    """Neither those that are no numbers nor those that the model makes none of."""
    run = start(save_checkpoints_steps=3)
    encoded = run.encode(examples)
    run.prepare_training(len(encoded))
    run.train(encoded)
    gamma = next(v for v in run.model.trainable_variables if v.path.endswith("embeddings/LayerNorm/gamma"))
    gamma.assign(np.full(gamma.shape, value))
    save_checkpoint(run.model, tmp_path / "out" / "model.ckpt-8", global_step=8)
    with pytest.raises(UserError, match=r"ckpt-8: .* NaN or infinite .* an older one .*-3, .*-6, .*-7\)"):
        start().load_trained()
    with pytest.raises(UserError, match="ckpt-8: .* NaN or infinite"):
        start(init_checkpoint=str(tmp_path / "out"), output_dir=str(tmp_path / "new")).load_trained()


def test_nothing_that_was_fine_tuned(start, tmp_path):
    with pytest.raises(UserError, match="holds no checkpoint yet: add --do_train=true"):
        start().load_trained()
    save_checkpoint(bert_pretraining_model(CONFIG), tmp_path / "init" / "bert_model.ckpt")
    with pytest.raises(
        UserError, match="output_weights, output_bias missing, so it was not trained for this task"
    ):
        start(init_checkpoint=str(tmp_path / "init")).load_trained()
