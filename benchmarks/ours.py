"""bert_tf at work: what the programs measure of it."""

import tempfile
import time

from bert_tf.flags.running import collect_garbage_less_often

collect_garbage_less_often()  # As the scripts do, before TensorFlow is imported.

import tensorflow as tf
from rows import Rows, masked_rows
from worker import WARM_UP, Stopwatch, answer, latency_figures, prediction_figures

from bert_tf.config import BertConfig
from bert_tf.data.pipelines import EncodedExamples, padded_batches
from bert_tf.models.classification import bert_classifier, classification_loss
from bert_tf.models.objective import MeanLoss
from bert_tf.models.pretraining import PretrainingObjective, bert_pretraining_model
from bert_tf.optimization.schedules import LinearWarmupLinearDecay
from bert_tf.training.devices import POLICIES, set_up_devices
from bert_tf.training.evaluation import CompiledModel, run_compiled
from bert_tf.training.fused_adam import FusedAdamWeightDecay
from bert_tf.training.trainer import Trainer, TrainingOptions, loss_scaled

MODEL_INPUTS = ("input_ids", "input_mask", "segment_ids")


class UnsavedTrainer(Trainer):
    """A trainer that writes no checkpoint: disks are not what is measured."""

    def save(self):
        return None


def training(
    config, data, batch_size, steps, precision="float32", pad_to=None, recompute=False, warm_up=WARM_UP
):
    """Fine-tuning as run_classifier.py does it."""
    set_up_devices()
    rows = Rows.load(data)
    model = bert_classifier(BertConfig.from_dict(config), 2, POLICIES[precision], recompute)
    batches = padded_batches(_encoded(rows), rows.order, batch_size, pad_to).repeat()
    objective = MeanLoss(lambda outputs, batch: classification_loss(outputs, batch["labels"]))
    return _trained(model, objective, batches, batch_size, steps, precision, warm_up)


def pretraining(config, data, batch_size, steps, precision="float32", recompute=False):
    """Pretraining as run_pretraining.py does it, on instances in memory."""
    set_up_devices()
    model = bert_pretraining_model(BertConfig.from_dict(config), POLICIES[precision], recompute)
    batches = (
        tf.data.Dataset.from_tensor_slices(masked_rows(data)).repeat().batch(batch_size, drop_remainder=True)
    )
    return _trained(model, PretrainingObjective(), batches.prefetch(2), batch_size, steps, precision)


def _trained(model, objective, batches, batch_size, steps, precision, warm_up=WARM_UP):
    total = steps + warm_up if steps > 1 else steps
    schedule = LinearWarmupLinearDecay(5e-5, 1000, 100)
    optimizer = loss_scaled(FusedAdamWeightDecay(schedule), precision)
    # Stops at the end of the warm-up, so that the clock is read there.
    options = TrainingOptions("", total, batch_size, save_checkpoints_steps=warm_up)
    watch = Stopwatch(warm_up)
    trainer = UnsavedTrainer(model, optimizer, objective, options, lambda step, _: watch.mark(step))
    trainer.train(batches)
    return watch.figures(batch_size)


def fine_tuning(config, data_dir, vocab_file, batch_size, max_seq_length, precision="float32"):
    """The first step of run_classifier.py with all that comes before it: reading and encoding the rows."""
    from bert_tf.tasks.glue import Mrpc
    from bert_tf.training.finetuning import FineTuning
    from bert_tf.training.finetuning_options import FineTuningOptions

    task = Mrpc()
    examples = task.examples("train", data_dir)
    set_up_devices()
    with tempfile.TemporaryDirectory() as folder:
        options = FineTuningOptions(
            output_dir=folder,
            vocab_file=vocab_file,
            max_seq_length=max_seq_length,
            precision=precision,
            train_batch_size=batch_size,
            # So that there is one step.
            num_train_epochs=batch_size / len(examples) * 1.01,
        )
        run = FineTuning("mrpc", task, BertConfig.from_dict(config), options)
        encoded = run.encode(examples)
        run.prepare_training(len(examples))
        watch = Stopwatch()
        run.trainer.log = lambda step, _: watch.mark(step)
        run.trainer.save = lambda: None  # Disks are not what is measured.
        run.train(encoded)
    return watch.figures(batch_size)


def predicting(config, data, batch_size, precision="float32"):
    """Prediction as run_classifier.py does it. All of it is timed, so tracing the graph is in it too."""
    rows = Rows.load(data)
    model = bert_classifier(BertConfig.from_dict(config), 2, POLICIES[precision])
    first = _seconds(lambda: run_compiled(CompiledModel(model), _encoded(rows, batch_size), batch_size))
    seconds = _seconds(lambda: run_compiled(CompiledModel(model), _encoded(rows), batch_size))
    return {"examples/s": len(rows.labels) / seconds, "first batch s": first}


def export(config, path, vocab_file, precision="float32", max_seq_length=128):
    """Writes a SavedModel of random weights as --export_dir does."""
    from bert_tf.export.saved_model import TaskModule, export_task
    from bert_tf.tasks.glue import Mrpc
    from bert_tf.tokenization.in_graph import InGraphTokenizer

    config, task = BertConfig.from_dict(config), Mrpc()
    model = task.model(config, POLICIES[precision])
    tokenizer = InGraphTokenizer(vocab_file)
    export_task(TaskModule(model, task, tokenizer, max_seq_length, config.max_position_embeddings), path)


def saved_model(path, data, batch_size):
    """Prediction with the exported SavedModel."""
    run = _served(path)
    return prediction_figures(run, Rows.load(data).batches(batch_size))


def saved_model_latency(path, vocab_size, lengths, calls):
    """Calls of the exported SavedModel with one example."""
    return latency_figures(_served(path), vocab_size, lengths, calls)


def _served(path):
    import tensorflow_text  # noqa: F401 (the SavedModel's tokenizer needs its operations)

    # Held as a whole by `run`: a signature alone would not keep its variables.
    loaded = tf.saved_model.load(path)

    def run(batch):
        inputs = {name: tf.constant(batch[name]) for name in MODEL_INPUTS}
        return loaded.signatures["serving_default"](**inputs)["probabilities"].numpy()

    return run


def _encoded(rows, limit=None):
    splits = rows.row_splits[: limit + 1 if limit else None]
    return EncodedExamples(rows.input_ids, rows.segment_ids, splits, rows.labels[:limit], 0)


def _seconds(run):
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    answer(training, pretraining, fine_tuning, predicting, export, saved_model, saved_model_latency)
