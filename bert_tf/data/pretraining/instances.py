"""Documents to masked instances for the two tasks of pretraining (Devlin et al. 2018, sections 3.1 and A.1).

The rules, and every draw of random numbers in its order, are those of Google's
`create_pretraining_data.py`: the same text, vocabulary, options and seed give the same
instances in the same order.
"""

import array
import bisect
import itertools

import numpy as np

from bert_tf.data.pretraining.instance_table import InstanceTable
from bert_tf.data.pretraining.quick_random import QuickRandom
from bert_tf.tokenization.vocabulary import MASK

# Google draws this often at most until it has another document than the one at hand.
_DRAWS_OF_ANOTHER_DOCUMENT = 10


def google_other_document(rng, count, own):
    """Google's way to a random document; after ten draws of `own` it stays with it."""
    for _ in range(_DRAWS_OF_ANOTHER_DOCUMENT):
        drawn = rng.below(count)
        if drawn != own:
            break
    return drawn


def strictly_other_document(rng, count, own):
    """A random document that is never `own`, of at least two."""
    drawn = rng.below(count - 1)
    return drawn + (drawn >= own)


class PretrainingInstances:
    """The instances of a corpus, decided upon when this is made.

    Args:
        corpus: A `Corpus`.
        vocabulary: The `Vocabulary` of its ids.
        options: `PretrainingDataOptions`.
        seed: What `random.Random` takes.
        other_document: `google_other_document` or `strictly_other_document`.
        on_document: Called after each document with its number of tokens and of instances.
    """

    def __init__(
        self, corpus, vocabulary, options, seed, other_document=google_other_document, on_document=None
    ):
        self._corpus = corpus
        self._options = options
        self._rng = QuickRandom(seed)
        self._other_document = other_document
        self._mask = vocabulary.ids[MASK]
        self._random_ids = vocabulary.drawn_ids()
        self._continues = _continuations(corpus, vocabulary) if options.do_whole_word_mask else None
        self._table = InstanceTable(corpus, vocabulary, options)
        self._documents = list(range(len(corpus)))
        self._rng.shuffle(self._documents)
        self._decide(on_document or (lambda tokens, instances: None))
        self._order = array.array("Q", range(len(self._table)))
        self._rng.shuffle(self._order)

    def __len__(self):
        return len(self._order)

    def batches(self):
        """The features of the instances, some hundred at a time: see `InstanceTable.batches`."""
        return self._table.batches(self._order)

    def _decide(self, on_document):
        for _ in range(self._options.dupe_factor):
            for index, document in enumerate(self._documents):
                before = len(self._table)
                self._add_document(index)
                on_document(self._corpus.number_of_tokens(document), len(self._table) - before)

    def _sentences_of(self, index):
        """First sentence, and the one after the last, of the document at a place after shuffling."""
        document = self._documents[index]
        return self._corpus.document_starts[document], self._corpus.document_starts[document + 1]

    def _add_document(self, index):
        """Cuts a document into chunks of sentences, and each into a first and a second half."""
        rng, starts = self._rng, self._corpus.sentence_starts
        target_length = self._options.max_num_tokens
        if rng.random() < self._options.short_seq_prob:
            target_length = 2 + rng.below(target_length - 1)
        first, end = self._sentences_of(index)
        while first < end:
            last = _end_of_run(starts, first, end, target_length)
            middle = first + 1
            if last - first >= 2:
                middle += rng.below(last - first - 1)
            a = starts[first], starts[middle]
            is_random_next = last - first == 1 or rng.random() < 0.5
            if is_random_next:
                b = self._random_stretch(index, target_length - (a[1] - a[0]))
                # The sentences that would have followed go back and begin the next chunk.
                first = middle
            else:
                b = starts[middle], starts[last]
                first = last
            self._add(a, b, is_random_next)

    def _random_stretch(self, index, target_length):
        starts = self._corpus.sentence_starts
        first, end = self._sentences_of(self._other_document(self._rng, len(self._documents), index))
        first += self._rng.below(end - first)
        return starts[first], starts[_end_of_run(starts, first, end, target_length)]

    def _add(self, a, b, is_random_next):
        a, b = self._truncate_seq_pair(a, b)
        words = self._words(a, b)
        self._rng.shuffle(words)
        wanted = max(1, round((a[1] + b[1] + 3) * self._options.masked_lm_prob))
        positions = self._choose(words, min(wanted, self._options.max_predictions_per_seq))
        self._table.append(a, b, is_random_next, positions, self._replacements(positions, a, b))

    def _truncate_seq_pair(self, a, b):
        """Stretches (start, end) to (start, length); the longer loses at either end until both fit."""
        random = self._rng.random
        (a_start, a_end), (b_start, b_end) = a, b
        a_length, b_length = a_end - a_start, b_end - b_start
        for _ in range(a_length + b_length - self._options.max_num_tokens):
            if a_length > b_length:
                a_length -= 1
                a_start += random() < 0.5
            else:
                b_length -= 1
                b_start += random() < 0.5
        return (a_start, a_length), (b_start, b_length)

    def _words(self, a, b):
        """What is masked or not as one: positions, or with whole words lists of positions."""
        second = a[1] + 2
        positions = [*range(1, second - 1), *range(second, second + b[1])]
        if self._continues is None:
            return positions
        stretches = [self._continues[start : start + length] for start, length in (a, b)]
        words = []
        for position, continues in zip(positions, itertools.chain(*stretches)):
            # As with Google, a second half that begins within a word goes on with the first half's last.
            if continues and words:
                words[-1].append(position)
            else:
                words.append([position])
        return words

    def _choose(self, words, wanted):
        if self._continues is None:
            return words[:wanted]
        positions = []
        for word in words:
            if len(positions) + len(word) <= wanted:
                positions.extend(word)
            elif len(positions) == wanted:
                break
        return positions

    def _replacements(self, positions, a, b):
        """What the model sees of masked tokens: 80% [MASK], 10% the token itself, 10% any piece."""
        random, mask = self._rng.random, self._mask
        replacements = []
        for position in positions:
            if random() < 0.8:
                replacements.append(mask)
            elif random() < 0.5:
                # [CLS] stands before the first half; [CLS], that half and [SEP] before the second.
                token = a[0] + position - 1 if position <= a[1] else b[0] + position - a[1] - 2
                replacements.append(int(self._corpus.ids[token]))
            else:
                replacements.append(self._random_ids[self._rng.below(len(self._random_ids))])
        return replacements


def _end_of_run(starts, first, end, tokens):
    """The sentence before which a run from `first` has `tokens`; the run is not empty and stops at `end`."""
    return bisect.bisect_left(starts, starts[first] + tokens, first + 1, end)


def _continuations(corpus, vocabulary):
    """One byte a token of the corpus: whether it goes on with the word before it."""
    by_id = np.zeros(max(vocabulary.ids.values()) + 1, np.bool_)
    by_id[[index for token, index in vocabulary.ids.items() if token.startswith("##")]] = True
    return by_id[corpus.ids].tobytes()
