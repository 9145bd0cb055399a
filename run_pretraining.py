"""Pretrains BERT with masked LM and next sentence prediction, or trains on from a checkpoint.

Takes the flags of Google's run_pretraining.py and writes the files it wrote.
"""

import functools
import os

from bert_tf import flags
from bert_tf.checkpoints.google import checkpoint_files, find_checkpoint
from bert_tf.config import BertConfig
from bert_tf.data.text_files import match_files
from bert_tf.errors import UserError
from bert_tf.flags.pretraining import define_pretraining_flags, dynamic_masking, pretraining_options
from bert_tf.training import output_dir
from bert_tf.training.devices import check_tpu, set_up_devices
from bert_tf.training.learning_curve import PICTURE_NAME
from bert_tf.training.memory import check_batch_memory
from bert_tf.training.tensorboard import TensorBoardLog, check_tensorboard_dir
from bert_tf.visualization.figures import check_drawing, draw_last
from bert_tf.visualization.learning_curve import draw_learning_curve

FLAGS = flags.FLAGS


def main():
    flags.require("input_file", "bert_config_file", "output_dir")
    config = checked_config()
    masking = dynamic_masking(config)
    check_outputs()
    with output_dir.in_use(FLAGS.output_dir):
        pretrain(config, masking)


def pretrain(config, masking):
    # What can be checked without TensorFlow has been: it takes seconds to load.
    from bert_tf.training.pretraining import Pretraining

    options = pretraining_options()
    print(f"Running on {set_up_devices(FLAGS.deterministic)}, {FLAGS.precision}")
    run = Pretraining(config, options, masking)
    if FLAGS.do_train:
        train(run)
    report = run.load_trained()
    if report:
        print(report)
    if FLAGS.do_eval:
        evaluate(run)
    if FLAGS.do_train and run.curve:
        draw_curve(run)


def checked_config():
    """The model's configuration, after every check that needs no data."""
    check_tpu(FLAGS.use_tpu)
    if not (FLAGS.do_train or FLAGS.do_eval):
        raise UserError("nothing to do: give at least one of --do_train, --do_eval")
    config = BertConfig.from_json_file(FLAGS.bert_config_file)
    config.check_max_seq_length(FLAGS.max_seq_length, FLAGS.bert_config_file)
    for name, parts in (("train_batch_size", FLAGS.gradient_accumulation_steps), ("eval_batch_size", 1)):
        check_batch_memory(name, FLAGS[name].value, FLAGS.max_seq_length, config, parts)
    if FLAGS.continue_training and not FLAGS.init_checkpoint:
        raise UserError("--continue_training=true takes slots and step from --init_checkpoint: give one")
    if FLAGS.init_checkpoint:
        find_checkpoint(FLAGS.init_checkpoint)
    if FLAGS.tensorboard_dir:
        check_tensorboard_dir(FLAGS.tensorboard_dir)
    if FLAGS.learning_curve:
        check_drawing("--learning_curve")
    return config


def check_outputs():
    """What can be known of the files to write, before the work."""
    folder, curve = FLAGS.output_dir, [PICTURE_NAME] if FLAGS.learning_curve else []
    names = [*output_dir.TRAINING_FILES, *curve] if FLAGS.do_train else []
    names += [output_dir.RESULTS_FILE] if FLAGS.do_eval else []
    inputs = [FLAGS.bert_config_file, *match_files(FLAGS.input_file)]
    inputs += [FLAGS.vocab_file] if FLAGS.vocab_file else []
    if FLAGS.init_checkpoint:
        inputs += checkpoint_files(find_checkpoint(FLAGS.init_checkpoint))
    output_dir.check_output_dir(folder, names, inputs)
    if FLAGS.do_train:
        output_dir.check_start(folder, FLAGS.init_checkpoint)
        if FLAGS.tensorboard_dir:
            check_tensorboard_dir(FLAGS.tensorboard_dir, [os.path.join(folder, name) for name in names])


def train(run):
    log = TensorBoardLog(FLAGS.tensorboard_dir) if FLAGS.tensorboard_dir else None
    print(run.prepare_training(log))
    prefix = run.train()
    if run.global_step < FLAGS.num_train_steps:
        print(f"Time is over; stopped at step {run.global_step} of {FLAGS.num_train_steps}; wrote {prefix}")
        print("Run the same command again to go on")
    elif prefix:
        print(f"Trained to step {run.global_step}; wrote {prefix}")
    else:
        print(f"Nothing left to train: step {run.global_step} is done; to train on, raise --num_train_steps")


def evaluate(run):
    results = run.evaluate()
    for name in sorted(results):
        print(f"  {name} = {results[name]}")
    print(f"Wrote {output_dir.write_eval_results(FLAGS.output_dir, results)}")


def draw_curve(run):
    print(f"Wrote {run.curve.path}")
    figures = run.curve.groups(("masked_lm_accuracy", "next_sentence_accuracy"))
    path = os.path.join(FLAGS.output_dir, "learning_curve.png")
    draw_last([(path, functools.partial(draw_learning_curve, figures))])


if __name__ == "__main__":
    define_pretraining_flags()
    flags.run(main)
