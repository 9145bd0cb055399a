"""The labels of a user's table: found in the training file, if nobody lists them, and looked at closely."""

import collections
import dataclasses
import decimal
import unicodedata

from bert_tf.data.row_tables import check_no_breaks
from bert_tf.data.shown_names import listed, shortened
from bert_tf.errors import UserError

# What programs write where a value is missing. "None" and "NA" may be labels.
_MISSING = {"nan", "-nan", "<na>", "#n/a"}
_MOST_LETTERS, _MOST_GROUPS = 80, 5
_LIST_THEM = "or list all labels with --labels"


@dataclasses.dataclass(frozen=True)
class FoundLabels:
    """The labels of a file.

    Args:
        table: The `Table` or `RowTable`.
        counts: How many rows each label is in, by label.
        rows: The first row each is in, by label.
    """

    table: object
    counts: dict[str, int]
    rows: dict[str, int]

    def check(self):
        """Looks for labels that nobody can have meant, and says which differ in case only.

        Raises:
            UserError: If there is one of the kind, with the line of the rarer one.
        """
        for label in self.counts:
            if label.casefold() in _MISSING or not _without_blanks(label):
                raise UserError(
                    f"{self._place(label)}: the label is {shortened(label)!r}, as where a value is missing: "
                    f"complete the row, {_LIST_THEM} if it is one"
                )
        self._check_alike(_bare, "blanks, quotation marks or invisible characters")
        self._check_alike(_value, "how one value is written")
        groups = [" and ".join(map(self._counted, labels)) for labels in self._alike(str.casefold)]
        if groups:
            more = f", … ({len(groups) - _MOST_GROUPS} more)" if len(groups) > _MOST_GROUPS else ""
            shown = ", ".join(groups[:_MOST_GROUPS])
            print(f"{self.table.path}: labels that differ in case only: {shown}{more}")

    def _check_alike(self, key, what):
        for labels in self._alike(key):
            usual, *_, rare = sorted(labels, key=lambda label: -self.counts[label])
            raise UserError(
                f"{self._place(rare)}: label {self._counted(rare)} differs from {self._counted(usual)} only "
                f"in {what}: make them one, {_LIST_THEM} if both are meant"
            )

    def _counted(self, label):
        return f"{shortened(label, _MOST_LETTERS)!r} (in {self.counts[label]})"

    def _alike(self, key):
        """Lists of those labels that have the same key, which is not None."""
        groups = collections.defaultdict(list)
        for label in self.counts:
            groups[key(label)].append(label)
        return [labels for value, labels in groups.items() if value is not None and len(labels) > 1]

    def _place(self, label):
        return self.table.place(self.rows[label])


def found_labels(table, words):
    """The `FoundLabels` of a table.

    Args:
        table: The `Table` or `RowTable`.
        words: The labels of each row, a list of lists.

    Raises:
        UserError: If a label would break a line of a results file.
    """
    counts, rows = collections.Counter(), {}
    for row, labels in enumerate(words):
        counts.update(set(labels))
        for label in labels:
            rows.setdefault(label, row)
    for label, row in rows.items():
        check_no_breaks(table.place(row), "label", label)
    return FoundLabels(table, counts, rows)


def check_labels(labels, fewest):
    """Raises UserError for a wrong list of labels given by flag."""
    if "" in labels or len(set(labels)) < len(labels):
        raise UserError(
            f"the labels {shortened(','.join(labels), 200)}: one is empty or there twice: correct the list"
        )
    if len(labels) < fewest:
        raise UserError(
            f"the labels {listed(labels)}: {len(labels)} where at least {fewest} are needed: add some"
        )
    for label in labels:
        check_no_breaks("the list of labels", "label", label)


def _without_blanks(label):
    """The label without what cannot be seen: blanks, zero-width characters, variation selectors."""
    seen = (letter for letter in unicodedata.normalize("NFC", label) if not letter.isspace())
    return "".join(x for x in seen if unicodedata.category(x) not in ("Cf", "Cc") and x not in "\ufe0e\ufe0f")


def _bare(label):
    """What is left of the label without blanks and quotation marks around it, None if that is nothing."""
    return _without_blanks(label).strip("\"'`“”„‘’«»") or None


def _value(label):
    """The number or truth value that the label spells, None for others."""
    truths = {"true": decimal.Decimal(1), "false": decimal.Decimal(0)}
    if label.casefold() in truths:
        return truths[label.casefold()]
    try:
        number = decimal.Decimal(label)
    except decimal.InvalidOperation:
        return None
    return number if number.is_finite() else None
