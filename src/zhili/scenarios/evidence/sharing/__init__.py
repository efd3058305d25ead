"""Share links: showing parts of an item to one named office, for a while, a counted number of times."""
