"""Python's random numbers at the pace that millions of short shuffles need."""

import random


class QuickRandom(random.Random):
    """`random.Random` itself, number for number, with a faster `shuffle`.

    What Google's script draws decides which words are masked, so any other generator, and
    any call more or fewer, would give other instances. What is saved here is only the
    three Python calls that the standard library makes for each element.
    """

    def below(self, limit):
        """What `randint(0, limit - 1)` returns, with the same draws."""
        bits = limit.bit_length()
        drawn = self.getrandbits(bits)
        while drawn >= limit:
            drawn = self.getrandbits(bits)
        return drawn

    def shuffle(self, items):
        """Shuffles in place, as `random.Random.shuffle`, with the same draws."""
        getrandbits = self.getrandbits
        high = len(items) - 1
        while high > 0:
            # All i for which i + 1 has the same number of bits take the same kind of draw.
            bits = (high + 1).bit_length()
            low = (1 << bits - 1) - 2
            for i in range(high, low, -1):
                j = getrandbits(bits)
                while j > i:
                    j = getrandbits(bits)
                items[i], items[j] = items[j], items[i]
            high = low
