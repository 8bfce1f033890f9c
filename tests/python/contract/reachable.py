"""What a contract keeps of its source: what is referred to."""


def reachable(entries, roots, references):
    """The names of the entries that the roots name, directly or through others; `references` gives one entry's own."""
    found, waiting = set(), list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(references(entries[name]))
    return found
