"""From files of pretraining records to batches, without end, from any batch on."""

import contextlib

import tensorflow as tf

from bert_tf.data.autotuning import untuned
from bert_tf.data.pretraining.record_checks import problem_of
from bert_tf.data.pretraining.records import compression_of
from bert_tf.errors import UserError
from bert_tf.progress import progress_bar

# Records, serialized ones of about a kilobyte, among which the next is drawn.
SHUFFLE_BUFFER = 10_000
# Files read in turn, and records taken from one before the next's turn. Constants, not the number of
# processors, because the order of the records follows from them.
_FILES_AT_ONCE = 8
_RECORDS_A_TURN = 16
_RECORDS_AT_ONCE = 1024
# What TensorFlow raises for a damaged file, an impossible record, a file that is gone, not ours to read any
# more or on a disk that fails.
_FILE_ERRORS = (
    tf.errors.DataLossError,
    tf.errors.InvalidArgumentError,
    tf.errors.NotFoundError,
    tf.errors.PermissionDeniedError,
    tf.errors.UnknownError,
)


def pretraining_batches(
    files, records, batch_size, seed, first_batch=0, shuffle=True, masking=None, shuffle_buffer=SHUFFLE_BUFFER
):
    """Batches of equal size from epochs that follow one another without end.

    An epoch sees each record once. As with Google's `repeat` before `batch`, a batch may
    span two. The batches follow from the arguments alone, and those from `first_batch` on
    are what a dataset from batch 0 would have come to.

    Args:
        files: Paths of TFRecord files, each compressed with GZIP or not.
        records: `PretrainingRecords`, what is in the files.
        batch_size: B.
        seed: A whole number, 0 or more.
        first_batch: How many batches are left out. The records before them are counted and read,
            those of at most one epoch, but not parsed.
        shuffle: Whether each epoch draws the order of the files, reads several in turn, and
            mixes their records; else records come in the order in which they stand.
        masking: `DynamicMasking`, to mask each record anew in each epoch, or None.
        shuffle_buffer: Of how many records the next is drawn.

    Returns:
        An endless `tf.data.Dataset` of dictionaries: int32 `input_ids`, `input_mask`,
        `segment_ids` [B, S], `masked_lm_positions`, `masked_lm_ids` [B, P],
        `next_sentence_labels` [B, 1], and float32 `masked_lm_weights` [B, P].

    Raises:
        UserError: If there are no files, or the first record of one is not as `records` says,
            or one of those to leave out is damaged. Damage further on raises TensorFlow's
            errors from the dataset: iterate within `damaged_files_named`.
    """
    if not files:
        raise UserError("no files of pretraining records: give at least one as input_file")
    for path in files:
        records.check(path)
    left_out = first_batch * batch_size
    first_epoch, left_out = divmod(left_out, _count_records(files, left_out + 1)) if left_out else (0, 0)

    def features(index, serialized):
        batch = records.parse(serialized)
        return masking(batch, index * batch_size, seed) if masking else batch

    stream = _epochs(files, first_epoch, seed, shuffle_buffer if shuffle else 0).skip(left_out)
    batches = stream.batch(batch_size, drop_remainder=True).enumerate(first_batch)
    batches = batches.map(features, tf.data.AUTOTUNE, deterministic=True)
    return untuned(batches.prefetch(tf.data.AUTOTUNE))


@contextlib.contextmanager
def damaged_files_named(files, records):
    """A context in which batches are drawn: names the file where TensorFlow says "corrupted record at …".

    TensorFlow's errors do not say which file they are about, so all are read through to
    find out, once there was one. It has none for a GZIP file cut off within the 12 bytes
    before a record, which so ends there.

    Args:
        files: The paths given to `pretraining_batches`.
        records: The `PretrainingRecords` given to it.

    Raises:
        UserError: If a file is damaged, or holds a record that is not as `records` says; the message
            has the record's number, from 1.
    """
    try:
        yield
    except _FILE_ERRORS:
        with progress_bar("Looking for the record that is wrong", len(files), "file") as bar:
            for path in files:
                _check_all(path, records)
                bar.update(1)
        raise


def _epochs(files, first_epoch, seed, shuffle_buffer):
    """Serialized records, epoch after epoch."""
    paths, compressions = tf.constant(files), tf.constant([compression_of(path) for path in files])

    def in_order(epoch):
        return tf.data.Dataset.from_tensor_slices((paths, compressions)).flat_map(tf.data.TFRecordDataset)

    def shuffled(epoch):
        # `shuffle` adds a seed of its own, that of the graph, here this function's: without this line
        # the order would follow from what `tf.random.set_seed` was last called with.
        tf.compat.v1.set_random_seed(1)
        order = tf.random.experimental.stateless_shuffle(tf.range(len(files)), [seed, epoch])
        ordered = tf.gather(paths, order), tf.gather(compressions, order)
        records = tf.data.Dataset.from_tensor_slices(ordered).interleave(
            tf.data.TFRecordDataset, _FILES_AT_ONCE, _RECORDS_A_TURN, tf.data.AUTOTUNE, deterministic=True
        )
        shuffle_seed = tf.random.stateless_uniform([], [seed, epoch], maxval=tf.int32.max, dtype=tf.int32)
        return records.shuffle(shuffle_buffer, tf.cast(shuffle_seed, tf.int64), False)

    return tf.data.Dataset.counter(first_epoch).flat_map(shuffled if shuffle_buffer else in_order)


def _count_records(files, limit):
    """How many records an epoch has, or `limit` if they are more; stops reading there."""
    count = 0
    for path in files:
        dataset = tf.data.TFRecordDataset(path, compression_of(path)).take(limit - count)
        try:
            for some in untuned(dataset.batch(_RECORDS_AT_ONCE)):
                count += len(some)
        except tf.errors.DataLossError:
            raise _damaged(path) from None
    return count


def _check_all(path, records):
    """Raises UserError for the first record of a file that is damaged or not as `records` says."""
    serialized = tf.data.TFRecordDataset(path, compression_of(path))
    batches = serialized.batch(_RECORDS_AT_ONCE)
    right = 0
    try:
        for batch in untuned(batches.map(lambda batch: (batch, records.parse(batch)), tf.data.AUTOTUNE)):
            right += len(batch[0])
    except tf.errors.DataLossError:
        raise _damaged(path) from None
    except tf.errors.InvalidArgumentError:
        for number, record in enumerate(serialized.skip(right).as_numpy_iterator(), right + 1):
            problem = problem_of(record, records)
            if problem:
                raise UserError(f"{path}: record {number}: {problem}") from None
        raise
    except tf.errors.OpError:
        raise UserError(
            f"{path}: cannot be read to its end: copy it again, or put it on another disk"
        ) from None


def _damaged(path):
    return UserError(f"{path}: damaged: make the file anew with create_pretraining_data.py, or copy it again")
