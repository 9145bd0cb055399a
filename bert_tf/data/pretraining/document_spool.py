"""Documents on disk between tokenizing and making instances, dealt out to shards."""

import numpy as np

from bert_tf.data.pretraining.documents import Sentences

# Bytes gathered in memory before they go to the files, which are opened for that moment only:
# there may be more shards than a process may hold open.
_GATHERED_BYTES = 1 << 25

_LENGTH = np.dtype("<u4")


class DocumentSpool:
    """A folder with a file for each shard, to which every so-many-th document goes.

    A document in it is its number of sentences, their lengths, all 4 bytes each, and its ids.

    Args:
        folder: A `pathlib.Path`; must exist.
        num_shards: Number of shards S: document i goes to shard i mod S.
        id_type: numpy type of the ids.
    """

    def __init__(self, folder, num_shards, id_type):
        self._folder = folder
        self._num_shards = num_shards
        self._id_type = id_type

    def write(self, documents):
        """Deals out the documents.

        Returns:
            For each shard a list of its number of documents and of tokens.

        Raises:
            OSError: If a file cannot be written.
        """
        totals = [[0, 0] for _ in range(self._num_shards)]
        gathered = [[] for _ in range(self._num_shards)]
        size = 0
        for index, document in enumerate(documents):
            shard = index % self._num_shards
            totals[shard][0] += 1
            totals[shard][1] += len(document.ids)
            gathered[shard].append(_pack(document))
            size += len(gathered[shard][-1])
            if size > _GATHERED_BYTES:
                self._append(gathered)
                size = 0
        self._append(gathered)
        return totals

    def read(self, shard):
        """The documents of a shard as `Sentences`, in the order of the text.

        Raises:
            OSError: If the shard's file cannot be read.
            EOFError: If it ends within a document.
        """
        with open(self._path(shard), "rb") as file:
            while file.peek(1):
                (count,) = _read(file, 1, _LENGTH).tolist()
                lengths = _read(file, count, _LENGTH)
                yield Sentences(_read(file, int(lengths.sum(dtype=np.int64)), self._id_type), lengths)

    def _append(self, gathered):
        for shard, documents in enumerate(gathered):
            if documents:
                with open(self._path(shard), "ab") as file:
                    file.write(b"".join(documents))
                documents.clear()

    def _path(self, shard):
        return self._folder / f"documents-{shard:05d}"


def _read(file, count, number_type):
    content = file.read(count * number_type.itemsize)
    if len(content) != count * number_type.itemsize:
        raise EOFError
    return np.frombuffer(content, number_type)


def _pack(document):
    count = np.array([len(document.lengths)], _LENGTH)
    return b"".join((count.tobytes(), document.lengths.astype(_LENGTH).tobytes(), document.ids.tobytes()))
