"""What a request, an event, a whole case and a month cost: counts, sizes, units and ratios.

    python -m bench            # prints the tables and writes bench.json
    python -m bench.flood      # the flood night: hottest keys, queues, first messages

Counts and units are exact and hold on any machine; CPU is given as a ratio to a bare Chalice app.
"""
