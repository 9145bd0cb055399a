"""Fine-tunes BERT to tag words, such as names of persons and places, evaluates, predicts and exports.

Reads and writes words in columns, as the CoNLL shared tasks had them.
"""

from bert_tf import flags
from bert_tf.flags.finetuning import check_finetuning_flags, finetuning_options, work
from bert_tf.flags.ner import define_ner_flags, ner_data
from bert_tf.tasks.ner import Ner
from bert_tf.workflow import fine_tune

FLAGS = flags.FLAGS


def main():
    check_finetuning_flags()
    fine_tune("ner", Ner(ner_data()), finetuning_options(), work(FLAGS.data_dir))


if __name__ == "__main__":
    define_ner_flags()
    flags.run(main)
