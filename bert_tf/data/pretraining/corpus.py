"""Documents in memory: three flat arrays in place of lists of lists of strings."""

import array
import itertools

import numpy as np


class Corpus:
    """Documents, each a run of sentences, each a run of ids.

    Args:
        documents: `Sentences`, a document each; at least one.
        id_type: Type of their ids.

    Attributes:
        ids: [tokens] ids of all documents.
        sentence_starts: [sentences + 1] where each sentence begins in `ids`; last, the end.
        document_starts: [documents + 1] where each document begins in `sentence_starts`; last, the end.
    """

    def __init__(self, documents, id_type):
        ids, lengths, counts = array.array(np.dtype(id_type).char), array.array("I"), []
        for document in documents:
            ids.frombytes(document.ids.tobytes())
            lengths.frombytes(document.lengths.tobytes())
            counts.append(len(document.lengths))
        self.ids = np.frombuffer(ids, id_type)
        # Python reads single elements of its own arrays twice as fast as of numpy's.
        self.sentence_starts = array.array("q", itertools.accumulate(lengths, initial=0))
        self.document_starts = array.array("q", itertools.accumulate(counts, initial=0))

    def __len__(self):
        return len(self.document_starts) - 1

    def number_of_tokens(self, document):
        """How many ids a document has."""
        first, end = self.document_starts[document : document + 2]
        return self.sentence_starts[end] - self.sentence_starts[first]
