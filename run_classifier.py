"""Fine-tunes BERT to label texts or pairs of texts, evaluates, predicts and exports.

Takes the flags of Google's run_classifier.py and writes the files it wrote.
"""

from bert_tf import flags
from bert_tf.flags.classifier import classifier_task, define_classifier_flags
from bert_tf.flags.finetuning import check_finetuning_flags, finetuning_options, work
from bert_tf.tasks.registry import task_key
from bert_tf.workflow import fine_tune

FLAGS = flags.FLAGS


def main():
    flags.require("task_name")
    check_finetuning_flags()
    task = classifier_task()
    fine_tune(task_key(FLAGS.task_name), task, finetuning_options(), work(FLAGS.data_dir))


if __name__ == "__main__":
    define_classifier_flags()
    flags.run(main)
