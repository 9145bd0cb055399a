"""Fine-tunes BERT to label texts or pairs of texts, evaluates, predicts and exports.

Takes the flags of Google's run_classifier.py and writes the files it wrote.
"""

from bert_tf import flags
from bert_tf.checkpoints.google import find_checkpoint
from bert_tf.config import BertConfig
from bert_tf.errors import UserError
from bert_tf.flags.classifier import define_classifier_flags, finetuning_options
from bert_tf.tasks.registry import get_task
from bert_tf.tokenization.vocabulary import check_vocab_size, load_vocab, validate_case_matches_checkpoint
from bert_tf.training import output_dir
from bert_tf.training.devices import check_tpu, set_up_devices

FLAGS = flags.FLAGS


def main():
    flags.require("task_name", "data_dir", "bert_config_file", "vocab_file", "output_dir")
    task, config = checked_task_and_config()
    wanted = {"train": FLAGS.do_train, "dev": FLAGS.do_eval, "test": FLAGS.do_predict}
    examples = {split: task.examples(split, FLAGS.data_dir) for split in wanted if wanted[split]}
    output_dir.prepare_output_dir(FLAGS.output_dir)

    # What can be checked without TensorFlow has been: it takes seconds to load.
    from bert_tf.training.finetuning import FineTuning

    print(f"Running on {set_up_devices(FLAGS.deterministic)}, {FLAGS.precision}")
    run = FineTuning(FLAGS.task_name, task, config, finetuning_options())
    if FLAGS.do_train:
        train(run, examples["train"])
    report = run.load_trained()
    if report:
        print(report)
    if FLAGS.do_eval:
        evaluate(run, examples["dev"])
    if FLAGS.do_predict:
        predict(run, examples["test"])
    if FLAGS.export_dir:
        export(run)


def checked_task_and_config():
    """The task and the model's configuration, after every check that needs no data."""
    check_tpu(FLAGS.use_tpu)
    if not (FLAGS.do_train or FLAGS.do_eval or FLAGS.do_predict or FLAGS.export_dir):
        raise UserError(
            "nothing to do: give at least one of --do_train, --do_eval, --do_predict, --export_dir"
        )
    task = get_task(FLAGS.task_name)
    config = BertConfig.from_json_file(FLAGS.bert_config_file)
    config.check_max_seq_length(FLAGS.max_seq_length, FLAGS.bert_config_file)
    if FLAGS.init_checkpoint:
        find_checkpoint(FLAGS.init_checkpoint)
    validate_case_matches_checkpoint(FLAGS.do_lower_case, FLAGS.init_checkpoint)
    check_vocab_size(load_vocab(FLAGS.vocab_file), config, FLAGS.vocab_file, FLAGS.bert_config_file)
    if FLAGS.export_dir:
        output_dir.check_export_dir(FLAGS.export_dir)
    return task, config


def train(run, examples):
    encoded = encode(run, examples, "training")
    print(run.prepare_training(len(encoded)))
    prefix = run.train(encoded)
    if prefix:
        print(f"Trained to step {run.global_step}; wrote {prefix}")
    else:
        print(f"Nothing left to train: step {run.global_step} is done; to train on, raise --num_train_epochs")


def evaluate(run, examples):
    results = run.evaluate(encode(run, examples, "evaluation"))
    for name in sorted(results):
        print(f"  {name} = {results[name]}")
    print(f"Wrote {output_dir.write_eval_results(FLAGS.output_dir, results)}")


def predict(run, examples):
    probabilities = run.predict(encode(run, examples, "prediction"))
    print(f"Wrote {output_dir.write_test_results(FLAGS.output_dir, probabilities)}")
    path = output_dir.write_predictions(FLAGS.output_dir, examples.ids, run.task.labels, probabilities)
    print(f"Wrote {path}")


def export(run):
    from bert_tf.export.saved_model import ClassifierModule, export_classifier

    positions = run.config.max_position_embeddings
    module = ClassifierModule(run.model, run.encoder, run.tokenizer, run.task.labels, positions)
    export_classifier(module, FLAGS.export_dir)
    print(f"Wrote {FLAGS.export_dir}, a SavedModel with the signatures serving_default and text")


def encode(run, examples, purpose):
    encoded = run.encode(examples)
    truncated = (
        f", {encoded.num_truncated} truncated to {FLAGS.max_seq_length} tokens"
        if encoded.num_truncated
        else ""
    )
    print(f"{len(encoded)} examples for {purpose}{truncated}")
    return encoded


if __name__ == "__main__":
    define_classifier_flags()
    flags.run(main)
